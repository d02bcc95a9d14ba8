package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What an edit changes, and what it leaves alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReloadEditsIT {

    private static final Duration EFFECT = Duration.ofSeconds(10);

    /** Longer than the exchange of a route waits for what is under way. */
    private static final Duration OVER_THE_DRAIN = Duration.ofSeconds(4);

    private CountingOrigin origin;
    private RedisServer redis;
    private Instance instance;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        redis = RedisServer.start();
        instance =
                Instance.on(redis)
                        .set("CIRCUIT_BREAKER_THRESHOLD", "2")
                        .set("CIRCUIT_BREAKER_TIMEOUT", "60")
                        .route("warm-up", Routes.simple("warm-up", "up", Map.of()))
                        .start();
        // What the first edit of a process has to load is no part of what is measured here.
        save("warm-up", Routes.simple("warm-up", "warm", Map.of("ttl", "1m")));
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () ->
                                instance.lookup("warm-up", "k" + System.nanoTime())
                                        .text()
                                        .equals("warm"));
    }

    @BeforeEach
    void release() {
        origin.release();
    }

    @AfterAll
    void stop() throws Exception {
        instance.close();
        redis.close();
        origin.close();
    }

    private void save(String name, String text) throws IOException {
        Files.writeString(instance.routes().resolve("caches/" + name + ".camel.yaml"), text);
    }

    private String option(String cache, String name) {
        return instance.get("/caches/" + cache).json().path(name).asText();
    }

    private void awaitOption(String cache, String name, String value) {
        await().atMost(EFFECT).until(() -> option(cache, name).equals(value));
    }

    private void awaitThere(String cache) {
        await().atMost(EFFECT).until(() -> instance.get("/caches/" + cache).status() == 200);
    }

    private String http(String cache, Map<String, ?> options) {
        return Routes.http(cache, origin, options);
    }

    private static int ttl(Answer answer) {
        return Integer.parseInt(answer.cacheStatus().replaceFirst(".*ttl=(-?\\d+).*", "$1"));
    }

    private void openBreaker(String cache) {
        for (var i = 0; i < 2; i++) {
            origin.failing.add(cache + "-bad" + i);
            instance.lookup(cache, cache + "-bad" + i);
        }
        assertThat(instance.lookup(cache, cache + "-refused").status()).isEqualTo(503);
    }

    @Test
    void routesThatDidNotChangeGoOnAsTheyAre() throws Exception {
        String near = http("three-near", Map.of());
        String open = http("three-open", Map.of());
        save("three", near + open + http("three-edited", Map.of("ttl", "5m")));
        awaitThere("three-edited");
        instance.lookup("three-near", "a");
        openBreaker("three-open");
        var routes = Map.of("near", route("three-near"), "open", route("three-open"));
        var calls = origin.calls("a");

        save("three", near + "# a remark\n" + open + http("three-edited", Map.of("ttl", "7m")));
        awaitOption("three-edited", "ttl", "7m");

        assertThat(route("three-near")).isSameAs(routes.get("near"));
        assertThat(route("three-open")).isSameAs(routes.get("open"));
        assertThat(instance.lookup("three-near", "a").cacheStatus()).contains("detail=near");
        assertThat(origin.calls("a")).isEqualTo(calls);
        assertThat(instance.lookup("three-open", "b").status()).isEqualTo(503);
        assertThat(instance.lookup("three-edited", "c").status()).isEqualTo(200);
    }

    private Object route(String id) {
        return instance.context().getRoute(id);
    }

    @Test
    void anEditedRouteGetsItsBreaker() throws Exception {
        save("guarded", http("guarded", Map.of("ttl", "5m")));
        awaitThere("guarded");

        save("guarded", http("guarded", Map.of("ttl", "7m")));
        awaitOption("guarded", "ttl", "7m");

        assertThat(breakers("guarded")).containsExactly("guarded-breaker");
        openBreaker("guarded");
        assertThat(states("guarded")).containsOnly("guarded-breaker open");
    }

    @Test
    void aBreakerOfItsOwnStays() throws Exception {
        save("own-breaker", ownBreaker("5m"));
        awaitThere("own-breaker");

        save("own-breaker", ownBreaker("7m"));
        awaitOption("own-breaker", "ttl", "7m");

        assertThat(breakers("own-breaker")).containsExactly("of-mine");
        origin.failing.add("mine");
        assertThat(instance.lookup("own-breaker", "mine").text()).isEqualTo("instead");
    }

    private String ownBreaker(String ttl) {
        return Routes.steps(
                "own-breaker",
                Map.of("ttl", ttl),
                """
                - circuitBreaker:
                    id: of-mine
                    steps:
                      - setHeader: { name: CamelHttpPath, simple: "/${header.CisternKeyEncoded}" }
                      - to: "%s/items"
                    onFallback:
                      steps:
                        - setBody: { constant: instead }
                """
                        .formatted(origin.url()));
    }

    private Set<String> breakers(String route) {
        Set<String> ids = new HashSet<>();
        var definition = ((ModelCamelContext) instance.context()).getRouteDefinition(route);
        ProcessorDefinitionHelper.filterTypeInOutputs(
                        definition.getOutputs(), CircuitBreakerDefinition.class)
                .forEach(breaker -> ids.add(breaker.getId()));
        return ids;
    }

    private Set<String> states(String route) {
        Set<String> states = new HashSet<>();
        instance.metrics()
                .forEach(
                        (series, value) -> {
                            if (series.startsWith("resilience4j_circuitbreaker_state{")
                                    && series.contains("name=\"" + route)
                                    && value == 1) {
                                states.add(
                                        series.replaceFirst(".*name=\"([^\"]+)\".*", "$1 ")
                                                + series.replaceFirst(
                                                        ".*state=\"([^\"]+)\".*", "$1"));
                            }
                        });
        return states;
    }

    @Test
    void anotherTtlHoldsFromTheNextLoadOn() throws Exception {
        save("ttl", http("ttl", Map.of("ttl", "10m")));
        awaitThere("ttl");
        instance.lookup("ttl", "before");

        save("ttl", http("ttl", Map.of("ttl", "1m")));
        awaitOption("ttl", "ttl", "1m");

        instance.lookup("ttl", "after");
        assertThat(ttl(instance.lookup("ttl", "before"))).isBetween(500, 600);
        assertThat(ttl(instance.lookup("ttl", "after"))).isBetween(30, 60);
        assertThat(origin.calls("before")).isEqualTo(1);
    }

    @Test
    void otherTagsHoldAtOnce() throws Exception {
        save("tags", http("tags", Map.of("tags", "old")));
        awaitThere("tags");
        instance.lookup("tags", "tags-before");

        save("tags", http("tags", Map.of("tags", "new")));
        awaitOption("tags", "tags", "new");
        instance.lookup("tags", "tags-after");

        // It would not be found by the tag that it ought to have now.
        instance.lookup("tags", "tags-before");
        assertThat(origin.calls("tags-before")).isEqualTo(2);
        assertThat(instance.delete("/caches/tags/entries?tag=new").status()).isEqualTo(204);
        instance.lookup("tags", "tags-before");
        instance.lookup("tags", "tags-after");
        assertThat(origin.calls("tags-before")).isEqualTo(3);
        assertThat(origin.calls("tags-after")).isEqualTo(2);
    }

    @Test
    void anotherNearStoreHoldsAtOnce() throws Exception {
        save("near", http("near", Map.of()));
        awaitThere("near");
        instance.lookup("near", "near-key");
        assertThat(instance.lookup("near", "near-key").cacheStatus()).contains("detail=near");

        save("near", http("near", Map.of("near", "off")));
        await().atMost(EFFECT)
                .until(
                        () ->
                                instance.lookup("near", "near-key")
                                        .cacheStatus()
                                        .contains("detail=shared"));
        assertThat(instance.lookup("near", "near-key").cacheStatus()).contains("detail=shared");

        // What was invalidated meanwhile is not found near again.
        assertThat(instance.delete(Instance.entry("near", "near-key")).status()).isEqualTo(204);
        save("near", http("near", Map.of("near", "50")));
        awaitOption("near", "near", "50");
        assertThat(instance.lookup("near", "near-key").json().path("count").asInt()).isEqualTo(2);
        assertThat(instance.lookup("near", "near-key").cacheStatus()).contains("detail=near");
    }

    @Test
    void countersGoOn() throws Exception {
        save("counted", http("counted", Map.of("ttl", "5m")));
        awaitThere("counted");
        IntStream.range(0, 3).forEach(i -> instance.lookup("counted", "count" + i));
        instance.lookup("counted", "count0");

        save("counted", http("counted", Map.of("ttl", "7m")));
        awaitOption("counted", "ttl", "7m");
        instance.lookup("counted", "count3");

        assertThat(instance.statistic("counted", "misses")).isEqualTo(4);
        assertThat(instance.statistic("counted", "loads")).isEqualTo(4);
        assertThat(instance.metrics())
                .containsEntry("cistern_requests_total{cache=\"counted\",result=\"miss\"}", 4.0)
                .containsEntry("cistern_requests_total{cache=\"counted\",result=\"near\"}", 1.0)
                .containsEntry(
                        "cistern_lookup_seconds_count{cache=\"counted\",result=\"miss\"}", 4.0)
                .containsEntry("cistern_loads_total{cache=\"counted\",result=\"success\"}", 4.0);
        assertThat(instance.metrics()).containsKey("cistern_entries{cache=\"counted\"}");
        assertThat(instance.metrics().get("cistern_entries{cache=\"counted\"}")).isPositive();
    }

    @Test
    void aLoadThatIsUnderWayEndsProperly() throws Exception {
        save("underway", http("underway", Map.of("ttl", "5m")));
        awaitThere("underway");
        origin.hang();
        var first = instance.looking("underway", "way-1");
        await().until(() -> origin.calls("way-1") == 1);

        save("underway", http("underway", Map.of("ttl", "7m")));
        // The exchange has begun: what comes now waits for the next version of the route.
        var later = instance.looking("underway", "way-2");
        await().during(Duration.ofMillis(700))
                .atMost(EFFECT)
                .until(() -> option("underway", "ttl").equals("5m"));
        origin.release();

        assertThat(first.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(later.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
        awaitOption("underway", "ttl", "7m");
        assertThat(origin.calls("way-1")).isEqualTo(1);
        assertThat(instance.lookup("underway", "way-1").status()).isEqualTo(200);
    }

    @Test
    void aLoadThatTakesLongerThanTheExchangeEndsProperly() throws Exception {
        save("slow", http("slow", Map.of("ttl", "5m")));
        awaitThere("slow");
        origin.hang();
        var slow = instance.looking("slow", "slow-1");
        await().until(() -> origin.calls("slow-1") == 1);

        save("slow", http("slow", Map.of("ttl", "7m")));
        await().atMost(OVER_THE_DRAIN).until(() -> option("slow", "ttl").equals("7m"));
        origin.release();

        assertThat(slow.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(instance.lookup("slow", "slow-1").status()).isEqualTo(200);
        assertThat(instance.lookup("slow", "slow-2").status()).isEqualTo(200);
    }
}
