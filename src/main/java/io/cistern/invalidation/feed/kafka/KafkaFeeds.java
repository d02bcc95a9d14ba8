package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.feed.Feeds;
import io.cistern.settings.FeedSettings;
import io.cistern.settings.KafkaSettings;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.kafka.PollOnError;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory;

/** What {@code kafka:} means in routes: every consumer is a feed. */
public final class KafkaFeeds {

    private static final String BYTES =
            "org.apache.kafka.common.serialization.ByteArrayDeserializer";
    private static final int FETCH_BYTES = 8 * 1024 * 1024;
    private static final int SESSION_MILLIS = 10_000;
    private static final int STOP_MILLIS = 3_000;

    private KafkaFeeds() {}

    /**
     * The component.
     *
     * @param kafka which Kafka
     */
    public static Component component(KafkaSettings kafka) {
        var configuration = new KafkaConfiguration();
        kafka.brokers().ifPresent(configuration::setBrokers);
        configuration.setGroupId(kafka.group());
        // Bytes, so that what is no UTF-8 is seen, and goes to the dead letters as it came.
        configuration.setKeyDeserializer(BYTES);
        configuration.setValueDeserializer(BYTES);
        configuration.setHeaderDeserializer(new Utf8Headers());
        // An event that was sent before the group first came must not be passed over.
        configuration.setAutoOffsetReset("earliest");
        configuration.setAutoCommitEnable(false);
        configuration.setAllowManualCommit(true);
        configuration.setPollOnError(PollOnError.RETRY);
        // Of a poll that waits for its effect, this much is held.
        configuration.setFetchMaxBytes(FETCH_BYTES);
        configuration.setPollTimeoutMs(FeedConsumer.LONGEST_POLL.toMillis());
        // What a member had that was killed waits this long for another one.
        configuration.setSessionTimeoutMs(SESSION_MILLIS);
        configuration.setShutdownTimeout(STOP_MILLIS);
        // A broker that is away is no reason not to start.
        configuration.setPreValidateHostAndPort(false);
        var component = new KafkaComponent();
        component.setConfiguration(configuration);
        component.setKafkaManualCommitFactory(new DefaultKafkaManualCommitFactory());
        return component;
    }

    /**
     * Makes feeds of an endpoint's consumers.
     *
     * @param endpoint of {@link #component}, before it is used
     * @param feeds which get what its consumers take
     * @throws IllegalArgumentException if it can't be a feed
     */
    public static void adopt(Endpoint endpoint, Feeds feeds, FeedSettings settings) {
        adopt(endpoint, feeds, settings, Handling.ofEvents(feeds));
    }

    /**
     * As above.
     *
     * @param handling what becomes of what its consumers take
     */
    public static void adopt(
            Endpoint endpoint, Feeds feeds, FeedSettings settings, Handling handling) {
        if (endpoint instanceof KafkaEndpoint kafka) {
            if (kafka.getConfiguration().getBrokers() == null) {
                throw new IllegalArgumentException("KAFKA_BROKERS is not set");
            }
            if (kafka.getConfiguration().isBatching()) {
                // Camel would commit batches that failed.
                throw new IllegalArgumentException(
                        "batching: a feed takes one message at a time; expected no such option");
            }
            kafka.setKafkaClientFactory(new FeedClients(kafka, feeds, settings, handling));
        }
    }
}
