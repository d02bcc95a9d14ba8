package io.cistern.warming;

import static io.cistern.warming.Strategies.begin;
import static io.cistern.warming.Strategies.end;
import static io.cistern.warming.Strategies.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Instances that share a Redis. */
class WarmingClusterIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration WHILE = Duration.ofSeconds(5);

    private RedisServer redis;
    private CountingOrigin origin;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start();
        origin = new CountingOrigin();
    }

    @AfterEach
    void stop() throws Exception {
        origin.close();
        redis.close();
    }

    private Instance.Builder instance() {
        return Instance.on(redis)
                .route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                .route("batches", Routes.batch("batches", origin, Map.of("batchSize", 10)))
                .route("keys", Strategies.source("one", "[\"one\"]"))
                .route(
                        "many",
                        Strategies.source(
                                "many", "[" + "\"a\",\"b\",\"c\",\"d\",".repeat(50) + "\"e\"]"));
    }

    @Test
    void aScheduleFiresOnceForAllAndAPauseHoldsForAll() {
        var tick =
                yaml("tick", "cache", "items", "schedule", "0/1 * * * * ?", "source", "direct:one");
        try (var one = instance().route("tick", tick).start();
                var other = instance().route("tick", tick).start()) {
            var before = origin.calls("one");
            var began = System.nanoTime();
            await().atMost(SOON).until(() -> origin.calls("one") >= before + 5);
            var seconds = (System.nanoTime() - began) / 1e9;

            assertThat(origin.calls("one") - before).isLessThanOrEqualTo((int) seconds + 2);

            assertThat(
                            one.send(
                                            "PATCH",
                                            "/warming/strategies/tick",
                                            "{\"enabled\":false}".getBytes(),
                                            "Content-Type",
                                            "application/json")
                                    .status())
                    .isEqualTo(200);
            await().atMost(SOON)
                    .until(
                            () ->
                                    !other.get("/warming/strategies/tick")
                                            .json()
                                            .path("enabled")
                                            .asBoolean());
            var paused = origin.calls("one");
            await().during(Duration.ofSeconds(3))
                    .atMost(WHILE)
                    .until(() -> origin.calls("one") <= paused + 1);
            assertThat(other.get("/warming/strategies/tick").json().path("nextFireTime").isNull())
                    .isTrue();
        }
        // Both are gone; Redis has kept it.
        try (var again = instance().route("tick", tick).start()) {
            assertThat(again.get("/warming/strategies/tick").json().path("enabled").asBoolean())
                    .isFalse();
        }
    }

    @Test
    void startUpRunsOnOneInstanceAndHoldsReadinessUpOnAll() {
        var atStart =
                yaml(
                        "at-start",
                        "cache",
                        "items",
                        "onStartup",
                        "true",
                        "readiness",
                        "true",
                        "source",
                        "direct:one");
        try (var one = instance().route("at-start", atStart).start();
                var other = instance().route("at-start", atStart).start()) {
            assertThat(origin.calls("one")).isOne();
            assertThat(
                            one.get("/warming/strategies/at-start")
                                    .json()
                                    .at("/lastRun/trigger")
                                    .asText())
                    .isEqualTo("startup");
            // The other one knows of it, too.
            assertThat(
                            other.get("/warming/strategies/at-start")
                                    .json()
                                    .at("/lastRun/state")
                                    .asText())
                    .isEqualTo("completed");
            await().during(Duration.ofSeconds(2))
                    .atMost(WHILE)
                    .until(() -> origin.calls("one") == 1);
        }
    }

    @Test
    void readinessWaitsForAStrategyThatSaysSo() {
        origin.hang();
        var atStart =
                yaml(
                        "at-start",
                        "cache",
                        "items",
                        "onStartup",
                        "true",
                        "readiness",
                        "true",
                        "readinessTimeout",
                        "3s",
                        "source",
                        "direct:one");
        var began = System.nanoTime();
        try (var one = instance().route("at-start", atStart).start()) {
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("the time limit, since the origin hangs")
                    .isGreaterThan(Duration.ofSeconds(3));
            origin.release();
        }
    }

    @Test
    void aRunIsFollowedAndCancelledFromAnotherInstance() {
        var many =
                yaml(
                        "many",
                        "cache",
                        "batches",
                        "batchSize",
                        "2",
                        "delayBetweenBatches",
                        "200ms",
                        "source",
                        "direct:many");
        try (var one = instance().route("many-s", many).start();
                var other = instance().route("many-s", many).start()) {
            var run = begin(one, "many");
            await().atMost(SOON).until(() -> other.get(run).json().path("done").asLong() > 0);

            assertThat(other.delete(run).status()).isEqualTo(202);

            assertThat(end(one, run).path("state").asText()).isEqualTo("cancelled");
            await().atMost(SOON)
                    .until(() -> other.get(run).json().path("state").asText().equals("cancelled"));
        }
    }
}
