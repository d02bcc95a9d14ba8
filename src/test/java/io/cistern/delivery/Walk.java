package io.cistern.delivery;

import static io.cistern.app.Instance.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * All that the application does with Redis, over its API, by two instances. Each step checks that
 * it had its effect, which a denied command would not have.
 */
final class Walk {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String[] JSON = {"Content-Type", "application/json"};

    private final Instance one;
    private final Instance other;
    private final CountingOrigin origin;

    Walk(Instance one, Instance other, CountingOrigin origin) {
        this.one = one;
        this.other = other;
        this.origin = origin;
    }

    /** Adds what it walks through to the routes of an instance. */
    static Instance.Builder routes(Instance.Builder instance, CountingOrigin origin) {
        var shared = Map.of("ttl", "10m", "near", "off", "tags", "all");
        var rows =
                IntStream.range(0, 300)
                        .mapToObj(i -> "{\"id\":\"row-" + i + "\"}")
                        .collect(Collectors.joining(",", "[", "]"));
        return instance.route("items", Routes.http("items", origin, shared))
                .route("near", Routes.http("near", origin, Map.of("ttl", "10m")))
                .route(
                        "short",
                        Routes.http("short", origin, Map.of("ttl", "1ms", "maxStale", "1ms")))
                .route("stock", Routes.simple("stock", "row", shared))
                .route("rows", source("rows", rows))
                .route("keys", source("keys", "[\"key-1\",\"key-2\"]"))
                .route("by-row", strategy("by-row", "stock", "direct:rows", "keyField", "id"))
                .route("by-key", strategy("by-key", "items", "direct:keys", "onStartup", "true"))
                .route(
                        "by-clock",
                        strategy("by-clock", "items", "direct:keys", "schedule", "0/1 * * * * ?"));
    }

    private static String source(String name, String text) {
        return """
                - route:
                    id: source-%1$s
                    from:
                      uri: direct:%1$s
                      steps:
                        - setBody: { constant: '%2$s' }
                """
                .formatted(name, text);
    }

    private static String strategy(
            String name, String cache, String source, String option, String value) {
        return """
                - templatedRoute:
                    routeTemplateRef: warming-strategy
                    routeId: %s
                    parameters:
                      - { name: cache, value: %s }
                      - { name: source, value: "%s" }
                      - { name: %s, value: "%s" }
                """
                .formatted(name, cache, source, option, value);
    }

    void everything() {
        lookups();
        leases();
        changes();
        events();
        backplane();
        warming();
        prune();
        origins();
    }

    private void lookups() {
        assertThat(one.lookup("items", "a").cacheStatus()).contains("stored");
        assertThat(other.lookup("items", "a").cacheStatus()).contains("detail=shared");
        var batch = one.post("/caches/items/lookup", "{\"keys\":[\"a\",\"b\",\"c\"]}", JSON).json();
        assertThat(batch.path("entries").path("a").path("status").asText()).isEqualTo("hit");
        assertThat(batch.path("entries").path("c").path("status").asText()).isEqualTo("miss");
        assertThat(one.get(entry("items", "a") + "/metadata").status()).isEqualTo(200);
    }

    /** The first one loads, the others wait for it; then one whose load fails, and gives way. */
    private void leases() {
        origin.hang();
        var first = one.looking("items", "slow");
        await().atMost(SOON).until(() -> origin.calls("slow") == 1);
        var second = other.looking("items", "slow");
        await().pollDelay(Duration.ofMillis(1500)).until(() -> !second.isDone());
        origin.release();
        assertThat(first.join().status()).isEqualTo(200);
        assertThat(second.join().status()).isEqualTo(200);
        assertThat(origin.calls("slow")).isOne();

        origin.failing.add("bad");
        assertThat(one.lookup("items", "bad").status()).isEqualTo(502);
        origin.failing.remove("bad");
        assertThat(other.lookup("items", "bad").status()).isEqualTo(200);
    }

    private void changes() {
        assertThat(one.put(entry("items", "put"), "{}", "Cache-Tags", "red").status())
                .isEqualTo(204);
        assertThat(other.lookup("items", "put").text()).isEqualTo("{}");
        invalidate("?tag=red", "put");
        invalidate("?pattern=a*", "a");
        invalidate("", "b");
        assertThat(one.delete(entry("items", "b")).status()).isEqualTo(204);
        assertThat(other.lookup("items", "b").cacheStatus()).contains("stored");
    }

    private void invalidate(String query, String key) {
        assertThat(one.delete("/caches/items/entries" + query).status()).isEqualTo(204);
        assertThat(other.lookup("items", key).cacheStatus()).contains("stored");
    }

    private void events() {
        event("\"mode\":\"expire\",\"keys\":[\"a\"]");
        assertThat(other.lookup("items", "a").cacheStatus()).contains("stored");
        var before = origin.calls("a");
        event("\"mode\":\"refresh\",\"keys\":[\"a\"]");
        await().atMost(SOON).until(() -> origin.calls("a") > before);
        event("\"keys\":[\"a\"],\"originVersion\":5");
        assertThat(other.lookup("items", "a").cacheStatus()).contains("stored");
        event("\"all\":true,\"mode\":\"expire\"");
    }

    private void event(String fields) {
        var answer = one.post("/invalidations", "{\"cache\":\"items\"," + fields + "}", JSON);
        assertThat(answer.json().at("/results/0/status").asText())
                .as("%s", answer)
                .isEqualTo("applied");
    }

    private void backplane() {
        one.lookup("near", "n");
        assertThat(other.lookup("near", "n").status()).isEqualTo(200);
        assertThat(one.delete(entry("near", "n")).status()).isEqualTo(204);
        await().atMost(SOON).until(() -> received(other) > 0);
        assertThat(other.lookup("near", "n").json().path("count").asInt()).isEqualTo(2);
    }

    private static double received(Instance instance) {
        return instance.metrics().get("cistern_backplane_messages_total{direction=\"received\"}");
    }

    private void warming() {
        assertThat(run("by-row").path("done").asInt()).isEqualTo(300);
        assertThat(other.lookup("stock", "row-7").cacheStatus()).contains("detail=shared");
        assertThat(run("by-row").path("state").asText()).isEqualTo("completed");
        assertThat(run("by-key").path("failed").asInt()).isZero();
        await().atMost(SOON)
                .until(
                        () ->
                                one.get("/warming/strategies/by-clock")
                                        .json()
                                        .at("/lastRun/trigger")
                                        .asText()
                                        .equals("schedule"));
        assertThat(
                        one.send(
                                        "PATCH",
                                        "/warming/strategies/by-clock",
                                        "{\"enabled\":false}".getBytes(StandardCharsets.UTF_8),
                                        JSON)
                                .status())
                .isEqualTo(200);
        await().atMost(SOON)
                .until(
                        () ->
                                !other.get("/warming/strategies/by-clock")
                                        .json()
                                        .path("enabled")
                                        .asBoolean(true));
    }

    private JsonNode run(String strategy) {
        var begun = one.post("/warming/strategies/" + strategy + "/runs", "");
        assertThat(begun.status()).as("%s", begun).isEqualTo(202);
        var location = begun.header("Location");
        await().atMost(SOON).until(() -> other.get(location).json().path("endedAt").isTextual());
        return other.get(location).json();
    }

    private void prune() {
        one.lookup("short", "gone");
        one.lookup("items", "kept");
        assertThat(one.post("/caches/items/prune", "").status()).isEqualTo(200);
        assertThat(one.lookup("items", "kept").cacheStatus()).contains("hit");
    }

    /** The sample of sessions reads hashes of its own. */
    private void origins() {
        assertThat(one.lookup("user-sessions", "session-0042").json().path("id").asText())
                .isEqualTo("session-0042");
    }
}
