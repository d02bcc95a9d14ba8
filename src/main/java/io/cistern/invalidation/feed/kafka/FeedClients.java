package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.feed.Feeds;
import io.cistern.settings.FeedSettings;
import java.util.Properties;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** The clients of one endpoint: consumers that feed, and proofs of who they are. */
final class FeedClients extends DefaultKafkaClientFactory {

    private final KafkaEndpoint endpoint;
    private final Feeds feeds;
    private final FeedSettings settings;
    private KafkaDeadLetters deadLetters;

    FeedClients(KafkaEndpoint endpoint, Feeds feeds, FeedSettings settings) {
        this.endpoint = endpoint;
        this.feeds = feeds;
        this.settings = settings;
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
        var feed = feeds.feed(route(), "kafka", endpoint.getConfiguration().getTopic());
        var consumer = (Consumer<byte[], byte[]>) super.getConsumer(properties);
        return FeedConsumer.around(consumer, feeds, feed, deadLetters());
    }

    /** At the broker where the messages come from. */
    private synchronized KafkaDeadLetters deadLetters() {
        if (deadLetters == null) {
            var connection = new Properties();
            connection.put("bootstrap.servers", getBrokers(endpoint.getConfiguration()));
            KafkaSecurity.add(settings.kafka(), connection);
            deadLetters =
                    new KafkaDeadLetters(connection, settings.deadLetters(), feeds.executor());
            feeds.closeWith(deadLetters);
        }
        return deadLetters;
    }

    @Override
    public String getBrokers(KafkaConfiguration configuration) {
        return configuration.getBrokers();
    }

    private String route() {
        return endpoint.getCamelContext().getRoutes().stream()
                .filter(route -> route.getEndpoint() == endpoint)
                .map(Route::getRouteId)
                .findFirst()
                .orElse(endpoint.getConfiguration().getTopic());
    }
}
