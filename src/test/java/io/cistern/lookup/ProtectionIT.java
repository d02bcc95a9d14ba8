package io.cistern.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.app.Answer;
import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Origins that fail, hang or answer garbage: they are protected, and no key is left stuck. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProtectionIT {

    private CountingOrigin origin;
    private Instance instance;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        instance =
                Instance.inMemory()
                        .set("CIRCUIT_BREAKER_THRESHOLD", "3")
                        .set("CIRCUIT_BREAKER_TIMEOUT", "60s")
                        .route("broken", Routes.http("broken", origin, Map.of("ttl", "10m")))
                        .route(
                                "narrow",
                                Routes.http(
                                        "narrow",
                                        origin,
                                        Map.of("maxConcurrentLoads", 1, "maxWaiting", 1)))
                        .route(
                                "thrower",
                                Routes.steps(
                                        "thrower",
                                        Map.of(),
                                        """
                                        - choice:
                                            when:
                                              - simple: "${header.CisternKey} == 'bad'"
                                                steps:
                                                  - throwException:
                                                      exceptionType: java.lang.IllegalStateException
                                                      message: "select secret from vault"
                                        - setBody: { constant: good }
                                        """))
                        .route(
                                "bulk",
                                Routes.batch(
                                        "bulk", origin, Map.of("batchSize", 10, "maxStale", "0")))
                        .route("slow", Routes.http("slow", origin, Map.of("hardTimeout", "200ms")))
                        .route(
                                "unwritable",
                                Routes.steps(
                                        "unwritable",
                                        Map.of(),
                                        """
                                        - setBody: { simple: "${exchange}" }
                                        """))
                        .route(
                                "misleading",
                                Routes.steps(
                                        "misleading",
                                        Map.of(),
                                        """
                                        - setHeader: { name: CisternTtl, constant: soon }
                                        - setBody: { constant: value }
                                        """))
                        .start();
    }

    @AfterEach
    void heal() {
        origin.release();
        origin.status = 0;
        origin.batchContent = null;
    }

    @AfterAll
    void stop() {
        instance.close();
        origin.close();
    }

    @Test
    void openBreakerAnswersAtOnceWithoutTouchingTheOrigin() {
        var kept = instance.lookup("broken", "kept");
        origin.status = 500;
        for (var i = 0; i < 3; i++) {
            assertThat(instance.lookup("broken", "bad-" + i).isProblem(502)).isTrue();
        }
        var calls = origin.calls();
        var answers =
                IntStream.range(0, 20)
                        .mapToObj(i -> instance.lookup("broken", "open-" + i))
                        .toList();

        assertThat(answers)
                .allMatch(answer -> answer.isProblem(503))
                .allMatch(answer -> answer.cacheStatus().equals("cistern; detail=breaker-open"))
                .allSatisfy(
                        answer ->
                                assertThat(Integer.parseInt(answer.header("Retry-After")))
                                        .isBetween(1, 60));
        assertThat(answers.stream().map(Answer::took).min(Duration::compareTo).orElseThrow())
                .isLessThan(Duration.ofMillis(100));
        assertThat(origin.calls()).isEqualTo(calls);
        assertThat(instance.lookup("broken", "kept").body()).isEqualTo(kept.body());
        assertThat(instance.lookup("narrow", "other").isProblem(502)).isTrue();
    }

    @Test
    void fullBulkheadRefusesAtOnce() throws Exception {
        origin.hang();
        List<CompletableFuture<Answer>> flying =
                List.of(instance.looking("narrow", "n1"), instance.looking("narrow", "n2"));
        await().until(() -> origin.calls("n1") + origin.calls("n2") == 1);
        await().untilAsserted(
                        () -> {
                            var refused = instance.lookup("narrow", "n3", "Cache-Control", "x");
                            assertThat(refused.isProblem(503)).isTrue();
                            assertThat(refused.cacheStatus())
                                    .isEqualTo("cistern; detail=bulkhead-full");
                            assertThat(refused.header("Retry-After")).isEqualTo("1");
                        });
        origin.release();
        for (var each : flying) {
            assertThat(each.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
        }
        assertThat(instance.lookup("narrow", "n3").status()).isEqualTo(200);
        assertThat(origin.calls("n3")).isOne();
    }

    @Test
    void throwingRouteIsABadGatewayThatTellsNoSecret() {
        var answer = instance.lookup("thrower", "bad");

        assertThat(answer.isProblem(502)).isTrue();
        assertThat(answer.text()).contains("IllegalStateException").doesNotContain("secret");
        assertThat(instance.lookup("thrower", "bad").isProblem(502)).isTrue();
        assertThat(instance.lookup("thrower", "good").text()).isEqualTo("good");
    }

    @Test
    void batchedOriginThatAnswersAListLeavesNoKeyStuck() {
        for (var garbage : new String[] {"[1,2]", "\"text\"", "not json"}) {
            origin.batchContent = garbage.getBytes(StandardCharsets.UTF_8);
            var answer = instance.lookup("bulk", "key of " + garbage);
            var batch = instance.post("/caches/bulk/lookup", "{\"keys\":[\"b1\",\"b2\"]}");
            // Garbage that the route itself can't read is a failure for its breaker as well.
            assertThat(answer.status()).as(garbage).isIn(502, 503);
            assertThat(batch.status()).isEqualTo(200);
            assertThat(batch.json().path("failed").size()).isEqualTo(2);
        }
        origin.batchContent = null;
        assertThat(instance.lookup("bulk", "key of [1,2]").json().path("id").asText())
                .isEqualTo("key of [1,2]");
    }

    @Test
    void answerAfterTheHardTimeoutIsThrownAway() {
        origin.hang();
        assertThat(instance.lookup("slow", "late").isProblem(504)).isTrue();
        origin.release();

        var answer = instance.lookup("slow", "late");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("count").asInt()).isEqualTo(2);
        assertThat(instance.lookup("slow", "late").cacheStatus()).endsWith("detail=near");
    }

    @Test
    void bodyThatCannotBecomeAValueIsAFailureOfTheOrigin() {
        assertThat(instance.lookup("unwritable", "1").isProblem(502)).isTrue();
        assertThat(instance.lookup("unwritable", "1").isProblem(502)).isTrue();
    }

    @Test
    void headerThatTheRouteSetWrongIsAFailureOfTheOrigin() {
        assertThat(instance.lookup("misleading", "1").isProblem(502)).isTrue();
        assertThat(instance.lookup("misleading", "1").isProblem(502)).isTrue();
    }
}
