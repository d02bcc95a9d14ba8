package io.cistern.settings;

import java.util.Optional;

/**
 * Which Kafka, and what is read there.
 *
 * @param brokers {@code host:port,host:port}; empty where no Kafka is named
 * @param topic where events come from
 * @param group of the consumers; those of one group share the events
 * @param concurrency consumers of this instance, at least 1
 * @param username for SASL, if there is one
 * @param password for SASL, or {@link Secret#NONE}
 * @param mechanism of SASL; only of use with a user
 * @param tls how connections are encrypted; empty for not at all
 */
public record KafkaSettings(
        Optional<String> brokers,
        String topic,
        String group,
        int concurrency,
        Optional<String> username,
        Secret password,
        Mechanism mechanism,
        Optional<TlsFiles> tls) {

    /** Whether there is a Kafka. */
    public boolean named() {
        return brokers.isPresent();
    }

    /** How user and password are proved. */
    public enum Mechanism {
        PLAIN("PLAIN"),
        SCRAM_SHA_256("SCRAM-SHA-256"),
        SCRAM_SHA_512("SCRAM-SHA-512");

        private final String text;

        Mechanism(String text) {
            this.text = text;
        }

        /** As Kafka calls it. */
        public String text() {
            return text;
        }
    }
}
