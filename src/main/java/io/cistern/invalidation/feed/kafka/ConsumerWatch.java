package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.feed.Failures;
import io.cistern.invalidation.feed.Feed;
import java.time.Duration;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;

/** Looks now and then whether a consumer reaches its broker, and how much waits for it there. */
final class ConsumerWatch {

    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Consumer<?, ?> consumer;
    private final Feed feed;
    private final Metric connections;
    private long looked = System.nanoTime();
    private boolean failed;

    ConsumerWatch(Consumer<?, ?> consumer, Feed feed) {
        this.consumer = consumer;
        this.feed = feed;
        this.connections =
                consumer.metrics().entrySet().stream()
                        .filter(each -> each.getKey().name().equals("connection-count"))
                        .map(java.util.Map.Entry::getValue)
                        .findFirst()
                        .orElse(null);
    }

    /** A poll went well. */
    void look() {
        if (failed) {
            failed = false;
            feed.resume(this);
        }
        var now = System.nanoTime();
        if (now - looked < PAUSE_NANOS) {
            return;
        }
        looked = now;
        feed.connected(
                this,
                connections == null
                        || connections.metricValue() instanceof Number count
                                && count.doubleValue() > 0);
        var lag = 0L;
        var known = false;
        for (var partition : consumer.assignment()) {
            OptionalLong behind = consumer.currentLag(partition);
            known |= behind.isPresent();
            lag += behind.orElse(0);
        }
        if (known) {
            feed.lag(this, lag);
        }
    }

    /** A poll failed. */
    void failed(RuntimeException error) {
        failed = true;
        feed.pause(this, Failures.reason(error));
    }
}
