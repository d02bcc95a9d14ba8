package io.cistern.lookup;

import static io.cistern.app.Instance.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.app.Instance;
import io.cistern.app.Routes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Entries under any keys, what is told of them, and of caches. */
class EntriesIT extends BothStoresFixture {

    @Override
    Instance.Builder caches(Instance.Builder builder) {
        return builder.route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                .route(
                        "brief",
                        Routes.http("brief", origin, Map.of("ttl", "100ms", "maxStale", "0")))
                .route("echo", Routes.simple("echo", "${header.CisternKey}", Map.of()));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void metadataTellsEverythingButTheValue(Instance instance) {
        put(instance, "described", "red, blue");
        var etag = instance.lookup("items", "described").header("ETag");
        var answer = instance.get(entry("items", "described") + "/metadata");
        var metadata = answer.json();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(metadata.fieldNames())
                .toIterable()
                .containsExactly(
                        "key",
                        "contentType",
                        "size",
                        "created",
                        "freshUntil",
                        "staleUntil",
                        "version",
                        "tags",
                        "etag",
                        "fingerprint",
                        "store");
        assertThat(metadata.path("key").asText()).isEqualTo("described");
        assertThat(metadata.path("contentType").asText()).isEqualTo("application/json");
        assertThat(metadata.path("size").asInt()).isEqualTo("{\"by\":\"hand\"}".length());
        assertThat(metadata.path("tags").toString()).isEqualTo("[\"red\",\"blue\"]");
        assertThat(metadata.path("version").asLong()).isPositive();
        assertThat('"' + metadata.path("etag").asText() + '"').isEqualTo(etag);
        assertThat(metadata.path("store").asText())
                .isEqualTo(instance == shared ? "shared" : "near");
        var created = Instant.parse(metadata.path("created").asText());
        assertThat(Instant.parse(metadata.path("freshUntil").asText()))
                .isEqualTo(created.plusSeconds(600));
        assertThat(Instant.parse(metadata.path("staleUntil").asText()))
                .isEqualTo(created.plusSeconds(600 + 3600));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void metadataOfNothingIsNotFoundAndLoadsNothing(Instance instance) {
        var answer = instance.get(entry("items", "never") + "/metadata");

        assertThat(answer.isProblem(404)).isTrue();
        assertThat(origin.calls("never")).isZero();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void pruneDropsWhatIsDead(Instance instance) {
        for (var i = 0; i < 5; i++) {
            instance.lookup("brief", "dead-" + i);
        }
        instance.lookup("items", "alive");

        await().untilAsserted(
                        () -> {
                            var answer = instance.post("/caches/brief/prune", "");
                            assertThat(answer.status()).isEqualTo(200);
                            assertThat(answer.json().path("removed").isIntegralNumber()).isTrue();
                            assertThat(instance.statistic("brief", "entries")).isZero();
                        });
        assertThat(instance.post("/caches/items/prune", "").json().path("removed").asInt())
                .isGreaterThanOrEqualTo(0);
        assertThat(instance.lookup("items", "alive").cacheStatus()).contains("hit");
    }

    static List<String> awkward() {
        return List.of(
                "a/b/c",
                "100%",
                "%25",
                "a%2Fb",
                "a\u0000b",
                "a b",
                "a+b",
                "Grüße-日本-\uD83D\uDE80",
                "k".repeat(1024),
                "ü".repeat(1024),
                "a/../b",
                "a?b=c&d#e",
                "a;b=c",
                "a\"'\\b",
                "a\nb",
                "${header.CisternKey}",
                "{a}",
                "a:b:*",
                "/",
                "A/B/C",
                "...",
                "metadata",
                "*");
    }

    @ParameterizedTest
    @MethodSource("awkward")
    void anyKeyWorks(String key) {
        for (var instance : new Instance[] {shared, memory}) {
            assertThat(instance.lookup("echo", key).text()).isEqualTo(key);
            assertThat(instance.lookup("echo", key).cacheStatus()).endsWith("detail=near");
            assertThat(instance.lookup("items", key).json().path("id").asText()).isEqualTo(key);
            assertThat(instance.put(entry("echo", key), "put " + key).status()).isEqualTo(204);
            assertThat(instance.lookup("echo", key).text()).isEqualTo("put " + key);
            assertThat(instance.get(entry("echo", key) + "/metadata").json().path("key").asText())
                    .isEqualTo(key);
            assertThat(instance.delete(entry("echo", key)).status()).isEqualTo(204);
            assertThat(instance.lookup("echo", key).text()).isEqualTo(key);
        }
    }

    @Test
    void tooLongKeysAreRefused() {
        var longest = "ü".repeat(1024);
        var tooLong = longest + "x";

        assertThat(shared.lookup("echo", longest).status()).isEqualTo(200);
        assertThat(shared.lookup("echo", tooLong).isProblem(414)).isTrue();
        assertThat(shared.put(entry("echo", tooLong), "x").isProblem(414)).isTrue();
        assertThat(shared.delete(entry("echo", tooLong)).isProblem(414)).isTrue();
        assertThat(shared.get(entry("echo", tooLong) + "/metadata").isProblem(414)).isTrue();
    }

    @Test
    void keysOfDotsAndWhatIsNoUtf8AreRefused() {
        for (var key : new String[] {"%2E", "%2E%2E", ".%2E", "%FF", "%ED%A0%80", "%C3"}) {
            var answer = shared.get("/caches/echo/entries/" + key);
            assertThat(answer.isProblem(400)).as(key).isTrue();
        }
    }

    @Test
    void listingTellsOptionsAndStatisticsByTheirNames() {
        var all = shared.get("/caches").json().path("caches");
        var one = shared.get("/caches/items").json();

        assertThat(all.findValuesAsText("name")).containsExactly("brief", "echo", "items");
        assertThat(one.path("name").asText()).isEqualTo("items");
        assertThat(one.path("ttl").asText()).isEqualTo("10m");
        assertThat(one.path("negativeTtl").asText()).isEqualTo("30s");
        assertThat(one.path("hardTimeout").asText()).isEqualTo("10s");
        assertThat(one.path("softTimeout").asText()).isEqualTo("off");
        assertThat(one.path("batchSize").asInt()).isOne();
        assertThat(one.path("maxValueSize").asText()).isEqualTo("8MiB");
        assertThat(one.path("statistics").fieldNames())
                .toIterable()
                .contains(
                        "requests",
                        "nearHits",
                        "sharedHits",
                        "negativeHits",
                        "staleServed",
                        "misses",
                        "loads",
                        "loadErrors",
                        "collapsed",
                        "invalidations",
                        "evictions",
                        "entries",
                        "bytes",
                        "hitRatio");
    }
}
