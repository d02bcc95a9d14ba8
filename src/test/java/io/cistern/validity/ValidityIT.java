package io.cistern.validity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.app.Answer;
import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Environments, fingerprints, buckets and bypasses as users see them: YAML in, HTTP out. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ValidityIT {

    private static final String ENVIRONMENT = "Cistern-Environment";

    private CountingOrigin origin;
    private RedisServer redis;
    private Instance one;
    private Instance other;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        redis = RedisServer.start();
        one = instance();
        other = instance();
    }

    private Instance instance() throws Exception {
        return Instance.on(redis)
                .set("CISTERN_ENVIRONMENT", "gpu=\"a100\"")
                .route(
                        "tuned",
                        Routes.http("tuned", origin, Map.of("environment", "cores, memory~20%")))
                .route(
                        "here",
                        Routes.simple(
                                "here",
                                "${header.CisternEnvironment[gpu]}",
                                Map.of("environment", "cores, gpu", "environmentFrom", "instance")))
                .route(
                        "batch",
                        Routes.batch(
                                "batch", origin, Map.of("environment", "cores", "batchSize", "10")))
                .route(
                        "bucketed",
                        Routes.simple(
                                "bucketed",
                                "of ${header.CisternKey}",
                                Map.of(
                                        "keyPattern",
                                        "${body[0]}:${bucket(body[1], tiny|100|small|1000|large)}:"
                                                + "${bucket(body[2], fast|100ms|slow)}")))
                .route(
                        "profiled",
                        Routes.http(
                                "profiled",
                                origin,
                                Map.of("bypass", "${header.X-Profile} == 'on'")))
                .route(
                        "named",
                        Routes.http("named", origin, Map.of("fingerprint", "${header.X-Function}")))
                .route(
                        "sized",
                        Routes.simple(
                                "sized",
                                "of ${header.CisternKey}",
                                Map.of(
                                        "keyPattern",
                                        "${body[0]}:${bucket(body[1], tiny|100|large)}",
                                        "bypass",
                                        "${header.CisternKey} endsWith ':-'")))
                .route("routed", routed("first"))
                .start();
    }

    /** A cache that calls another route, which makes the value. */
    private static String routed(String value) {
        return Routes.steps(
                        "routed",
                        Map.of("fingerprint", "route", "ttl", "1h"),
                        "- to: direct:make\n")
                + """
                - route:
                    id: make
                    from:
                      uri: direct:make
                      steps:
                        - setBody: { simple: '%s' }
                """
                        .formatted(value);
    }

    @AfterAll
    void stop() throws Exception {
        one.close();
        other.close();
        redis.close();
        origin.close();
    }

    @Test
    void anEntryAnswersThoseWhoAskWhereItApplies() {
        var eight = "cores=8, memory=1000";

        assertThat(one.lookup("tuned", "a", ENVIRONMENT, eight).cacheStatus())
                .contains("fwd=uri-miss", "stored");
        assertThat(one.lookup("tuned", "a", ENVIRONMENT, "cores=4, memory=1000").cacheStatus())
                .contains("fwd=vary-miss", "stored");
        assertThat(one.lookup("tuned", "a", ENVIRONMENT, eight).cacheStatus())
                .contains("hit", "near");
        assertThat(other.lookup("tuned", "a", ENVIRONMENT, "memory=1150,cores=8").cacheStatus())
                .contains("hit", "shared");
        assertThat(other.lookup("tuned", "a", ENVIRONMENT, "cores=8, memory=1300").cacheStatus())
                .contains("fwd=vary-miss");
        assertThat(other.lookup("tuned", "a").cacheStatus()).contains("fwd=vary-miss");
        assertThat(other.lookup("tuned", "a", ENVIRONMENT, "cores=4, memory=900").cacheStatus())
                .contains("hit", "shared");
    }

    @Test
    void anInvalidationReachesAllVariantsOnAllInstances() {
        for (var cores = 1; cores <= 3; cores++) {
            one.lookup("tuned", "inv", ENVIRONMENT, "cores=" + cores);
            other.lookup("tuned", "inv", ENVIRONMENT, "cores=" + cores);
        }

        assertThat(one.delete(Instance.entry("tuned", "inv")).status()).isEqualTo(204);

        var before = origin.calls("inv");
        for (var cores = 1; cores <= 3; cores++) {
            assertThat(one.lookup("tuned", "inv", ENVIRONMENT, "cores=" + cores).cacheStatus())
                    .doesNotContain("hit");
        }
        assertThat(origin.calls("inv")).isEqualTo(before + 3);
    }

    @Test
    void metadataTellWhyAnEntryDoesNotApply() {
        one.lookup("tuned", "meta", ENVIRONMENT, "cores=8, memory=1000");
        one.lookup("tuned", "meta", ENVIRONMENT, "cores=4, memory=1000");

        var metadata =
                one.get(
                                Instance.entry("tuned", "meta") + "/metadata",
                                ENVIRONMENT,
                                "cores=8, memory=2000")
                        .json();

        assertThat(metadata.path("variants")).hasSize(2);
        assertThat(metadata.path("variants"))
                .allSatisfy(variant -> assertThat(variant.path("applies").asBoolean()).isFalse());
        assertThat(metadata.path("variants").toString())
                .contains("memory: made with 1000, asked with 2000")
                .contains("cores: made with 4, asked with 8");
        var mine =
                one.get(
                                Instance.entry("tuned", "meta") + "/metadata",
                                ENVIRONMENT,
                                "cores=8, memory=1000")
                        .json();
        assertThat(mine.path("environment").path("cores").asText()).isEqualTo("8");
        assertThat(mine.path("variants").get(0).path("applies").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cores=", "cores=(1 2)", "Cores=1"})
    void anEnvironmentThatCannotBeReadIsABadRequest(String environment) {
        for (var answer :
                new Answer[] {
                    one.lookup("tuned", "bad", ENVIRONMENT, environment),
                    one.get(Instance.entry("tuned", "bad") + "/metadata", ENVIRONMENT, environment),
                    one.put(Instance.entry("tuned", "bad"), "x", ENVIRONMENT, environment),
                    one.post(
                            "/caches/tuned/lookup",
                            "{\"keys\":[\"bad\"]}",
                            ENVIRONMENT,
                            environment)
                }) {
            assertThat(answer.status()).as("%s", answer).isEqualTo(400);
            assertThat(answer.text()).contains("Cistern-Environment");
        }
        assertThat(origin.calls("bad")).isZero();
        // Where no cache looks at it, it is nobody's business.
        assertThat(one.lookup("bucketed", "f:1:1", ENVIRONMENT, environment).status())
                .isEqualTo(200);
    }

    @Test
    void batchesAndPutsBelongToAnEnvironment() {
        var body = "{\"keys\":[\"x\",\"y\"]}";
        one.post("/caches/batch/lookup", body, ENVIRONMENT, "cores=8");

        assertThat(one.post("/caches/batch/lookup", body, ENVIRONMENT, "cores=8").text())
                .contains("\"hit\"")
                .doesNotContain("\"miss\"");
        assertThat(one.post("/caches/batch/lookup", body, ENVIRONMENT, "cores=4").text())
                .contains("\"miss\"")
                .doesNotContain("\"hit\"");
        one.put(Instance.entry("tuned", "put"), "mine", ENVIRONMENT, "cores=2");
        assertThat(other.lookup("tuned", "put", ENVIRONMENT, "cores=2").text()).isEqualTo("mine");
        assertThat(other.lookup("tuned", "put", ENVIRONMENT, "cores=3").text())
                .isNotEqualTo("mine");
    }

    @Test
    void anInstanceMayTellItsOwnEnvironment() {
        assertThat(one.lookup("here", "k").text()).isEqualTo("a100");
        // Whatever the client says.
        assertThat(one.lookup("here", "k", ENVIRONMENT, "cores=9999, gpu=none").cacheStatus())
                .contains("hit");
        assertThat(one.get("/caches/here").json().path("environmentFrom").asText())
                .isEqualTo("instance");
    }

    @Test
    void keysThatFallIntoTheSameBucketsShareAnEntry() {
        assertThat(one.lookup("bucketed", "f1:150:0.2").text()).isEqualTo("of f1:small:slow");
        assertThat(one.lookup("bucketed", "f1:999:30").cacheStatus()).contains("hit; ");
        assertThat(one.lookup("bucketed", "f1:small:slow").cacheStatus()).contains("hit; ");
        assertThat(one.lookup("bucketed", "f1:1000:30").cacheStatus()).contains("uri-miss");
        assertThat(one.get(Instance.entry("bucketed", "f1:200:5") + "/metadata").status())
                .isEqualTo(200);

        one.delete(Instance.entry("bucketed", "f1:777:7"));

        assertThat(one.lookup("bucketed", "f1:150:0.2").cacheStatus()).contains("uri-miss");
        var wrong = one.lookup("bucketed", "f1:many:1");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text()).contains("keyPattern", "'many' is neither a number");
        assertThat(one.lookup("bucketed", "f1").status()).isEqualTo(400);
        assertThat(one.lookup("bucketed", "f1").text()).contains("the key has too few parts");
        var batch = one.post("/caches/bucketed/lookup", "{\"keys\":[\"f1:5:1\",\"f1\"]}").json();
        assertThat(batch.path("entries").has("f1:5:1")).isTrue();
        assertThat(batch.path("failed").has("f1")).isTrue();
    }

    @Test
    void whoProfilesIsSentToTheOriginAndLeavesNothing() {
        var bypassed = one.lookup("profiled", "p", "X-Profile", "on");

        assertThat(bypassed.cacheStatus()).contains("fwd=bypass").doesNotContain("stored");
        assertThat(one.lookup("profiled", "p").cacheStatus()).contains("uri-miss");
        assertThat(one.lookup("profiled", "p", "X-Profile", "off").cacheStatus()).contains("hit");
        assertThat(one.lookup("profiled", "p", "X-Profile", "on").cacheStatus())
                .contains("fwd=bypass");
        assertThat(origin.calls("p")).isEqualTo(3);
    }

    @Test
    void whatHasNoBucketMayPassByToTheOrigin() {
        var unknown = one.lookup("sized", "f1:-");

        assertThat(unknown.cacheStatus()).contains("fwd=bypass");
        assertThat(unknown.text()).isEqualTo("of f1:-");
        assertThat(one.lookup("sized", "f1:5").text()).isEqualTo("of f1:tiny");
        assertThat(one.lookup("sized", "f1:x").status()).isEqualTo(400);
        // What clients send under that name is not the key.
        assertThat(one.lookup("sized", "f1:7", "CisternKey", "f1:-").cacheStatus()).contains("hit");
    }

    @Test
    void aFingerprintOfTheUsersOwnTellsEntriesApart() {
        one.lookup("named", "n", "X-Function", "f1");

        assertThat(other.lookup("named", "n", "X-Function", "f1").cacheStatus()).contains("hit");
        assertThat(other.lookup("named", "n", "X-Function", "f2").cacheStatus())
                .contains("fwd=uri-miss", "stored");
        assertThat(other.lookup("named", "n").cacheStatus()).contains("fwd=uri-miss");
    }

    @Test
    void anEditedRouteLeavesItsOldEntriesBehindWhicheverStepMadeThem() throws IOException {
        var file = one.routes().resolve("caches/routed.camel.yaml");
        assertThat(one.lookup("routed", "k").text()).isEqualTo("first");
        // What says nothing about values: comments, ttl, the order of keys.
        Files.writeString(file, "# a comment\n" + routed("first").replace("1h", "2h"));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> one.get("/caches/routed").json().path("ttl").asText().equals("2h"));
        assertThat(one.lookup("routed", "k").cacheStatus()).contains("hit");

        // Only the route that it calls is another.
        Files.writeString(file, routed("second").replace("1h", "2h"));

        await().atMost(Duration.ofSeconds(10))
                .until(() -> one.lookup("routed", "k").text().equals("second"));
        assertThat(other.lookup("routed", "k").text()).isEqualTo("first");
        Files.writeString(
                file,
                Routes.simple("routed", "third", Map.of("fingerprint", "route", "ttl", "2h")));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> one.lookup("routed", "k").text().equals("third"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "environment=Cores",
                "environment=cores, cores",
                "environmentFrom=client",
                "bypass=${header.x",
                "bypass=${header.x} ==",
                "fingerprint=${nope",
                "keyPattern=${bucket(body, a|2|b|1|c)}",
                "keyPattern=${bucket(body, a)}"
            })
    void aWrongOptionIsRefusedWithItsName(String option) throws IOException {
        var name = option.substring(0, option.indexOf('='));
        var value = option.substring(option.indexOf('=') + 1);
        var file = one.routes().resolve("caches/wrong.camel.yaml");

        Files.writeString(file, Routes.simple("wrong", "x", Map.of(name, value)));

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () ->
                                assertThat(one.get("/routes").text())
                                        .contains("wrong.camel.yaml")
                                        .containsAnyOf(
                                                name + ": ",
                                                "option `" + name + "` must be one of",
                                                "simple expression `" + value + "`"));
        Files.delete(file);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> !one.get("/routes").text().contains("wrong.camel.yaml"));
    }

    @Test
    void whatTheInstanceDoesNotKnowIsRefused() throws IOException {
        var file = one.routes().resolve("caches/unknown.camel.yaml");

        Files.writeString(
                file,
                Routes.simple(
                        "unknown",
                        "x",
                        Map.of("environment", "tpu", "environmentFrom", "instance")));

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () ->
                                assertThat(one.get("/routes").text())
                                        .contains(
                                                "environment: tpu is not known of this instance"));
        Files.delete(file);
    }
}
