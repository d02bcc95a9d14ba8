package io.cistern.invalidation.feed.kafka;

import io.cistern.settings.KafkaSettings;
import io.cistern.settings.TlsFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * How Kafka's clients prove who they are. It is given to them past Camel, whose endpoints show
 * their options.
 */
public final class KafkaSecurity {

    private KafkaSecurity() {}

    /**
     * Adds to a client's properties what the settings say, where they say anything.
     *
     * @throws UncheckedIOException if a file can't be read
     */
    public static void add(KafkaSettings settings, Properties properties) {
        var sasl = settings.username().isPresent();
        if (!sasl && settings.tls().isEmpty()) {
            return;
        }
        properties.put(
                "security.protocol",
                (sasl ? "SASL_" : "") + (settings.tls().isPresent() ? "SSL" : "PLAINTEXT"));
        settings.username().ifPresent(user -> addSasl(settings, user, properties));
        settings.tls().ifPresent(files -> addTls(properties, files));
    }

    private static void addSasl(KafkaSettings settings, String user, Properties properties) {
        var plain = settings.mechanism() == KafkaSettings.Mechanism.PLAIN;
        properties.put("sasl.mechanism", settings.mechanism().text());
        properties.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";"
                        .formatted(
                                plain ? "plain.PlainLoginModule" : "scram.ScramLoginModule",
                                escaped(user),
                                escaped(settings.password().reveal())));
    }

    private static void addTls(Properties properties, TlsFiles files) {
        files.authorities()
                .ifPresent(
                        file -> {
                            properties.put("ssl.truststore.type", "PEM");
                            properties.put("ssl.truststore.certificates", read(file));
                        });
        files.certificate()
                .ifPresent(
                        file -> {
                            properties.put("ssl.keystore.type", "PEM");
                            properties.put("ssl.keystore.certificate.chain", read(file));
                        });
        files.key().ifPresent(file -> properties.put("ssl.keystore.key", read(file)));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
