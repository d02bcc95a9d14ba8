package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.testing.ArtemisBroker;
import io.cistern.testing.KafkaBroker;
import io.cistern.testing.KafkaClients;
import jakarta.jms.JMSContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A storm of events on an instance with 128 MiB of heap, which goes on answering. How many keys
 * they name is the system property {@code cistern.storm.keys}; the output tells what it took.
 */
class FeedStormIT {

    private static final int KEYS = Integer.getInteger("cistern.storm.keys", 100_000);

    /** So many of the messages name a single key; the rest name a thousand each. */
    private static final int SINGLES = KEYS / 5;

    private static final Duration LONGEST = Duration.ofMinutes(3);

    @TempDir Path folder;

    private final String name = "storm-" + UUID.randomUUID();
    private RedisServer redis;
    private ChildInstance child;
    private long slowest;
    private double heap;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start();
    }

    @AfterEach
    void stop() throws Exception {
        child.close();
        redis.close();
    }

    private void startChild(String feed, Map<String, String> settings) throws Exception {
        var all = new HashMap<>(redis.settings());
        all.putAll(settings);
        var routes =
                Routes.simple("items", "x", Map.of("ttl", "1h"))
                        + Routes.simple("others", "x", Map.of("ttl", "1h"))
                        + Files.readString(Path.of("routes/invalidation", feed));
        child = new ChildInstance(folder, routes, all);
        child.start();
    }

    private static String event(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(key -> "\"" + key + "\"")
                .collect(Collectors.joining(",", "{\"cache\":\"items\",\"keys\":[", "]}"));
    }

    /** Sends the storm before anybody reads it. */
    private void send(Sender sender) throws Exception {
        for (var key = 0; key < SINGLES; key++) {
            sender.send(event(key, key + 1));
        }
        for (var key = SINGLES; key < KEYS; key += 1_000) {
            sender.send(event(key, key + 1_000));
        }
    }

    private interface Sender {
        void send(String event) throws Exception;
    }

    /** Asks for something else as long as the storm lasts. */
    private void weather(String feed) throws Exception {
        child.awaitUp();
        var messages = SINGLES + (KEYS - SINGLES) / 1_000;
        var began = System.nanoTime();
        await().atMost(LONGEST)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> applied(feed) >= messages);
        System.out.printf(
                "STORM %s: %,d keys, %.1f s, at most %.0f MB of heap, slowest lookup %d ms%n",
                feed, KEYS, (System.nanoTime() - began) / 1e9, heap / 1e6, slowest);
        assertThat(child.said()).doesNotContain("OutOfMemoryError");
        // What the storm leaves of a lookup, on a machine that does other things as well.
        assertThat(slowest).isLessThan(5_000);
    }

    private double applied(String feed) throws Exception {
        var began = System.nanoTime();
        assertThat(child.send("GET", "/caches/others/entries/1", null).statusCode()).isEqualTo(200);
        slowest = Math.max(slowest, (System.nanoTime() - began) / 1_000_000);
        var lines = child.metrics().lines().toList();
        heap =
                Math.max(
                        heap,
                        lines.stream()
                                .filter(it -> it.startsWith("jvm_memory_used_bytes{area=\"heap\""))
                                .mapToDouble(FeedStormIT::value)
                                .sum());
        return lines.stream()
                .filter(it -> it.startsWith("cistern_feed_applied_total{feed=\"" + feed))
                .mapToDouble(FeedStormIT::value)
                .sum();
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    @Test
    void stormsOfKafkaStayInBoundedMemory() throws Exception {
        var kafka = KafkaBroker.shared();
        kafka.topic(name, 2);
        try (var clients = new KafkaClients(kafka)) {
            send(event -> clients.sendLater(name, null, event));
            clients.flush();
        }
        startChild(
                "kafka.camel.yaml",
                Map.of(
                        "KAFKA_BROKERS", kafka.brokers(),
                        "CISTERN_KAFKA_TOPIC", name,
                        "CISTERN_KAFKA_GROUP", name));

        weather("invalidations-kafka");
    }

    @Test
    void stormsOfJmsStayInBoundedMemory() throws Exception {
        var artemis = ArtemisBroker.shared();
        try (var jms = artemis.connectionFactory().createContext(JMSContext.SESSION_TRANSACTED)) {
            var queue = jms.createQueue(name);
            var producer = jms.createProducer();
            send(event -> producer.send(queue, event));
            jms.commit();
        }
        startChild(
                "jms.camel.yaml",
                Map.of("JMS_BROKER_URL", artemis.url(), "CISTERN_JMS_DESTINATION", name));

        weather("invalidations-jms");
    }
}
