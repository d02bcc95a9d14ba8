package io.cistern.settings;

import java.util.Optional;

/**
 * Which JMS broker, and what is read there.
 *
 * @param brokerUrl of an Artemis; may hold passwords. {@link Secret#NONE} where none is named
 * @param connectionFactory the bean by which another broker is reached; empty for Artemis
 * @param username if there is one
 * @param password or {@link Secret#NONE}
 * @param destination where events come from
 * @param subscription the name of the durable subscription to a topic, which instances share
 * @param concurrency consumers of this instance, at least 1
 */
public record JmsSettings(
        Secret brokerUrl,
        Optional<String> connectionFactory,
        Optional<String> username,
        Secret password,
        Destination destination,
        String subscription,
        int concurrency) {

    /** Whether there is a broker. */
    public boolean named() {
        return brokerUrl.isPresent() || connectionFactory.isPresent();
    }

    /**
     * @param topic whether it is one; otherwise it is a queue
     * @param name as the broker knows it
     */
    public record Destination(boolean topic, String name) {
        @Override
        public String toString() {
            return (topic ? "topic:" : "queue:") + name;
        }
    }
}
