package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances on a Redis, told to end by SIGTERM one after the other and started again. */
class RollingRestartIT {

    private static final long SEED = Long.getLong("restart.seed", 1);
    private static final Duration LONGEST_END = Duration.ofSeconds(10);
    private static final Duration LONGEST_START = Duration.ofSeconds(40);
    private static final int CLIENTS = 8;
    private static final int REQUESTS = 100;

    private static final String ROUTES =
            Routes.simple(
                            RetryingClients.QUICK,
                            "value of ${header.CisternKey}",
                            Map.of("ttl", "1s"))
                    + Routes.steps(
                            RetryingClients.SLOW,
                            Map.of("ttl", "1m"),
                            """
                            - delay: { constant: 200 }
                            - setBody: { simple: '"value of ${header.CisternKey}"' }
                            - setHeader: { name: Content-Type, constant: application/json }
                            """);

    @TempDir Path folder;
    private final List<ChildInstance> instances = new ArrayList<>();
    private RedisServer redis;

    @BeforeEach
    void startRedis() throws IOException {
        redis = RedisServer.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (var instance : instances) {
            instance.close();
        }
        redis.close();
    }

    private ChildInstance start(String routes) throws IOException {
        var slot = folder.resolve("instance-" + instances.size());
        var instance = new ChildInstance(slot, routes, redis.settings());
        instances.add(instance);
        instance.start();
        return instance;
    }

    @Test
    void noRequestIsLostThatIsTriedOnceMoreAtTheOtherInstance() throws Exception {
        start(ROUTES);
        start(ROUTES);
        for (var instance : instances) {
            instance.awaitUp();
        }
        try (var clients = new RetryingClients(instances)) {
            clients.start(CLIENTS, SEED);
            for (var instance : instances) {
                awaitMore(clients);
                var tries = clients.retried();
                end(instance);
                await().until(() -> clients.retried() > tries);
                awaitMore(clients);
                begin(instance);
            }
            awaitMore(clients);
            clients.close();
            assertThat(clients.lost().stream().limit(5)).as("seed %d", SEED).isEmpty();
        }
        for (var instance : instances) {
            assertThat(instance.said())
                    .contains("Cistern has stopped")
                    .doesNotContain(" ERROR ", "\tat ");
        }
    }

    private static void awaitMore(RetryingClients clients) {
        var before = clients.answered();
        await().atMost(Duration.ofSeconds(30)).until(() -> clients.answered() > before + REQUESTS);
    }

    private static void end(ChildInstance instance) throws Exception {
        var began = System.nanoTime();
        instance.terminate();
        await().pollInterval(Duration.ofMillis(10)).until(() -> !instance.isReady());
        // Who goes by readiness has a moment to learn of it, in which nothing is refused.
        assertThat(lookup(instance)).isEqualTo(200);
        assertThat(instance.isListening()).isTrue();
        await().pollInterval(Duration.ofMillis(10))
                .until(
                        () -> {
                            assertThat(instance.isReady()).isFalse();
                            return !instance.isListening();
                        });
        assertThat(instance.awaitEnd(LONGEST_END.minusNanos(System.nanoTime() - began)))
                .as("ended within ten seconds: %s", instance.said())
                .isTrue();
    }

    private static void begin(ChildInstance instance) throws Exception {
        instance.start();
        await().atMost(LONGEST_START).pollInterval(Duration.ofMillis(5)).until(instance::isReady);
        assertThat(lookup(instance)).isEqualTo(200);
    }

    private static int lookup(ChildInstance instance) throws Exception {
        return instance.send("GET", "/caches/quick/entries/1", null).statusCode();
    }

    @Test
    void anInstanceEndsWithinTenSecondsThoughItsOriginHangs() throws Exception {
        try (var origin = new CountingOrigin()) {
            var instance =
                    start(
                            Routes.http(
                                    "items", origin, Map.of("hardTimeout", "60s", "near", "off")));
            instance.awaitUp();
            origin.hang();
            var hanging =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return instance.send("GET", "/caches/items/entries/1", null)
                                            .statusCode();
                                } catch (IOException e) {
                                    return 0;
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            await().until(() -> origin.calls() == 1);
            assertThat(hanging).isNotDone();

            instance.terminate();

            assertThat(instance.awaitEnd(LONGEST_END)).as(instance.said()).isTrue();
            assertThat(instance.said()).contains("Cistern has stopped");
        }
    }
}
