package io.cistern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.testing.ArtemisBroker;
import io.cistern.testing.KafkaBroker;
import io.cistern.testing.KafkaClients;
import jakarta.jms.JMSException;
import jakarta.jms.TextMessage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The command {@code replay} on real brokers. */
class ReplayCommandIT {

    private static final int LONGEST_MILLIS = 20_000;

    private final String from = "from-" + UUID.randomUUID();
    private final String dlq = "dlq-" + UUID.randomUUID();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Map<String, String> settings, String... command) {
        var environment = new HashMap<>(settings);
        environment.put("CISTERN_DLQ", dlq);
        environment.put("CISTERN_KAFKA_GROUP", from);
        return new Cli(
                        () -> {
                            throw new AssertionError("nothing is checked");
                        },
                        environment,
                        Path.of("nonexistent"))
                .run(new PrintWriter(out), new PrintWriter(err), command);
    }

    @Test
    void kafkasAreSentBackAndCounted() throws Exception {
        var kafka = KafkaBroker.shared();
        kafka.topic(from, 1);
        kafka.topic(dlq, 1);
        try (var clients = new KafkaClients(kafka)) {
            var body = "{}".getBytes(StandardCharsets.UTF_8);
            clients.send(dlq, "k", body, Map.of("cistern-destination", from, "shop", "a"));
            clients.send(
                    dlq, "k", body, Map.of("cistern-destination", from, "cistern-length", "9"));

            assertThat(run(Map.of("KAFKA_BROKERS", kafka.brokers()), "replay", "kafka"))
                    .as(err.toString())
                    .isZero();

            assertThat(out.toString())
                    .isEqualToIgnoringNewLines(
                            "1 sent back, 1 left because only their beginning was kept");
            var back = clients.read(from, 1, Duration.ofSeconds(20)).get(0);
            assertThat(back.value()).isEqualTo(body);
            assertThat(KafkaClients.header(back, "shop")).isEqualTo("a");
            assertThat(back.headers().lastHeader("cistern-destination")).isNull();
        }
    }

    @Test
    void thoseOfJmsAreSentBackAndCounted() throws JMSException {
        var artemis = ArtemisBroker.shared();
        try (var jms = artemis.connectionFactory().createContext()) {
            jms.createProducer()
                    .setProperty("cistern_HYPHEN_destination", from)
                    .setProperty("shop", "a")
                    .send(jms.createQueue(dlq), "{}");
            jms.createProducer()
                    .setProperty("cistern_HYPHEN_destination", from)
                    .setProperty("cistern_HYPHEN_length", "9")
                    .send(jms.createQueue(dlq), "{}");

            assertThat(run(Map.of("JMS_BROKER_URL", artemis.url()), "replay", "jms"))
                    .as(err.toString())
                    .isZero();

            assertThat(out.toString())
                    .isEqualToIgnoringNewLines(
                            "1 sent back, 1 left because only their beginning was kept");
            var back = jms.createConsumer(jms.createQueue(from)).receive(LONGEST_MILLIS);
            assertThat(((TextMessage) back).getText()).isEqualTo("{}");
            assertThat(back.getStringProperty("shop")).isEqualTo("a");
            assertThat(back.propertyExists("cistern_HYPHEN_destination")).isFalse();
            assertThat(artemis.count(dlq)).isEqualTo(1);
        }
    }

    @Test
    void aBrokerThatIsNotReachedIsTroubleWithTheSettingToLookAt() {
        assertThat(run(Map.of("JMS_BROKER_URL", "tcp://nowhere.invalid:61616"), "replay", "jms"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("Cannot connect").contains("see JMS_BROKER_URL");
        assertThat(run(Map.of("KAFKA_BROKERS", "nowhere.invalid:9092"), "replay", "kafka"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("nowhere.invalid:9092").contains("see KAFKA_BROKERS");
        assertThat(err.toString()).doesNotContain("\tat ");
    }

    @Test
    void aBrokerThatNoSettingNamesIsWrongUsage() {
        assertThat(run(Map.of(), "replay", "kafka")).isEqualTo(2);
        assertThat(err.toString()).contains("KAFKA_BROKERS").doesNotContain("\tat ");
        assertThat(run(Map.of(), "replay", "jms")).isEqualTo(2);
        assertThat(err.toString()).contains("JMS_BROKER_URL");
        assertThat(run(Map.of("CISTERN_JMS_CONNECTION_FACTORY", "broker"), "replay", "jms"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("CISTERN_JMS_CONNECTION_FACTORY");
        assertThat(run(Map.of(), "replay", "pigeons")).isEqualTo(2);
        assertThat(err.toString()).contains("pigeons");
        assertThat(out.toString()).isEmpty();
    }
}
