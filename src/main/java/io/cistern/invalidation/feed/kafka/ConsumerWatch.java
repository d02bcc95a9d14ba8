package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.feed.Failures;
import io.cistern.invalidation.feed.Feed;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Looks now and then whether a consumer reaches its broker, whether there is what it is to read,
 * and how much waits for it there. Used by the consumer's thread alone.
 */
final class ConsumerWatch {

    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    /** Clients whom a broker turns away try again after a second, and seem well meanwhile. */
    private static final long DOUBT_NANOS = Duration.ofSeconds(5).toNanos();

    private static final long TOPICS_NANOS = Duration.ofSeconds(10).toNanos();
    private static final Duration TOPICS_PATIENCE = Duration.ofMillis(500);

    private final Consumer<?, ?> consumer;
    private final Feed feed;
    private final String brokers;
    private final long silenceNanos;
    private final Optional<Metric> connections;
    private final Optional<Metric> bytes;
    private final Object topics = new Object();
    private long looked = System.nanoTime();
    private long heard = looked;
    private long failed;
    private long topicsLooked = looked - TOPICS_NANOS;
    private double heardBytes;
    private boolean isFailing;
    private boolean isMissing;

    /**
     * @param brokers to which it connects
     * @param silence in which a broker that is there says something
     */
    ConsumerWatch(Consumer<?, ?> consumer, Feed feed, String brokers, Duration silence) {
        this.consumer = consumer;
        this.feed = feed;
        this.brokers = brokers;
        this.silenceNanos = silence.toNanos();
        this.connections = metric("connection-count");
        this.bytes = metric("incoming-byte-total");
    }

    private Optional<Metric> metric(String name) {
        return consumer.metrics().entrySet().stream()
                .filter(each -> each.getKey().name().equals(name))
                .filter(each -> each.getKey().group().equals("consumer-metrics"))
                .<Metric>map(java.util.Map.Entry::getValue)
                .findFirst();
    }

    /**
     * A poll went well.
     *
     * @param isAny whether it brought something
     */
    void look(boolean isAny) {
        var now = System.nanoTime();
        if (isFailing && (isAny || now - failed > DOUBT_NANOS)) {
            isFailing = false;
            feed.resume(this);
        }
        if (isFailing || now - looked < PAUSE_NANOS) {
            return;
        }
        looked = now;
        lookAtBroker(now);
        if (isMissing || now - topicsLooked > TOPICS_NANOS) {
            topicsLooked = now;
            lookAtTopics();
        }
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

    /** A connection may be one that is being tried only, or one of which the other end is dead. */
    private void lookAtBroker(long now) {
        var sum = value(bytes);
        if (sum > heardBytes) {
            heardBytes = sum;
            heard = now;
        }
        if (value(connections) == 0 || now - heard > silenceNanos) {
            feed.unreached(this, "nothing is heard of " + brokers + Failures.see("KAFKA_BROKERS"));
        } else if (heardBytes > 0) {
            feed.reached(this);
        }
    }

    private static double value(Optional<Metric> metric) {
        return metric.map(Metric::metricValue)
                .filter(Number.class::isInstance)
                .map(each -> ((Number) each).doubleValue())
                .orElse(0.0);
    }

    /** Kafka's client waits in silence for topics that do not exist. */
    private void lookAtTopics() {
        var assigned =
                consumer.assignment().stream()
                        .map(TopicPartition::topic)
                        .collect(Collectors.toSet());
        try {
            var missing =
                    consumer.subscription().stream()
                            .filter(topic -> !assigned.contains(topic))
                            .filter(topic -> !isThere(topic))
                            .sorted()
                            .collect(Collectors.joining(", "));
            isMissing = !missing.isEmpty();
            if (isMissing) {
                feed.pause(topics, "there is no topic " + missing);
            } else {
                feed.resume(topics);
            }
        } catch (TimeoutException away) {
            // Whether the broker is reached is looked at otherwise.
            return;
        }
    }

    private boolean isThere(String topic) {
        var partitions = consumer.partitionsFor(topic, TOPICS_PATIENCE);
        return partitions != null && !partitions.isEmpty();
    }

    /** A poll failed. */
    void failed(RuntimeException error) {
        isFailing = true;
        failed = System.nanoTime();
        if (error instanceof AuthenticationException) {
            feed.unreached(this, KafkaReasons.reason(error));
        } else {
            feed.pause(this, KafkaReasons.reason(error));
        }
    }

    /** The consumer ends. */
    void close() {
        feed.gone(this);
        feed.gone(topics);
    }
}
