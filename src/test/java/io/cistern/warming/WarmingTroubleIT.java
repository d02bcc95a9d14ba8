package io.cistern.warming;

import static io.cistern.warming.Strategies.begin;
import static io.cistern.warming.Strategies.end;
import static io.cistern.warming.Strategies.run;
import static io.cistern.warming.Strategies.source;
import static io.cistern.warming.Strategies.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import io.cistern.testing.LogCapture;
import java.nio.file.Files;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sources that hang, a Redis that is not there when it is needed, strategies that go away. */
class WarmingTroubleIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String ONCE = "/warming/strategies/once";

    private RedisServer redis;
    private CountingOrigin origin;

    /** A source that answers once it is let. */
    public static final class Hanging {
        private final CountDownLatch gate = new CountDownLatch(1);

        public String keys() throws InterruptedException {
            gate.await();
            return "[\"late\"]";
        }

        void release() {
            gate.countDown();
        }
    }

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.away();
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
                .route("keys", source("one", "[\"one\"]"));
    }

    @Test
    void aSourceThatHangsHoldsNeitherItsRunNorOthers() throws Exception {
        redis.bringBack();
        var beans =
                "- beans:\n    - { name: hanging, type: \"" + Hanging.class.getName() + "\" }\n";
        try (var instance =
                instance()
                        .route("hanging", beans)
                        .route(
                                "strategies",
                                yaml(
                                                "limited",
                                                "cache",
                                                "items",
                                                "timeLimit",
                                                "1s",
                                                "source",
                                                "bean:hanging?method=keys")
                                        + yaml(
                                                "unlimited",
                                                "cache",
                                                "items",
                                                "source",
                                                "bean:hanging?method=keys")
                                        + yaml("next", "cache", "items", "source", "direct:one"))
                        .start()) {
            var limited = run(instance, "limited");
            assertThat(limited.path("state").asText()).isEqualTo("failed");
            assertThat(limited.path("errors").toString())
                    .contains("the time limit of 1s has passed")
                    .contains("its source does not answer");

            var cancelled = begin(instance, "unlimited");
            await().atMost(SOON)
                    .until(
                            () ->
                                    instance.get(cancelled)
                                            .json()
                                            .path("state")
                                            .asText()
                                            .equals("running"));
            instance.delete(cancelled);
            assertThat(end(instance, cancelled).path("state").asText()).isEqualTo("cancelled");

            assertThat(run(instance, "next").path("state").asText()).isEqualTo("completed");
            assertThat(run(instance, "limited").path("errors").toString())
                    .as("its thread is all that it costs")
                    .contains("has not answered an earlier run");

            instance.context()
                    .getRegistry()
                    .lookupByNameAndType("hanging", Hanging.class)
                    .release();
            await().atMost(SOON).until(() -> run(instance, "limited").path("done").asLong() == 1);
        }
    }

    @Test
    void whatIsDueWhileRedisIsAwayIsDoneWhenItIsBack() throws Exception {
        var atStart =
                yaml("at-start", "cache", "items", "onStartup", "true", "source", "direct:one");
        try (var log = LogCapture.of("io.cistern.warming");
                var instance = instance().route("at-start", atStart).start()) {
            var once = LocalDateTime.now().plusSeconds(6);
            Files.writeString(
                    instance.routes().resolve("caches/once.camel.yaml"),
                    yaml(
                            "once",
                            "cache",
                            "items",
                            "schedule",
                            once.format(DateTimeFormatter.ofPattern("s m H d M '?' yyyy")),
                            "source",
                            "direct:one"));
            await().atMost(SOON).until(() -> instance.get(ONCE).status() == 200);
            await().atMost(SOON)
                    .until(() -> instance.get(ONCE).json().path("nextFireTime").isNull());
            assertThat(origin.calls("one")).isZero();

            redis.bringBack();

            await().atMost(SOON).until(() -> origin.calls("one") == 2);
            await().atMost(SOON)
                    .untilAsserted(
                            () ->
                                    assertThat(log.lines(Level.INFO))
                                            .anyMatch(line -> line.contains("Start-up warming")));
        }
    }

    @Test
    void aStrategyThatIsGoneAlarmsNobody() throws Exception {
        redis.bringBack();
        var gauge = "cistern_warming_seconds_since_success{strategy=\"gone\"}";
        try (var log = LogCapture.of("org.apache.camel.impl.engine");
                var instance = instance().start()) {
            var file = instance.routes().resolve("caches/gone.camel.yaml");
            Files.writeString(
                    file,
                    yaml("gone", "cache", "items", "schedule", "every 1h", "source", "direct:one"));
            await().atMost(SOON).until(() -> instance.metrics().containsKey(gauge));

            Files.delete(file);

            await().atMost(SOON).until(() -> !instance.metrics().containsKey(gauge));
            assertThat(log.lines(Level.WARN)).isEmpty();
        }
    }

    @Test
    void aSourceThatCannotBeIsRefusedWithFileStrategyAndParameter() throws Exception {
        redis.bringBack();
        try (var log = LogCapture.of("io.cistern.reload");
                var instance = instance().start()) {
            for (var wrong :
                    Map.of(
                                    "unparsed", "http://[bad",
                                    "no-bean", "bean:nobody?method=keys",
                                    "no-source", "sql:select 1?dataSource=#bean:nobody")
                            .entrySet()) {
                Files.writeString(
                        instance.routes().resolve("caches/" + wrong.getKey() + ".camel.yaml"),
                        yaml(wrong.getKey(), "cache", "items", "source", wrong.getValue()));

                await().atMost(SOON)
                        .untilAsserted(
                                () ->
                                        assertThat(log.lines(Level.ERROR))
                                                .anySatisfy(
                                                        line ->
                                                                assertThat(line)
                                                                        .contains(
                                                                                wrong.getKey()
                                                                                        + ".camel.yaml:6:",
                                                                                "strategy "
                                                                                        + wrong
                                                                                                .getKey(),
                                                                                "source:")));
            }
            assertThat(instance.get("/warming/strategies").json().path("strategies")).isEmpty();
        }
    }
}
