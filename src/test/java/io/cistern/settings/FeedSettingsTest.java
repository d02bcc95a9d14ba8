package io.cistern.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.testing.Certificate;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedSettingsTest {
    @TempDir Path folder;

    @Test
    void nothingRunsUnlessABrokerIsNamed() {
        var feeds = load(Map.of());

        assertThat(feeds.kafka().named()).isFalse();
        assertThat(feeds.jms().named()).isFalse();
        assertThat(feeds.kafka().topic()).isEqualTo("cistern.invalidations");
        assertThat(feeds.kafka().group()).isEqualTo("cistern");
        assertThat(feeds.kafka().concurrency()).isOne();
        assertThat(feeds.kafka().tls()).isEmpty();
        assertThat(feeds.jms().destination()).hasToString("queue:cistern.invalidations");
        assertThat(feeds.jms().concurrency()).isEqualTo(16);
        assertThat(feeds.deadLetters()).isEqualTo("cistern.invalidations.dlq");
    }

    @Test
    void readsWhichKafka() throws Exception {
        var certificate = Certificate.make(folder, "kafka", "dns:kafka");
        var pem = certificate.certificate();

        var kafka =
                load(Map.of(
                                "KAFKA_BROKERS", "a:9092, [::1]:9093",
                                "KAFKA_USERNAME", "ada",
                                "KAFKA_PASSWORD", " pw ",
                                "KAFKA_SASL_MECHANISM", "scram-sha-512",
                                "KAFKA_TLS", "true",
                                "KAFKA_TLS_CA", pem.toString(),
                                "KAFKA_TLS_CERT", pem.toString(),
                                "KAFKA_TLS_KEY", certificate.key().toString(),
                                "CISTERN_KAFKA_CONCURRENCY", "3"))
                        .kafka();

        assertThat(kafka.brokers()).contains("a:9092,[::1]:9093");
        assertThat(kafka.username()).contains("ada");
        assertThat(kafka.password().reveal()).isEqualTo(" pw ");
        assertThat(kafka.mechanism()).isEqualTo(KafkaSettings.Mechanism.SCRAM_SHA_512);
        assertThat(kafka.tls())
                .contains(
                        new TlsFiles(
                                Optional.of(pem),
                                Optional.of(pem),
                                Optional.of(certificate.key())));
        assertThat(kafka.concurrency()).isEqualTo(3);
    }

    @Test
    void readsWhichJmsBroker() {
        var artemis =
                load(Map.of(
                                "JMS_BROKER_URL", "tcp://a:61616?trustStorePassword=hunter2",
                                "JMS_USERNAME", "ada",
                                "JMS_PASSWORD", "hunter3",
                                "CISTERN_JMS_DESTINATION", "topic:changes",
                                "CISTERN_JMS_SUBSCRIPTION", "blue"))
                        .jms();
        var other = load(Map.of("CISTERN_JMS_CONNECTION_FACTORY", "ibm")).jms();

        assertThat(artemis.named()).isTrue();
        assertThat(artemis.destination()).isEqualTo(new JmsSettings.Destination(true, "changes"));
        assertThat(artemis.subscription()).isEqualTo("blue");
        assertThat(artemis.toString()).contains("ada").doesNotContain("hunter");
        assertThat(other.named()).isTrue();
        assertThat(other.connectionFactory()).contains("ibm");
    }

    @Test
    void refusesWhatContradictsItself() {
        assertThat(mistakes("KAFKA_BROKERS", "a:1", "KAFKA_USERNAME", "ada"))
                .containsExactly("KAFKA_USERNAME: stands alone; expected KAFKA_PASSWORD beside it");
        assertThat(mistakes("KAFKA_USERNAME", "ada", "KAFKA_PASSWORD", "x"))
                .containsExactlyInAnyOrder(
                        "KAFKA_USERNAME: needs KAFKA_BROKERS beside it",
                        "KAFKA_PASSWORD: needs KAFKA_BROKERS beside it");
        assertThat(mistakes("KAFKA_BROKERS", "a:1", "KAFKA_TLS_CA", "pom.xml"))
                .containsExactly(
                        "KAFKA_TLS_CA: \"pom.xml\" holds no certificate; expected X.509 in PEM",
                        "KAFKA_TLS_CA: needs KAFKA_TLS=true");
        assertThat(mistakes("KAFKA_BROKERS", "a:1", "KAFKA_TLS", "true", "KAFKA_TLS_CA", "/no"))
                .containsExactly("KAFKA_TLS_CA: \"/no\" is not a file that can be read");
        assertThat(
                        mistakes(
                                "KAFKA_BROKERS",
                                "a:1",
                                "KAFKA_TLS",
                                "true",
                                "KAFKA_TLS_CERT",
                                "pom.xml"))
                .contains("KAFKA_TLS_CERT: stands alone; expected KAFKA_TLS_KEY beside it");
        assertThat(mistakes("JMS_BROKER_URL", "tcp://a:1", "CISTERN_JMS_CONNECTION_FACTORY", "ibm"))
                .containsExactly(
                        "CISTERN_JMS_CONNECTION_FACTORY: JMS_BROKER_URL names a broker as well;"
                                + " expected one of the two only");
        assertThat(mistakes("JMS_USERNAME", "ada", "JMS_PASSWORD", "x"))
                .containsExactly("JMS_USERNAME: needs JMS_BROKER_URL beside it");
    }

    private FeedSettings load(Map<String, String> environment) {
        return Settings.load(environment, folder.resolve("none.properties")).feeds();
    }

    private List<String> mistakes(String... namesAndValues) {
        var environment = new HashMap<String, String>();
        for (var i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return Mistakes.of(environment, folder.resolve("none.properties"));
    }
}
