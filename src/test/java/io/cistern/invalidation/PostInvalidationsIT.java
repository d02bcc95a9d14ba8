package io.cistern.invalidation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.app.Answer;
import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Events over HTTP, on an instance with Redis and on one in memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostInvalidationsIT {

    private static final String EVENTS = "/invalidations";

    private CountingOrigin origin;
    private RedisServer redis;
    private Instance shared;
    private Instance memory;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        redis = RedisServer.start();
        shared = withCaches(Instance.on(redis)).start();
        memory = withCaches(Instance.inMemory()).start();
    }

    private Instance.Builder withCaches(Instance.Builder builder) {
        return builder.route(
                        "items",
                        Routes.http(
                                "items",
                                origin,
                                Map.of("ttl", "10m", "tags", "group:${header.CisternKey}")))
                .route("others", Routes.http("others", origin, Map.of("ttl", "10m")));
    }

    @AfterAll
    void stop() throws Exception {
        shared.close();
        memory.close();
        redis.close();
        origin.close();
    }

    Stream<Instance> both() {
        return Stream.of(shared, memory);
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static Answer post(Instance instance, String body, String... headers) {
        return instance.post(EVENTS, json(body), headers);
    }

    private static boolean isHit(Instance instance, String cache, String key) {
        return instance.lookup(cache, key).cacheStatus().contains("; hit");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void keysAreGone(Instance instance) {
        instance.lookup("items", "k1");
        instance.lookup("items", "k2");

        var answer = post(instance, "{'id':'e-1','cache':'items','keys':['k1']}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text())
                .isEqualTo(json("{'results':[{'id':'e-1','cache':'items','status':'applied'}]}"));
        assertThat(isHit(instance, "items", "k2")).isTrue();
        assertThat(isHit(instance, "items", "k1")).isFalse();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void whatIsNamedTogetherIsAUnion(Instance instance) {
        for (var key : new String[] {"u1", "u2", "user-3", "u4"}) {
            instance.lookup("items", key);
        }

        post(instance, "{'cache':'items','keys':['u1'],'tags':['group:u2'],'pattern':'user-*'}");

        assertThat(isHit(instance, "items", "u4")).isTrue();
        for (var key : new String[] {"u1", "u2", "user-3"}) {
            assertThat(isHit(instance, "items", key)).as(key).isFalse();
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void anArrayHasAResultForEach(Instance instance) {
        instance.lookup("items", "a1");
        instance.lookup("others", "a1");

        var answer =
                post(
                        instance,
                        "[{'cache':'others','all':true},{'id':'2','cache':'items','keys':['a1']},"
                                + "{'id':'3','cache':'items','keys':['a1']}]");

        assertThat(answer.json().get("results"))
                .extracting(result -> result.path("cache").asText() + result.path("id").asText())
                .containsExactly("othersnull", "items2", "items3");
        assertThat(isHit(instance, "items", "a1")).isFalse();
        assertThat(isHit(instance, "others", "a1")).isFalse();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void whereOneIsWrongNothingIsApplied(Instance instance) {
        instance.lookup("items", "w1");

        var answer =
                post(instance, "[{'cache':'items','keys':['w1']},{'cache':'items','keys':[7]}]");

        assertThat(answer.isProblem(400)).isTrue();
        assertThat(answer.json().get("field").asText()).isEqualTo("[1].keys[0]");
        assertThat(answer.json().get("detail").asText())
                .isEqualTo("[1].keys[0]: expected a string, got the number 7");
        assertThat(isHit(instance, "items", "w1")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | body",
                "null | body",
                "{'cache':'nowhere','all':true} | cache",
                "{'cache':'items'} | body",
                "{'cache':'items','all':1} | all",
                "[{'cache':'items','all':true},{'cache':'nowhere','all':true}] | [1].cache",
            })
    void badEventsAreNamed(String body, String field) {
        var answer = post(memory, body);

        assertThat(answer.isProblem(400)).isTrue();
        assertThat(answer.json().get("field").asText()).isEqualTo(field);
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        var answer = memory.send("POST", EVENTS, new byte[] {'{', (byte) 0xFF, '}'});

        assertThat(answer.isProblem(400)).isTrue();
        assertThat(answer.json().get("detail").asText()).isEqualTo("body: is no valid UTF-8");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void expiredValuesAreServedWhereTheOriginFails(Instance instance) {
        instance.lookup("items", "x1");

        post(instance, "{'cache':'items','keys':['x1'],'mode':'expire'}");
        origin.failing.add("x1");
        var stale = instance.lookup("items", "x1");
        origin.failing.remove("x1");

        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.cacheStatus()).contains("stale-if-error");
        assertThat(isHit(instance, "items", "x1")).isFalse();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void refreshedKeysAreLoadedAgainAtOnce(Instance instance) {
        instance.lookup("items", "r1");
        var before = origin.calls("r1");

        post(instance, "{'cache':'items','keys':['r1'],'mode':'refresh'}");

        await().until(() -> origin.calls("r1") == before + 1);
        await().until(() -> isHit(instance, "items", "r1"));
        assertThat(origin.calls("r1")).isEqualTo(before + 1);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void refreshingATagOnlyExpires(Instance instance) {
        instance.lookup("items", "r2");
        var before = origin.calls("r2");

        post(instance, "{'cache':'items','tags':['group:r2'],'mode':'refresh'}");

        assertThat(isHit(instance, "items", "r2")).isFalse();
        assertThat(origin.calls("r2")).isEqualTo(before + 1);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void aDelayedEventActsTwice(Instance instance) {
        instance.lookup("items", "d1");

        post(instance, "{'cache':'items','keys':['d1'],'delay':'300ms'}");
        assertThat(isHit(instance, "items", "d1")).isFalse();
        assertThat(isHit(instance, "items", "d1")).isTrue();

        await().atMost(5, TimeUnit.SECONDS).until(() -> !isHit(instance, "items", "d1"));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void aHundredThousandKeysAreTakenInSteps(Instance instance) {
        instance.lookup("items", "n99999");
        var keys =
                IntStream.range(0, 100_000)
                        .mapToObj(i -> "'n" + i + "'")
                        .collect(Collectors.joining(","));

        var answer = post(instance, "{'cache':'items','keys':[" + keys + "]}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(isHit(instance, "items", "n99999")).isFalse();
    }

    @Test
    void structuredAndBinaryCloudEventsAreTaken() {
        var structured =
                post(
                        memory,
                        "{'specversion':'1.0','type':'t','id':'s-1','source':'/s',"
                                + "'data':{'cache':'items','keys':['1']}}",
                        "Content-Type",
                        "application/cloudevents+json");
        var binary =
                post(
                        memory,
                        "{'cache':'items','keys':['1']}",
                        "Content-Type",
                        "application/json",
                        "ce-specversion",
                        "1.0",
                        "Ce-Type",
                        "t",
                        "ce-id",
                        "b%20%E2%82%AC+1",
                        "ce-source",
                        "/s");

        assertThat(structured.json().at("/results/0/id").asText()).isEqualTo("s-1");
        assertThat(binary.json().at("/results/0/id").asText()).isEqualTo("b €+1");
    }

    @Test
    void eventsAreCountedByKindAndMeasured() {
        post(
                memory,
                "[{'cache':'others','keys':['1'],'occurredAt':'2020-01-01T00:00:00Z'},"
                        + "{'cache':'others','keys':['1','2']},{'cache':'others','tags':['t'],"
                        + "'keys':['3'],'unheard':1}]");

        var metrics = memory.manage("/observe/metrics").text();

        assertThat(metrics)
                .contains(
                        "cistern_invalidations_total{cache=\"others\",kind=\"key\",source=\"http\"}"
                                + " 2.0")
                .contains(
                        "cistern_invalidations_total{cache=\"others\",kind=\"tag\",source=\"http\"}"
                                + " 1.0")
                .contains("cistern_invalidation_seconds_bucket{source=\"http\",le=\"3600.0\"} 0")
                .contains("cistern_invalidation_seconds_count{source=\"http\"} 1")
                .contains("cistern_event_fields_ignored_total{reason=\"unknown\"} 1.0");
    }

    @Test
    void theSchemaIsServedAsItIs() throws Exception {
        var answer = memory.get("/invalidation-event.json");
        var resource = "io/cistern/invalidation/event/invalidation-event.json";

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("application/schema+json");
        try (var in = getClass().getClassLoader().getResourceAsStream(resource)) {
            assertThat(new ObjectMapper().readTree(answer.body()))
                    .isEqualTo(new ObjectMapper().readTree(new String(in.readAllBytes(), UTF_8)));
        }
    }

    @Test
    void withoutRedisNothingIsAcknowledged() throws Exception {
        try (var server = RedisServer.start();
                var instance = withCaches(Instance.on(server)).start()) {
            instance.lookup("items", "gone");
            server.kill();

            var refused = post(instance, "{'cache':'items','keys':['gone']}");
            assertThat(refused.isProblem(503)).isTrue();
            assertThat(refused.header("Retry-After")).isNotEmpty();

            server.bringBack();
            await().atMost(20, TimeUnit.SECONDS)
                    .until(
                            () ->
                                    post(instance, "{'cache':'items','keys':['gone']}").status()
                                            == 200);
        }
    }
}
