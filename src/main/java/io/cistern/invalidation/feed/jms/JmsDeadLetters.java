package io.cistern.invalidation.feed.jms;

import io.cistern.invalidation.feed.DeadLetter;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The queue of the dead letters. What is written there is the very message, with more properties.
 * Names of properties have to be Java's identifiers, so hyphens are written as Camel writes them.
 */
final class JmsDeadLetters {

    private static final String HYPHEN = "_HYPHEN_";

    private final String queue;

    JmsDeadLetters(String queue) {
        this.queue = queue;
    }

    String queue() {
        return queue;
    }

    /**
     * A message, and what is told of it: sending it, even in vain, gives it another id and
     * destination.
     */
    record Letter(Message message, DeadLetter told, Map<String, Object> properties) {}

    /**
     * What is to be written of a message.
     *
     * @param reason why it can't be followed
     */
    static Letter of(Message message, String reason) throws JMSException {
        var id = message.getJMSMessageID();
        return new Letter(
                message,
                DeadLetter.of(body(message), reason, name(message), id),
                properties(message));
    }

    /**
     * Writes a message, in a session of its own: a failure must not spoil that of the message.
     *
     * @throws JMSException if the broker does not take it
     */
    void write(Connection connection, Letter what) throws JMSException {
        var message = what.message();
        var letter = what.told();
        var properties = what.properties();
        try (var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            try {
                send(session, message, properties, letter);
            } catch (JMSException e) {
                if (!letter.isLong()) {
                    throw e;
                }
                var beginning = letter.cut();
                var other = session.createBytesMessage();
                other.writeBytes(beginning.body());
                try {
                    send(session, other, properties, beginning);
                } catch (JMSException again) {
                    again.addSuppressed(e);
                    throw again;
                }
            }
        }
    }

    private void send(
            Session session, Message message, Map<String, Object> properties, DeadLetter letter)
            throws JMSException {
        message.clearProperties();
        for (var property : properties.entrySet()) {
            message.setObjectProperty(property.getKey(), property.getValue());
        }
        for (var header : letter.headers().entrySet()) {
            message.setStringProperty(property(header.getKey()), header.getValue());
        }
        try (var producer = session.createProducer(session.createQueue(queue))) {
            producer.send(message);
        }
    }

    /** The name of the property for the name of a header. */
    static String property(String header) {
        return header.replace("-", HYPHEN);
    }

    /** Those of the provider are its own to set. */
    static Map<String, Object> properties(Message message) throws JMSException {
        Map<String, Object> all = new LinkedHashMap<>();
        for (var name : Collections.list(message.getPropertyNames())) {
            var key = String.valueOf(name);
            if (!key.startsWith("JMSX") && !key.startsWith("_AMQ")) {
                all.put(key, message.getObjectProperty(key));
            }
        }
        return all;
    }

    /** As far as it is one of bytes or text; null otherwise. */
    private static byte[] body(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return text.getText() == null ? null : text.getText().getBytes(StandardCharsets.UTF_8);
        }
        if (message instanceof BytesMessage bytes) {
            bytes.reset();
            var all = new byte[Math.toIntExact(bytes.getBodyLength())];
            bytes.readBytes(all);
            bytes.reset();
            return all;
        }
        return null;
    }

    private static String name(Message message) throws JMSException {
        Destination destination = message.getJMSDestination();
        if (destination instanceof Queue from) {
            return from.getQueueName();
        }
        return destination instanceof Topic from
                ? "topic:" + from.getTopicName()
                : String.valueOf(destination);
    }
}
