package io.cistern.app;

import static io.cistern.app.Instance.entry;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** After a known number of each event, all counters say exactly that number. */
class CountersIT extends TwoInstancesFixture {

    @Override
    protected Instance.Builder caches(Instance.Builder builder) {
        builder.set("CIRCUIT_BREAKER_THRESHOLD", "2");
        for (var name : List.of("mixed", "broken", "joined", "untouched")) {
            builder.route(name, Routes.http(name, origin, Map.of("ttl", "10m")));
        }
        return builder.route(
                        "aging",
                        Routes.http("aging", origin, Map.of("ttl", "200ms", "maxStale", "10m")))
                .route("tight", Routes.http("tight", origin, Map.of("near", 5)))
                .route("bulk", Routes.batch("bulk", origin, Map.of("batchSize", 10)))
                .route("small", Routes.http("small", origin, Map.of("maxValueSize", 5)))
                .route("slow", Routes.http("slow", origin, Map.of("hardTimeout", "200ms")));
    }

    /** Compares all statistics of a cache, and the metrics; what is not named has to be zero. */
    private void assertCounted(String cache, Map<String, Integer> expected) {
        var statistics = one.get("/caches/" + cache).json().path("statistics");
        Map<String, Integer> counted = new LinkedHashMap<>();
        for (var field : statistics.properties()) {
            if (!List.of("hitRatio", "bytes", "entries").contains(field.getKey())
                    && field.getValue().asInt() != 0) {
                counted.put(field.getKey(), field.getValue().asInt());
            }
        }
        assertThat(counted)
                .as("statistics of " + cache)
                .containsExactlyInAnyOrderEntriesOf(expected);

        var metrics = one.metrics();
        Map<String, String> results =
                Map.of(
                        "near", "nearHits",
                        "shared", "sharedHits",
                        "negative", "negativeHits",
                        "stale", "staleServed",
                        "miss", "misses",
                        "error", "errors",
                        "bypass", "bypasses",
                        "refused", "refused");
        results.forEach(
                (result, statistic) -> {
                    var labels = "{cache=\"%s\",result=\"%s\"}".formatted(cache, result);
                    double number = expected.getOrDefault(statistic, 0);
                    assertThat(metrics)
                            .containsEntry("cistern_requests_total" + labels, number)
                            .containsEntry("cistern_lookup_seconds_count" + labels, number);
                });
        assertThat(sum(metrics, "cistern_loads_total{cache=\"" + cache + "\""))
                .isEqualTo(expected.getOrDefault("loads", 0));
        assertThat(sum(metrics, "cistern_load_seconds_count{cache=\"" + cache + "\""))
                .isEqualTo(expected.getOrDefault("loads", 0));
        assertThat(sum(metrics, "cistern_invalidations_total{cache=\"" + cache + "\""))
                .isEqualTo(expected.getOrDefault("invalidations", 0));
        assertThat(sum(metrics, "cistern_evictions_total{cache=\"" + cache + "\""))
                .isEqualTo(expected.getOrDefault("evictions", 0));
    }

    private static int sum(Map<String, Double> metrics, String begin) {
        return (int)
                metrics.entrySet().stream()
                        .filter(series -> series.getKey().startsWith(begin))
                        .mapToDouble(Map.Entry::getValue)
                        .sum();
    }

    private double loads(String cache, String result) {
        return one.metrics()
                .get("cistern_loads_total{cache=\"%s\",result=\"%s\"}".formatted(cache, result));
    }

    @Test
    void countsEachResultOfALookup() {
        origin.missing.add("none");
        origin.failing.add("bad");
        other.lookup("mixed", "s1");
        other.lookup("mixed", "s2");

        for (var key : new String[] {"a", "b", "c"}) {
            one.lookup("mixed", key); // 3 misses
        }
        one.lookup("mixed", "a"); // near
        one.send("HEAD", entry("mixed", "b"), null); // near
        one.lookup("mixed", "s1"); // shared
        one.lookup("mixed", "s2"); // shared
        one.lookup("mixed", "s2"); // near
        one.lookup("mixed", "none"); // miss
        one.lookup("mixed", "none"); // negative
        one.lookup("mixed", "bad"); // error
        one.lookup("mixed", "x", "Cache-Control", "no-store"); // bypass
        one.lookup("mixed", "x", "Cache-Control", "only-if-cached"); // refused
        one.lookup("mixed", "a", "Cache-Control", "no-cache"); // miss
        one.post( // 1 near, 2 misses, 1 negative, 1 error
                "/caches/mixed/lookup", "{\"keys\":[\"a\",\"n1\",\"n2\",\"none\",\"bad\",\"n1\"]}");

        assertCounted(
                "mixed",
                Map.of(
                        "requests", 19,
                        "nearHits", 4,
                        "sharedHits", 2,
                        "negativeHits", 2,
                        "misses", 7,
                        "errors", 2,
                        "bypasses", 1,
                        "refused", 1,
                        "loads", 10,
                        "loadErrors", 2));
        assertThat(loads("mixed", "success")).isEqualTo(7);
        assertThat(loads("mixed", "missing")).isEqualTo(1);
        assertThat(loads("mixed", "error")).isEqualTo(2);
        var ratio = one.get("/caches/mixed").json().at("/statistics/hitRatio").asDouble();
        assertThat(ratio).isEqualTo(Math.round(8.0 / 19 * 10_000) / 10_000d);
    }

    @Test
    void countsStaleAnswers() {
        one.lookup("aging", "a"); // miss
        await().until(
                        () ->
                                one.lookup("aging", "a", "Cache-Control", "only-if-cached").status()
                                        == 504);
        var before = one.get("/caches/aging").json().path("statistics");
        one.lookup("aging", "a", "Cache-Control", "max-stale"); // stale
        origin.failing.add("a");
        one.lookup("aging", "a"); // stale
        origin.failing.remove("a");

        assertCounted(
                "aging",
                nonZero(
                        "requests", before.path("requests").asInt() + 2,
                        "nearHits", before.path("nearHits").asInt(),
                        "refused", before.path("refused").asInt(),
                        "staleServed", 2,
                        "misses", 1,
                        "loads", 2,
                        "loadErrors", 1));
    }

    private static Map<String, Integer> nonZero(Object... pairs) {
        Map<String, Integer> map = new LinkedHashMap<>();
        for (var i = 0; i < pairs.length; i += 2) {
            if (!pairs[i + 1].equals(0)) {
                map.put((String) pairs[i], (Integer) pairs[i + 1]);
            }
        }
        return map;
    }

    @Test
    void countsWhatABreakerRefuses() {
        for (var i = 0; i < 2; i++) {
            origin.failing.add("f" + i);
            one.lookup("broken", "f" + i);
        }
        for (var i = 0; i < 3; i++) {
            assertThat(one.lookup("broken", "r" + i).status()).isEqualTo(503);
        }

        assertCounted(
                "broken",
                Map.of("requests", 5, "errors", 2, "refused", 3, "loads", 5, "loadErrors", 2));
        assertThat(loads("broken", "refused")).isEqualTo(3);
    }

    @Test
    void countsTimeouts() {
        origin.hang();
        one.lookup("slow", "t");
        origin.release();

        assertCounted("slow", Map.of("requests", 1, "errors", 1, "loads", 1, "loadErrors", 1));
        assertThat(loads("slow", "timeout")).isEqualTo(1);
    }

    @Test
    void countsLookupsThatJoinALoad() throws Exception {
        origin.hang();
        var answers = IntStream.range(0, 4).mapToObj(i -> one.looking("joined", "same")).toList();
        await().during(Duration.ofMillis(200))
                .until(
                        () ->
                                one.context().getInflightRepository().size("lookup") == 4
                                        && origin.calls("same") == 1);
        origin.release();
        for (var answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
        }

        assertCounted("joined", Map.of("requests", 4, "misses", 4, "loads", 1, "collapsed", 3));
        assertThat(one.metrics()).containsEntry("cistern_collapsed_total{cache=\"joined\"}", 3d);
        assertThat(answers)
                .filteredOn(answer -> answer.join().cacheStatus().contains("collapsed"))
                .hasSize(3);
    }

    @Test
    void countsEachKeyOfABatchOnceAndEachCallOfTheOrigin() {
        var keys = IntStream.range(0, 25).mapToObj(i -> "\"k" + i + "\"").collect(joining(","));
        var body = "{\"keys\":[" + keys + "]}";
        one.post("/caches/bulk/lookup", body);
        one.post("/caches/bulk/lookup", body);

        assertCounted("bulk", Map.of("requests", 50, "misses", 25, "nearHits", 25, "loads", 3));
    }

    @Test
    void countsWhatIsTooLargeToBeStored() {
        one.lookup("small", "1");
        one.lookup("small", "1");

        assertCounted("small", Map.of("requests", 2, "misses", 2, "loads", 2, "oversized", 2));
        assertThat(one.metrics()).containsEntry("cistern_oversized_total{cache=\"small\"}", 2d);
    }

    @Test
    void countsInvalidationsByKindAndEntriesThatMadeWay() {
        for (var i = 0; i < 30; i++) {
            one.lookup("tight", "k" + i);
        }
        await().until(
                        () ->
                                one.statistic("tight", "entries") == 5
                                        && one.statistic("tight", "evictions") == 25);
        one.delete("/caches/tight/entries?tag=x");
        one.delete("/caches/tight/entries?pattern=x");
        one.delete(entry("tight", "never there"));
        one.delete(entry("tight", "nor this"));

        assertCounted(
                "tight",
                Map.of(
                        "requests", 30,
                        "misses", 30,
                        "loads", 30,
                        "evictions", 25,
                        "invalidations", 4));
        assertThat(one.metrics())
                .containsEntry("cistern_entries{cache=\"tight\"}", 5d)
                .containsEntry("cistern_evictions_total{cache=\"tight\",cause=\"size\"}", 25d)
                .containsEntry(invalidations("tight", "key"), 2d)
                .containsEntry(invalidations("tight", "tag"), 1d)
                .containsEntry(invalidations("tight", "pattern"), 1d)
                .containsEntry(invalidations("tight", "all"), 0d);
        assertThat(one.metrics().get("cistern_bytes{cache=\"tight\"}"))
                .isEqualTo(one.statistic("tight", "bytes"))
                .isPositive();
    }

    private static String invalidations(String cache, String kind) {
        return "cistern_invalidations_total{cache=\"%s\",kind=\"%s\",source=\"http\"}"
                .formatted(cache, kind);
    }

    @Test
    void whatCountsAsNoLookupCountsNothing() {
        one.put(entry("untouched", "a"), "x");
        one.get(entry("untouched", "a") + "/metadata");
        one.get(entry("untouched", "none") + "/metadata");
        one.get("/caches/untouched");
        one.post("/caches/untouched/prune", "");
        one.lookup("nobody", "a");
        one.lookup("untouched", "k".repeat(3000));

        assertCounted("untouched", Map.of());
    }

    @Test
    void noLabelTakesItsValueFromKeysOrClients() {
        one.lookup("mixed", "label-of-a-key");
        one.lookup("label-of-nobody", "1");
        one.delete("/caches/mixed/entries?tag=label-of-a-tag");
        var text = one.manage("/observe/metrics").text();

        assertThat(text).contains("cistern_requests_total").doesNotContain("label-of");
        assertThat(text.lines().filter(line -> line.startsWith("cistern_")))
                .allMatch(
                        line ->
                                line.matches(
                                        "cistern_[a-z_]+"
                                                + "(\\{((cache|result|cause|kind|source|direction|reason|le)"
                                                + "=\"[^\"]*\",?)+\\})? \\S+"));
    }

    @Test
    void metricsHaveTheNamesOfTheirContract() {
        var types =
                one.manage("/observe/metrics")
                        .text()
                        .lines()
                        .filter(line -> line.startsWith("# TYPE"))
                        .map(line -> line.substring("# TYPE ".length()))
                        .toList();

        assertThat(types)
                .contains(
                        "cistern_requests_total counter",
                        "cistern_lookup_seconds histogram",
                        "cistern_loads_total counter",
                        "cistern_load_seconds histogram",
                        "cistern_invalidations_total counter",
                        "cistern_evictions_total counter",
                        "cistern_entries gauge",
                        "cistern_bytes gauge",
                        "cistern_redis_errors_total counter",
                        "resilience4j_circuitbreaker_state gauge")
                .anyMatch(type -> type.startsWith("jvm_memory_used_bytes"));
    }
}
