package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.testing.ArtemisBroker;
import io.cistern.testing.KafkaBroker;
import io.cistern.testing.KafkaClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance that is killed amid a storm of events, again and again. */
class FeedKillIT {

    private static final int EVENTS = 5_000;
    private static final Duration LONGEST = Duration.ofSeconds(60);

    @TempDir Path folder;

    private final String name = "kill-" + UUID.randomUUID();
    private RedisServer redis;
    private Instance watcher;
    private ChildInstance child;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start();
        watcher = Instance.on(redis).route("items", items()).start();
    }

    @AfterEach
    void stop() throws Exception {
        if (child != null) {
            child.close();
        }
        watcher.close();
        redis.close();
    }

    private static String items() {
        return Routes.simple("items", "${header.CisternKey}", Map.of("ttl", "1h"));
    }

    private void startChild(String feed, Map<String, String> settings) throws Exception {
        var all = new HashMap<>(redis.settings());
        all.putAll(settings);
        all.put("CISTERN_DLQ", name + "-dlq");
        var routes = items() + Files.readString(Path.of("routes/invalidation", feed));
        child = new ChildInstance(folder, routes, all);
        child.start();
    }

    private static String event(int number) {
        return "{\"cache\":\"items\",\"keys\":[\"" + number + "\"]}";
    }

    private boolean isCached(int number) {
        return watcher.lookup("items", Integer.toString(number), "Cache-Control", "only-if-cached")
                        .status()
                == 200;
    }

    /** Fills the cache of the one that watches, in batches. */
    private void fill() {
        for (var from = 0; from < EVENTS; from += 500) {
            var keys = new StringBuilder();
            for (var key = from; key < from + 500; key++) {
                keys.append(keys.isEmpty() ? "" : ",").append('"').append(key).append('"');
            }
            var answer = watcher.post("/caches/items/lookup", "{\"keys\":[" + keys + "]}");
            assertThat(answer.status()).isEqualTo(200);
        }
        assertThat(isCached(EVENTS - 1)).isTrue();
    }

    private void awaitAllGone() {
        for (var number : List.of(EVENTS - 1, 0, EVENTS / 2)) {
            await().atMost(LONGEST).until(() -> !isCached(number));
        }
        for (var number = 0; number < EVENTS; number++) {
            var key = number;
            if (isCached(key)) {
                await().atMost(LONGEST).until(() -> !isCached(key));
            }
        }
    }

    @Test
    void kafkasEventsAreSeenAgain() throws Exception {
        var kafka = KafkaBroker.shared();
        kafka.topic(name, 2);
        fill();
        try (var clients = new KafkaClients(kafka)) {
            startChild(
                    "kafka.camel.yaml",
                    Map.of(
                            "KAFKA_BROKERS", kafka.brokers(),
                            "CISTERN_KAFKA_TOPIC", name,
                            "CISTERN_KAFKA_GROUP", name));
            child.awaitUp();
            for (var number = 0; number < EVENTS; number++) {
                clients.sendLater(name, Integer.toString(number), event(number));
                if (number == 200 || number == 2_000) {
                    clients.flush();
                    var last = number;
                    await().atMost(LONGEST)
                            .pollInterval(Duration.ofMillis(1))
                            .until(() -> !isCached(last - 150) || !isCached(last));
                    child.kill();
                    child.start();
                }
            }
            clients.flush();

            awaitAllGone();
            await().atMost(LONGEST).until(() -> kafka.committed(name, name) == EVENTS);
        }
    }

    @Test
    void jmsMessagesAreSeenAgain() throws Exception {
        var artemis = ArtemisBroker.shared();
        fill();
        try (var jms = artemis.connectionFactory().createContext()) {
            startChild(
                    "jms.camel.yaml",
                    Map.of("JMS_BROKER_URL", artemis.url(), "CISTERN_JMS_DESTINATION", name));
            child.awaitUp();
            for (var number = 0; number < EVENTS; number++) {
                jms.createProducer().send(jms.createQueue(name), event(number));
                if (number == 200 || number == 2_000) {
                    var last = number;
                    await().atMost(LONGEST)
                            .pollInterval(Duration.ofMillis(1))
                            .until(() -> !isCached(last - 150) || !isCached(last));
                    child.kill();
                    child.start();
                }
            }

            awaitAllGone();
            await().atMost(LONGEST).until(() -> artemis.count(name) == 0);
            assertThat(artemis.count(name + "-dlq")).isZero();
        }
    }
}
