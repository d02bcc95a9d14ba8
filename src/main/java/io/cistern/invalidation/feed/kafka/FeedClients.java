package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.feed.Feed;
import io.cistern.invalidation.feed.Feeds;
import io.cistern.settings.FeedSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.camel.Route;
import org.apache.camel.StatefulService;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;

/** The clients of one endpoint: consumers that feed, and proofs of who they are. */
final class FeedClients extends DefaultKafkaClientFactory {

    private static final Duration LEAST_SILENCE = Duration.ofSeconds(10);
    private static final Duration AFTER_ERROR = Duration.ofMillis(500);

    private final KafkaEndpoint endpoint;
    private final Feeds feeds;
    private final FeedSettings settings;
    private final Handling handling;
    private KafkaDeadLetters deadLetters;

    FeedClients(KafkaEndpoint endpoint, Feeds feeds, FeedSettings settings, Handling handling) {
        this.endpoint = endpoint;
        this.feeds = feeds;
        this.settings = settings;
        this.handling = handling;
    }

    @Override
    public Producer<?, ?> getProducer(Properties properties) {
        KafkaSecurity.add(settings.kafka(), properties);
        return super.getProducer(properties);
    }

    @Override
    @SuppressWarnings("unchecked")
    public Consumer<?, ?> getConsumer(Properties properties) {
        KafkaSecurity.add(settings.kafka(), properties);
        // Whatever its route says: it would be done in the client, past what took effect.
        properties.put("enable.auto.commit", "false");
        var feed = feeds.feed(route(), "kafka", endpoint.getConfiguration().getTopic());
        handling.group().ifPresent(group -> properties.put("group.id", await(group, feed)));
        var consumer = (Consumer<byte[], byte[]>) create(properties, feed);
        var watch =
                new ConsumerWatch(
                        consumer,
                        feed,
                        getBrokers(endpoint.getConfiguration()),
                        silence(properties));
        return FeedConsumer.around(consumer, feeds, feed, handling, watch, deadLetters());
    }

    /** A member of the group to which no partition fell hears of its heartbeats only. */
    private static Duration silence(Properties properties) {
        var heartbeat = String.valueOf(properties.get("heartbeat.interval.ms"));
        return heartbeat.matches("\\d{1,9}")
                ? Duration.ofMillis(
                        Math.max(LEAST_SILENCE.toMillis(), 3 * Long.parseLong(heartbeat)))
                : LEAST_SILENCE;
    }

    private String await(Supplier<Optional<String>> group, Feed feed) {
        var known = group.get();
        while (known.isEmpty()) {
            feed.pause(this, "Redis has not told yet which group it reads for");
            pause(new IllegalStateException("it stops before its group is known"), feed);
            known = group.get();
        }
        feed.gone(this);
        return known.get();
    }

    /**
     * Tries again and again where a broker's name is not known, for Camel would write a stack trace
     * each time, and wait longer than an instance has to stop.
     */
    private Consumer<?, ?> create(Properties properties, Feed feed) {
        while (true) {
            try {
                var consumer = super.getConsumer(properties);
                feed.gone(this);
                return consumer;
            } catch (KafkaException e) {
                feed.unreached(this, KafkaReasons.reason(e));
                pause(e, feed);
            }
        }
    }

    /** Waits a moment, or fails with the reason where the consumer is to stop. */
    private void pause(RuntimeException reason, Feed feed) {
        LockSupport.parkNanos(AFTER_ERROR.toNanos());
        if (isStopping()) {
            feed.gone(this);
            // Camel is to give up as well.
            Thread.currentThread().interrupt();
            throw reason;
        }
    }

    private boolean isStopping() {
        return feeds.isClosed()
                || Thread.currentThread().isInterrupted()
                || own().map(Route::getConsumer)
                        .filter(StatefulService.class::isInstance)
                        .map(StatefulService.class::cast)
                        .filter(consumer -> !consumer.isRunAllowed())
                        .isPresent();
    }

    /** At the broker where the messages come from. */
    private synchronized KafkaDeadLetters deadLetters() {
        if (deadLetters == null) {
            var connection = new Properties();
            connection.put("bootstrap.servers", getBrokers(endpoint.getConfiguration()));
            KafkaSecurity.add(settings.kafka(), connection);
            deadLetters = new KafkaDeadLetters(connection, settings.deadLetters());
            feeds.closeWith(deadLetters);
        }
        return deadLetters;
    }

    @Override
    public String getBrokers(KafkaConfiguration configuration) {
        return configuration.getBrokers();
    }

    private String route() {
        return own().map(Route::getRouteId).orElse(endpoint.getConfiguration().getTopic());
    }

    private Optional<Route> own() {
        return endpoint.getCamelContext().getRoutes().stream()
                .filter(route -> route.getEndpoint() == endpoint)
                .findFirst();
    }
}
