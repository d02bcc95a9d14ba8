package io.cistern.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import io.cistern.cache.Failure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The component in routes of a user's own: the operations of its producer, and its options. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CisternComponentIT {

    private CountingOrigin origin;
    private Instance instance;
    private ProducerTemplate template;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        instance =
                Instance.inMemory()
                        .set("CIRCUIT_BREAKER_ENABLED", "false")
                        .route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                        .route("slow", Routes.http("slow", origin, Map.of("hardTimeout", "200ms")))
                        .start();
        add(
                routes -> {
                    for (var operation : Operation.values()) {
                        routes.from("direct:own-" + operation)
                                .routeId("own-" + operation)
                                .to("cistern:items?operation=" + operation);
                    }
                    routes.from("direct:own-any").routeId("own-any").to("cistern:*");
                    routes.from("direct:own-slow").routeId("own-slow").to("cistern:slow");
                });
        template = instance.context().createProducerTemplate();
    }

    private void add(Consumer<RouteBuilder> routes) throws Exception {
        instance.context()
                .addRoutes(
                        new RouteBuilder() {
                            @Override
                            public void configure() {
                                routes.accept(this);
                            }
                        });
    }

    @AfterEach
    void heal() {
        origin.release();
        origin.failing.clear();
    }

    @AfterAll
    void stop() throws Exception {
        template.close();
        instance.close();
        origin.close();
    }

    private Exchange send(String operation, Object body, Map<String, Object> headers) {
        return template.request(
                "direct:own-" + operation,
                exchange -> {
                    exchange.getMessage().setBody(body);
                    exchange.getMessage().setHeaders(new HashMap<>(headers));
                });
    }

    private Exchange send(String operation, String key) {
        return send(operation, null, Map.of("CisternKey", key));
    }

    private static String body(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(String.class);
    }

    @Test
    void lookupGivesTheValueAndTellsHowItCameAbout() {
        var miss = send("lookup", "looked up");
        var hit = send("lookup", "looked up");

        assertThat(body(miss)).isEqualTo("{\"id\":\"looked up\",\"count\":1}");
        assertThat(miss.getMessage().getHeader("CisternWay")).isEqualTo("MISS");
        assertThat(miss.getMessage().getHeader(Exchange.CONTENT_TYPE))
                .isEqualTo("application/json");
        assertThat(miss.getMessage().getHeader("CisternEtag", String.class)).isNotEmpty();
        assertThat(hit.getMessage().getHeader("CisternWay")).isEqualTo("NEAR");
        assertThat(body(hit)).isEqualTo(body(miss));
    }

    @Test
    void lookupOfWhatTheOriginDoesNotHaveGivesNoBody() {
        origin.missing.add("nothing");

        assertThat(body(send("lookup", "nothing"))).isNull();
        assertThat(origin.calls("nothing")).isOne();
    }

    @Test
    void refreshLoadsAnew() {
        send("lookup", "refreshed");

        assertThat(body(send("refresh", "refreshed"))).contains("\"count\":2");
        assertThat(body(send("lookup", "refreshed"))).contains("\"count\":2");
    }

    @Test
    void putStoresTheBodyAndKeepsIt() {
        var put =
                send(
                        "put",
                        "by hand",
                        Map.of(
                                "CisternKey",
                                "put",
                                "CisternTtl",
                                "90s",
                                "CisternTags",
                                List.of("red", "blue"),
                                Exchange.CONTENT_TYPE,
                                "text/plain"));

        assertThat(body(put)).isEqualTo("by hand");
        assertThat(body(send("lookup", "put"))).isEqualTo("by hand");
        assertThat(instance.lookup("items", "put").cacheStatus()).matches(".*ttl=(90|8\\d);.*");
    }

    @Test
    @SuppressWarnings("unchecked")
    void metadataGivesAMapOrNothing() {
        send("put", "x", Map.of("CisternKey", "described", "CisternTags", "red, blue"));
        var metadata = (Map<String, Object>) send("metadata", "described").getMessage().getBody();

        assertThat(metadata)
                .containsEntry("key", "described")
                .containsEntry("size", 1)
                .containsEntry("tags", List.of("red", "blue"));
        assertThat(send("metadata", "never").getMessage().getBody()).isNull();
    }

    @Test
    void invalidateTakesAKeyATagAPatternOrAll() {
        var tagged = "cistern_invalidations_total{cache=\"items\",kind=\"tag\",source=\"route\"}";
        var before = instance.metrics().get(tagged);
        for (var headers :
                List.<Map<String, Object>>of(
                        Map.of("CisternKey", "i1"),
                        Map.of("CisternTag", "red"),
                        Map.of("CisternPattern", "i*"),
                        Map.of())) {
            send("put", "by hand", Map.of("CisternKey", "i1", "CisternTags", "red"));
            assertThat(body(send("lookup", "i1"))).isEqualTo("by hand");
            assertThat(send("invalidate", null, headers).getException()).isNull();
            assertThat(body(send("lookup", "i1"))).as(headers.toString()).startsWith("{");
        }
        assertThat(instance.metrics().get(tagged)).isEqualTo(before + 1);
    }

    @Test
    void expireKeepsWhatIsThereForWhenTheOriginFails() {
        for (var headers :
                List.<Map<String, Object>>of(
                        Map.of("CisternKey", "e1"),
                        Map.of("CisternTag", "blue"),
                        Map.of("CisternPattern", "e*"),
                        Map.of())) {
            send("put", "by hand", Map.of("CisternKey", "e1", "CisternTags", "blue"));
            assertThat(send("expire", null, headers).getException()).isNull();
            origin.failing.add("e1");
            var stale = send("lookup", "e1");
            assertThat(body(stale)).as(headers.toString()).isEqualTo("by hand");
            assertThat(stale.getMessage().getHeader("CisternWay")).isEqualTo("STALE_IF_ERROR");
            origin.failing.clear();
            assertThat(body(send("lookup", "e1"))).as(headers.toString()).startsWith("{");
        }
    }

    static Stream<Arguments> wrongHeaders() {
        return Stream.of("CisternTag", "CisternPattern")
                .flatMap(
                        name ->
                                Stream.of(null, "", " ", "a\nb", "\u0000", "x".repeat(1025))
                                        .map(value -> Arguments.of(name, value)));
    }

    @ParameterizedTest
    @MethodSource("wrongHeaders")
    void aTagOrPatternThatIsNoneChangesNothing(String name, String value) {
        send("put", "by hand", Map.of("CisternKey", "safe", "CisternTags", "red"));
        Map<String, Object> headers = new HashMap<>();
        headers.put(name, value);
        for (var operation : List.of("invalidate", "expire")) {
            for (var more :
                    List.of(Map.<String, Object>of(), Map.of("CisternKey", (Object) "safe"))) {
                headers.putAll(more);
                assertThat(send(operation, null, headers).getException())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("the header " + name + " ");
            }
            headers.remove("CisternKey");
        }
        var safe = send("lookup", "safe");
        assertThat(body(safe)).isEqualTo("by hand");
        assertThat(safe.getMessage().getHeader("CisternWay")).isEqualTo("NEAR");
    }

    @Test
    void anEmptyKeyChangesNothing() {
        send("put", "by hand", Map.of("CisternKey", "safe"));
        for (var value : new String[] {null, ""}) {
            Map<String, Object> headers = new HashMap<>();
            headers.put("CisternKey", value);
            for (var operation : List.of("invalidate", "expire", "put", "lookup")) {
                assertThat(send(operation, "x", headers).getException())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("CisternKey");
            }
        }
        assertThat(body(send("lookup", "safe"))).isEqualTo("by hand");
    }

    @Test
    void putWithATagThatIsNoneStoresNothing() {
        for (var tags : new Object[] {"", "a,,b", "a\u0007", List.of("a", ""), "x".repeat(1025)}) {
            send("put", "before", Map.of("CisternKey", "tagged"));
            assertThat(
                            send(
                                            "put",
                                            "after",
                                            Map.of("CisternKey", "tagged", "CisternTags", tags))
                                    .getException())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the header CisternTags: a tag ");
            assertThat(body(send("lookup", "tagged"))).isEqualTo("before");
        }
    }

    @Test
    void headerNamesTheCacheWhereTheUriDoesNot() {
        var found = send("any", null, Map.of("CisternCache", "items", "CisternKey", "by header"));
        var unknown = send("any", null, Map.of("CisternCache", "nobody", "CisternKey", "1"));
        var none = send("any", null, Map.of("CisternKey", "1"));

        assertThat(body(found)).contains("by header");
        assertThat(unknown.getException())
                .isInstanceOf(UnknownCacheException.class)
                .hasMessageContaining("nobody");
        assertThat(none.getException()).hasMessageContaining("CisternCache");
    }

    @Test
    void failuresAreExceptions() {
        origin.failing.add("bad");
        var failed = send("lookup", "bad").getException();
        origin.hang();
        var late = send("slow", "late").getException();
        origin.release();

        assertThat(failed).isInstanceOf(LookupFailedException.class);
        assertThat(((LookupFailedException) failed).failure().kind())
                .isEqualTo(Failure.Kind.ORIGIN_FAILED);
        assertThat(((LookupFailedException) late).failure().kind()).isEqualTo(Failure.Kind.TIMEOUT);
        assertThat(send("lookup", null, Map.of()).getException())
                .hasMessageContaining("CisternKey");
        assertThat(send("put", null, Map.of("CisternKey", "x")).getException()).isNotNull();
    }

    @Test
    void unknownOptionsAreRefusedByName() {
        assertThatThrownBy(() -> instance.context().getEndpoint("cistern:items?tll=10m"))
                .hasStackTraceContaining("tll");
        var error =
                catchThrowable(() -> add(routes -> routes.from("cistern:new?ttll=1m").to("log:x")));
        assertThat(error).hasStackTraceContaining("ttll");
    }

    @ParameterizedTest
    @CsvSource({
        "ttl, soon",
        "ttl, -1s",
        "jitter, 2",
        "jitter, much",
        "maxStale, x",
        "negativeTtl, x",
        "softTimeout, x",
        "hardTimeout, 0",
        "hardTimeout, x",
        "earlyRefresh, soon",
        "earlyRefresh, 0",
        "earlyRefresh, NaN",
        "near, many",
        "nearTtl, x",
        "batchSize, 0",
        "batchSize, x",
        "maxConcurrentLoads, 0",
        "maxWaiting, -1",
        "loadRate, 0",
        "maxValueSize, huge",
        "clientMaxAge, x",
        "codec, java",
        "codec, '*.png=binary,xml'",
        "operation, destroy"
    })
    void wrongValuesNameTheirOption(String option, String value) {
        assertThatThrownBy(
                        () ->
                                instance.context()
                                        .getEndpoint("cistern:wrong?" + option + "=" + value))
                .hasStackTraceContaining(option);
    }

    @ParameterizedTest
    @CsvSource({
        "softTimeout=3s&hardTimeout=2s, '3s is longer than hardTimeout, 2s'",
        "softTimeout=10001ms, '10001ms is longer than hardTimeout, 10s'",
    })
    void softTimeoutThatWouldNeverPassIsRefused(String options, String message) {
        assertThatThrownBy(() -> instance.context().getEndpoint("cistern:wrong?" + options))
                .hasStackTraceContaining("softTimeout: " + message);
    }

    @Test
    void softTimeoutMayBeAsLongAsTheHardOne() {
        var endpoint =
                instance.context()
                        .getEndpoint(
                                "cistern:right?softTimeout=2s&hardTimeout=2s",
                                CisternEndpoint.class);

        assertThat(endpoint.policy().softTimeout()).contains(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({"a b", "a/b", "ä", "a:b"})
    void wrongNamesAreRefused(String name) {
        assertThatThrownBy(() -> instance.context().getEndpoint("cistern:" + name))
                .hasStackTraceContaining("name");
    }

    @Test
    void secondRouteForACacheIsRefusedAndTheFirstStays() {
        assertThatThrownBy(
                        () ->
                                add(
                                        routes ->
                                                routes.from("cistern:items?ttl=1s")
                                                        .routeId("second")
                                                        .setBody()
                                                        .constant("second")))
                .hasStackTraceContaining("items exists already");
        assertThat(instance.lookup("items", "of the first").json().path("id").asText())
                .isEqualTo("of the first");
    }

    @Test
    void cacheIsOpenAsLongAsItsRouteRuns() throws Exception {
        add(routes -> routes.from("cistern:passing").routeId("passing").setBody().constant("x"));
        assertThat(instance.lookup("passing", "1").text()).isEqualTo("x");

        instance.context().getRouteController().stopRoute("passing");
        assertThat(instance.lookup("passing", "1").isProblem(404)).isTrue();

        instance.context().getRouteController().startRoute("passing");
        assertThat(instance.lookup("passing", "1").text()).isEqualTo("x");
    }
}
