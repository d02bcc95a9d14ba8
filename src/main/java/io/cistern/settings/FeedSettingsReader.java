package io.cistern.settings;

import static io.cistern.settings.Setting.CISTERN_DLQ;
import static io.cistern.settings.Setting.CISTERN_JMS_CONCURRENCY;
import static io.cistern.settings.Setting.CISTERN_JMS_CONNECTION_FACTORY;
import static io.cistern.settings.Setting.CISTERN_JMS_DESTINATION;
import static io.cistern.settings.Setting.CISTERN_JMS_SUBSCRIPTION;
import static io.cistern.settings.Setting.CISTERN_KAFKA_CONCURRENCY;
import static io.cistern.settings.Setting.CISTERN_KAFKA_GROUP;
import static io.cistern.settings.Setting.CISTERN_KAFKA_TOPIC;
import static io.cistern.settings.Setting.JMS_BROKER_URL;
import static io.cistern.settings.Setting.JMS_PASSWORD;
import static io.cistern.settings.Setting.JMS_USERNAME;
import static io.cistern.settings.Setting.KAFKA_BROKERS;
import static io.cistern.settings.Setting.KAFKA_PASSWORD;
import static io.cistern.settings.Setting.KAFKA_SASL_MECHANISM;
import static io.cistern.settings.Setting.KAFKA_TLS;
import static io.cistern.settings.Setting.KAFKA_TLS_CA;
import static io.cistern.settings.Setting.KAFKA_TLS_CERT;
import static io.cistern.settings.Setting.KAFKA_TLS_KEY;
import static io.cistern.settings.Setting.KAFKA_USERNAME;

import java.util.stream.Stream;

/** Puts the settings of feeds together, and tells which of them contradict each other. */
final class FeedSettingsReader {
    private static final int MOST_CONSUMERS = 100;

    private static final TlsReader KAFKA_TLS_FILES =
            new TlsReader(KAFKA_TLS, KAFKA_TLS_CA, KAFKA_TLS_CERT, KAFKA_TLS_KEY);

    private final SettingsReader reader;

    FeedSettingsReader(SettingsReader reader) {
        this.reader = reader;
    }

    FeedSettings read() {
        return new FeedSettings(kafka(), jms(), reader.value(CISTERN_DLQ, FeedValues::topic));
    }

    private KafkaSettings kafka() {
        var brokers = reader.optional(KAFKA_BROKERS, FeedValues::brokers);
        if (!reader.isSet(KAFKA_BROKERS)) {
            Stream.of(KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_TLS_CA, KAFKA_TLS_CERT, KAFKA_TLS_KEY)
                    .forEach(setting -> reader.needs(setting, KAFKA_BROKERS));
        }
        reader.both(KAFKA_USERNAME, KAFKA_PASSWORD);
        reader.needs(KAFKA_SASL_MECHANISM, KAFKA_USERNAME);
        return new KafkaSettings(
                brokers,
                reader.value(CISTERN_KAFKA_TOPIC, FeedValues::topic),
                reader.value(CISTERN_KAFKA_GROUP, FeedValues::name),
                reader.value(CISTERN_KAFKA_CONCURRENCY, Values.number(1, MOST_CONSUMERS)),
                reader.text(KAFKA_USERNAME),
                reader.text(KAFKA_PASSWORD).map(Secret::of).orElse(Secret.NONE),
                reader.optional(KAFKA_SASL_MECHANISM, FeedValues::mechanism)
                        .orElse(KafkaSettings.Mechanism.PLAIN),
                KAFKA_TLS_FILES.read(reader, false));
    }

    private JmsSettings jms() {
        var url = reader.optional(JMS_BROKER_URL, FeedValues::artemis).orElse(Secret.NONE);
        if (reader.isSet(JMS_BROKER_URL) && reader.isSet(CISTERN_JMS_CONNECTION_FACTORY)) {
            reader.mistake(
                    CISTERN_JMS_CONNECTION_FACTORY,
                    "JMS_BROKER_URL names a broker as well; expected one of the two only");
        }
        reader.both(JMS_USERNAME, JMS_PASSWORD);
        if (!reader.isSet(CISTERN_JMS_CONNECTION_FACTORY)) {
            reader.needs(JMS_USERNAME, JMS_BROKER_URL);
        }
        return new JmsSettings(
                url,
                reader.optional(CISTERN_JMS_CONNECTION_FACTORY, FeedValues::bean),
                reader.text(JMS_USERNAME),
                reader.text(JMS_PASSWORD).map(Secret::of).orElse(Secret.NONE),
                reader.value(CISTERN_JMS_DESTINATION, FeedValues::destination),
                reader.value(CISTERN_JMS_SUBSCRIPTION, FeedValues::name),
                reader.value(CISTERN_JMS_CONCURRENCY, Values.number(1, MOST_CONSUMERS)));
    }
}
