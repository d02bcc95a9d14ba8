package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every route of a running instance has its circuit breaker, and the breakers work. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BreakersIT {

    private static final String KEBAB_CASE = "[a-z0-9]+(-[a-z0-9]+)*";
    private static final String TICK =
            """
            - route:
                id: plain-tick
                from:
                  uri: timer:tick
                  parameters: { period: 1000 }
                  steps:
                    - setBody: { constant: tick }
                    - to: log:tick?level=TRACE
            """;

    private CountingOrigin origin;
    private Instance instance;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        instance =
                Instance.inMemory()
                        .set("CIRCUIT_BREAKER_THRESHOLD", "3")
                        .set("CIRCUIT_BREAKER_TIMEOUT", "500ms")
                        .routesOf(Path.of("routes"))
                        .route("guarded", Routes.http("guarded", origin, Map.of()))
                        .route("plain-tick", TICK)
                        .start();
    }

    @AfterAll
    void stop() {
        instance.close();
        origin.close();
    }

    private Stream<CircuitBreakerDefinition> breakers(Route route) {
        var definition =
                ((ModelCamelContext) instance.context()).getRouteDefinition(route.getRouteId());
        return ProcessorDefinitionHelper.filterTypeInOutputs(
                definition.getOutputs(), CircuitBreakerDefinition.class)
                .stream();
    }

    private boolean isShown(String breaker, String state) {
        return instance.metrics().entrySet().stream()
                .anyMatch(
                        series ->
                                series.getKey().startsWith("resilience4j_circuitbreaker_state{")
                                        && series.getKey().contains("name=\"" + breaker + "\"")
                                        && series.getKey().contains("state=\"" + state + "\"")
                                        && series.getValue() == 1);
    }

    private void assertGuarded() {
        var metrics = instance.metrics().keySet();
        assertThat(instance.context().getRoutes())
                .allSatisfy(
                        route -> {
                            assertThat(route.getRouteId()).matches(KEBAB_CASE);
                            assertThat(breakers(route)).isNotEmpty();
                            assertThat(breakers(route).map(CircuitBreakerDefinition::getId))
                                    .allSatisfy(
                                            id -> {
                                                assertThat(id)
                                                        .matches(KEBAB_CASE)
                                                        .startsWith(
                                                                route.getRouteId() + "-breaker");
                                                assertThat(metrics)
                                                        .anyMatch(
                                                                series ->
                                                                        series.contains(
                                                                                "name=\"" + id
                                                                                        + "\""));
                                            });
                        });
    }

    @Test
    void everyRouteHasABreakerThatIsMeasured() {
        assertThat(instance.context().getRoutes())
                .extracting(Route::getRouteId)
                .contains(
                        "lookup",
                        "batch-lookup",
                        "put-entry",
                        "invalidate-entry",
                        "invalidate-entries",
                        "entry-metadata",
                        "list-caches",
                        "describe-cache",
                        "prune-cache",
                        "settings",
                        "places",
                        "datasets",
                        "detector-models",
                        "api-responses",
                        "user-sessions",
                        "tuning-results",
                        "guarded",
                        "plain-tick");
        assertGuarded();
    }

    @Test
    void routeThatIsAddedLaterGetsABreaker() throws Exception {
        var yaml = TICK.replace("plain-tick", "later-tick");
        PluginHelper.getRoutesLoader(instance.context())
                .loadRoutes(ResourceHelper.fromString("later.camel.yaml", yaml));

        assertThat(instance.context().getRoute("later-tick")).isNotNull();
        assertGuarded();
        assertThat(isShown("later-tick-breaker", "closed")).isTrue();
    }

    @Test
    void breakerOpensHalfOpensAndCloses() throws Exception {
        assertThat(instance.lookup("guarded", "first").status()).isEqualTo(200);
        assertThat(isShown("guarded-breaker", "closed")).isTrue();

        origin.status = 500;
        for (var i = 0; i < 3; i++) {
            assertThat(instance.lookup("guarded", "bad" + i).status()).isEqualTo(502);
        }
        assertThat(isShown("guarded-breaker", "open")).isTrue();
        assertThat(instance.lookup("guarded", "refused").status()).isEqualTo(503);

        origin.status = 0;
        origin.hang();
        var calls = origin.calls();
        // The first call after the open time is the probe; whoever comes meanwhile is refused.
        await().until(
                        () -> {
                            instance.looking("guarded", "probe");
                            return origin.calls() > calls
                                    || isShown("guarded-breaker", "half_open");
                        });
        await().until(() -> isShown("guarded-breaker", "half_open"));
        assertThat(instance.lookup("guarded", "meanwhile").status()).isEqualTo(503);
        assertThat(isShown("settings-breaker", "closed")).isTrue();

        origin.release();
        await().until(() -> isShown("guarded-breaker", "closed"));
        assertThat(
                        instance.looking("guarded", "last")
                                .get(20, TimeUnit.SECONDS)
                                .json()
                                .path("id")
                                .asText())
                .isEqualTo("last");
    }

    @Test
    void shippedCachesAnswer() {
        assertThat(instance.lookup("settings", "ui.theme").status()).isEqualTo(200);
        assertThat(instance.lookup("places", "de-berlin").json().path("id").asText())
                .isEqualTo("de-berlin");
        assertThat(instance.lookup("api-responses", "EUR-USD").status()).isEqualTo(200);
        assertThat(instance.lookup("user-sessions", "session-0042").status()).isEqualTo(200);
        assertThat(instance.lookup("settings", "no such setting").status()).isEqualTo(404);
    }
}
