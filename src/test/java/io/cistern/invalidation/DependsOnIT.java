package io.cistern.invalidation;

import static io.cistern.app.Instance.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import io.cistern.testing.LogCapture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Caches that are made of others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DependsOnIT {

    private CountingOrigin origin;
    private RedisServer redis;
    private Instance one;
    private Instance other;
    private Instance memory;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        redis = RedisServer.start();
        one = withCaches(Instance.on(redis)).start();
        other = withCaches(Instance.on(redis)).start();
        memory = withCaches(Instance.inMemory()).start();
    }

    private Instance.Builder withCaches(Instance.Builder builder) {
        return builder.route("products", Routes.http("products", origin, Map.of()))
                .route(
                        "offers",
                        Routes.http("offers", origin, Map.of("dependsOn", "products:${body[id]}")))
                .route("menu", Routes.http("menu", origin, Map.of("dependsOn", "offers")))
                .route(
                        "labels",
                        Routes.steps(
                                "labels",
                                Map.of("dependsOn", "products:${header.CisternKey}"),
                                "- to: { uri: \"cistern:products?operation=lookup\" }\n"))
                .route(
                        "flush",
                        """
                        - route:
                            id: flush
                            from:
                              uri: direct:flush
                              steps:
                                - to: { uri: "cistern:products?operation=invalidate" }
                        """);
    }

    @AfterAll
    void stop() throws Exception {
        one.close();
        other.close();
        memory.close();
        redis.close();
        origin.close();
    }

    Stream<Instance> both() {
        return Stream.of(one, memory);
    }

    private static boolean isHit(Instance instance, String cache, String key) {
        return instance.lookup(cache, key).cacheStatus().contains("; hit");
    }

    private static void fill(Instance instance) {
        instance.lookup("offers", "1");
        instance.lookup("offers", "2");
        instance.lookup("menu", "m");
    }

    private static void assertFollowed(Instance instance) {
        assertThat(isHit(instance, "offers", "1")).isFalse();
        assertThat(isHit(instance, "offers", "2")).isTrue();
        assertThat(isHit(instance, "menu", "m")).isFalse();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void theyFollowAnEvent(Instance instance) {
        fill(instance);

        instance.post("/invalidations", "{\"cache\":\"products\",\"keys\":[\"1\"]}");

        assertFollowed(instance);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void theyFollowDelete(Instance instance) {
        fill(instance);

        instance.delete(entry("products", "1"));

        assertFollowed(instance);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void theyFollowPut(Instance instance) {
        fill(instance);

        instance.put(entry("products", "1"), "{}", "Content-Type", "application/json");

        assertFollowed(instance);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void theyFollowARoute(Instance instance) {
        fill(instance);

        try (var template = instance.context().createProducerTemplate()) {
            template.requestBodyAndHeader("direct:flush", "", "CisternKey", "1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }

        assertFollowed(instance);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void ofAWholeCacheAllFollow(Instance instance) {
        fill(instance);

        instance.delete("/caches/products/entries");

        assertThat(isHit(instance, "offers", "1")).isFalse();
        assertThat(isHit(instance, "offers", "2")).isFalse();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void whatIsNotThereFollowsWhateverIsInvalidated(Instance instance) {
        origin.missing.add("none");
        instance.lookup("offers", "none");

        instance.delete("/caches/products/entries?tag=any");

        assertThat(isHit(instance, "offers", "none")).isFalse();
    }

    @Test
    void entriesTellOfWhatTheyAreMade() {
        memory.lookup("offers", "7");

        assertThat(memory.get(entry("offers", "7") + "/metadata").json().get("tags"))
                .extracting(tag -> tag.asText())
                .containsExactlyInAnyOrder("products:7", "products:*");
        assertThat(memory.get("/caches/offers").json().get("dependsOn").get(0).asText())
                .isEqualTo("products:${body[id]}");
    }

    @Test
    void whatIsMadeOnAnotherInstanceIsMadeOfWhatIsThereNow() {
        for (var i = 0; i < 30; i++) {
            var key = "race-" + i % 3;
            other.lookup("products", key);
            other.lookup("labels", key);

            one.post("/invalidations", "{\"cache\":\"products\",\"keys\":[\"" + key + "\"]}");
            var calls = origin.calls(key);
            // On the other instance the product may still be near, for up to 100 ms.
            other.lookup("labels", key);

            await().pollInterval(10, TimeUnit.MILLISECONDS).until(() -> isNew(key, calls));
        }
    }

    /** Whether what the label is made of was loaded after the event. */
    private boolean isNew(String key, int calls) {
        return other.lookup("labels", key).json().get("count").asInt() > calls;
    }

    @Test
    void circlesAreRefusedWithFileAndCaches() throws Exception {
        try (var instance =
                Instance.inMemory()
                        .route("a", Routes.simple("a", "x", Map.of("dependsOn", "b")))
                        .route("b", Routes.simple("b", "x", Map.of("dependsOn", "c:${body}")))
                        .route("c", Routes.simple("c", "x", Map.of()))
                        .start()) {
            var file = instance.routes().resolve("caches/c.camel.yaml");

            Files.writeString(file, Routes.simple("c", "y", Map.of("dependsOn", "a")));

            await().untilAsserted(
                            () -> assertThat(refusals(instance)).contains("c -> a -> b -> c"));
            assertThat(refusals(instance)).contains("caches/c.camel.yaml");
            assertThat(instance.lookup("c", "1").text()).isEqualTo("x");

            Files.writeString(file, Routes.simple("c", "z", Map.of()));
            var keys = new AtomicInteger();
            await().until(
                            () ->
                                    instance.lookup("c", "k" + keys.incrementAndGet())
                                            .text()
                                            .equals("z"));
            assertThat(refusals(instance)).doesNotContain("would depend");
        }
    }

    @Test
    void aNameThatNoCacheBearsIsToldOfOnceAndUntilThereIsOne() throws Exception {
        try (var log = LogCapture.of("io.cistern.reload.LooseEnds");
                var instance =
                        Instance.inMemory()
                                .route("a", Routes.simple("a", "x", Map.of("dependsOn", "z, y")))
                                .route("z", Routes.simple("z", "x", Map.of()))
                                .start()) {
            assertThat(log.lines())
                    .containsExactly(
                            "WARN The cache a dependsOn y, and there is no such cache: nothing"
                                    + " follows from it");
            var file = instance.routes().resolve("caches/y.camel.yaml");

            Files.writeString(file, Routes.simple("y", "x", Map.of()));
            await().until(() -> instance.lookup("y", "1").status() == 200);
            assertThat(log.lines()).hasSize(1);

            Files.delete(file);
            await().until(() -> log.lines().size() == 2);
        }
    }

    @Test
    void aCircleInOneFileIsRefusedAtTheStart() {
        try (var instance =
                Instance.inMemory()
                        .route(
                                "both",
                                Routes.simple("a", "x", Map.of("dependsOn", "b"))
                                        + Routes.simple("b", "x", Map.of("dependsOn", "a")))
                        .start()) {
            assertThat(refusals(instance))
                    .contains("both.camel.yaml")
                    .contains("would depend on itself");
            assertThat(instance.lookup("a", "1").status()).isEqualTo(404);
        }
    }

    private static String refusals(Instance instance) {
        return instance.get("/routes").text();
    }
}
