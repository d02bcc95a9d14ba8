package io.cistern.invalidation.feed.jms;

import io.cistern.invalidation.feed.DeadLetter;
import io.cistern.invalidation.feed.Replayed;
import io.cistern.settings.FeedSettings;
import io.cistern.settings.JmsSettings;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.Collections;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Sends the dead letters of a queue back, each in one transaction. */
public final class JmsReplay {

    private static final String TOPIC = "topic:";
    private static final String PREFIX = JmsDeadLetters.property(DeadLetter.PREFIX);
    private static final long PATIENCE_MILLIS = 1_000;

    private JmsReplay() {}

    /**
     * Sends back what is there now, and not what comes meanwhile.
     *
     * @throws IllegalStateException if there is no connection
     * @throws JMSException if the broker does not take one of them; those before it are done
     */
    public static Replayed run(FeedSettings settings) throws JMSException {
        var jms = settings.jms();
        try (var factory = new ActiveMQConnectionFactory(jms.brokerUrl().reveal());
                var connection = connection(factory, jms)) {
            return run(connection, settings.deadLetters());
        }
    }

    private static Connection connection(ConnectionFactory factory, JmsSettings jms) {
        try {
            return factory.createConnection(
                    jms.username().orElse(null),
                    jms.username().isPresent() ? jms.password().reveal() : null);
        } catch (JMSException e) {
            throw new IllegalStateException(new JmsReasons(jms).ofConnecting(e), e);
        }
    }

    private static Replayed run(Connection connection, String queue) throws JMSException {
        var length = JmsDeadLetters.property(DeadLetter.LENGTH);
        var destination = JmsDeadLetters.property(DeadLetter.DESTINATION);
        var whole =
                "%s IS NULL AND %s IS NOT NULL AND JMSTimestamp <= %d"
                        .formatted(length, destination, System.currentTimeMillis());
        try (var session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            connection.start();
            var from = session.createQueue(queue);
            var sent = 0L;
            try (var consumer = session.createConsumer(from, whole);
                    var producer = session.createProducer(null)) {
                for (var letter = consumer.receive(PATIENCE_MILLIS);
                        letter != null;
                        letter = consumer.receive(PATIENCE_MILLIS)) {
                    var to = destination(session, letter.getStringProperty(destination));
                    var properties = JmsDeadLetters.properties(letter);
                    properties.keySet().removeIf(name -> name.startsWith(PREFIX));
                    letter.clearProperties();
                    for (var property : properties.entrySet()) {
                        letter.setObjectProperty(property.getKey(), property.getValue());
                    }
                    producer.send(to, letter);
                    session.commit();
                    sent++;
                }
            }
            try (var browser = session.createBrowser(from, length + " IS NOT NULL")) {
                return new Replayed(sent, Collections.list(browser.getEnumeration()).size());
            }
        }
    }

    private static Destination destination(Session session, String name) throws JMSException {
        return name.startsWith(TOPIC)
                ? session.createTopic(name.substring(TOPIC.length()))
                : session.createQueue(name);
    }
}
