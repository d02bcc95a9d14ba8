package io.cistern.invalidation.feed.jms;

import io.cistern.invalidation.feed.Feeds;
import io.cistern.settings.FeedSettings;
import io.cistern.settings.JmsSettings;
import jakarta.jms.ConnectionFactory;
import java.util.Optional;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.component.jms.ConsumerType;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.component.jms.JmsConfiguration;
import org.apache.camel.component.jms.JmsEndpoint;
import org.springframework.jms.connection.UserCredentialsConnectionFactoryAdapter;

/** What {@code jms:} means in routes: every consumer is a feed. */
public final class JmsFeeds {

    private static final long RECOVERY_MILLIS = 1_000;
    private static final long RECEIVE_MILLIS = 500;

    private JmsFeeds() {}

    /**
     * The component.
     *
     * @param context where a bean is looked up
     * @param jms which broker
     */
    public static Component component(CamelContext context, JmsSettings jms) {
        var configuration = new JmsConfiguration();
        connectionFactory(context, jms).ifPresent(configuration::setConnectionFactory);
        configuration.setTransacted(true);
        configuration.setLazyCreateTransactionManager(false);
        configuration.setCacheLevelName("CACHE_CONSUMER");
        configuration.setRecoveryInterval(RECOVERY_MILLIS);
        configuration.setReceiveTimeout(RECEIVE_MILLIS);
        // Whoever sends an event waits for no answer, and must not choose where one goes.
        configuration.setDisableReplyTo(true);
        return new JmsComponent(configuration);
    }

    /** What is not there is told of where it is used: Camel does not show what fails here. */
    private static Optional<ConnectionFactory> connectionFactory(
            CamelContext context, JmsSettings jms) {
        if (jms.brokerUrl().isPresent()) {
            return Optional.of(
                    new ActiveMQConnectionFactory(
                            jms.brokerUrl().reveal(),
                            jms.username().orElse(null),
                            jms.username().isPresent() ? jms.password().reveal() : null));
        }
        return jms.connectionFactory()
                .map(
                        name ->
                                context.getRegistry()
                                        .lookupByNameAndType(name, ConnectionFactory.class))
                .map(bean -> jms.username().isEmpty() ? bean : withUser(bean, jms));
    }

    private static ConnectionFactory withUser(ConnectionFactory bean, JmsSettings jms) {
        var named = new UserCredentialsConnectionFactoryAdapter();
        named.setTargetConnectionFactory(bean);
        named.setUsername(jms.username().orElseThrow());
        named.setPassword(jms.password().reveal());
        return named;
    }

    /**
     * Makes feeds of an endpoint's consumers.
     *
     * @param endpoint of {@link #component}, before it is used
     * @param feeds which get what its consumers take
     * @throws IllegalArgumentException if it can't be a feed
     */
    public static void adopt(Endpoint endpoint, Feeds feeds, FeedSettings settings) {
        if (!(endpoint instanceof JmsEndpoint jms)) {
            return;
        }
        var configuration = jms.getConfiguration();
        if (configuration.getConnectionFactory() == null) {
            throw new IllegalArgumentException(noConnectionFactory(settings.jms()));
        }
        // Whatever its route says: otherwise messages are acknowledged before they are applied.
        configuration.setTransacted(true);
        configuration.setConsumerType(ConsumerType.Custom);
        configuration.setMessageListenerContainerFactory(
                asked -> new FeedListenerContainer(asked, feeds, settings));
        if (jms.isPubSubDomain() && configuration.getSubscriptionName() == null) {
            // Otherwise what is sent while nobody listens would be lost, and every consumer would
            // get every event.
            configuration.setSubscriptionDurable(true);
            configuration.setSubscriptionShared(true);
            configuration.setSubscriptionName(settings.jms().subscription());
        }
    }

    private static String noConnectionFactory(JmsSettings jms) {
        return jms.connectionFactory()
                .map(
                        name ->
                                "CISTERN_JMS_CONNECTION_FACTORY: there is no jakarta.jms.ConnectionFactory"
                                        + " named "
                                        + name
                                        + " among the beans")
                .orElse("JMS_BROKER_URL is not set");
    }
}
