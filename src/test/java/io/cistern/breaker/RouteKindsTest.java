package io.cistern.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.RestConfiguration;
import org.apache.camel.spi.RestConsumerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whichever way a route comes, it gets its breaker. */
class RouteKindsTest {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Breakers breakers = new Breakers(BreakersFixture.DEFAULTS);
    private final List<String> order = new CopyOnWriteArrayList<>();

    @BeforeEach
    void install() {
        breakers.install(context);
        context.getRegistry()
                .bind(
                        "step",
                        (Processor) exchange -> order.add("step " + exchange.getIn().getBody()));
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void yaml() throws Exception {
        context.start();

        Yaml.load(
                context,
                """
                - route:
                    id: items
                    from:
                      uri: direct:items
                      steps:
                        - process: { ref: step }
                        - setBody: { constant: answer }
                - from:
                    uri: direct:no-id
                    steps:
                      - process: { ref: step }
                """);

        assertThat(send("items").getMessage().getBody()).isEqualTo("answer");
        assertThat(order).containsExactly("step hello");
        assertEveryRouteHasItsBreaker(2);
    }

    @Test
    void yamlWithABreakerOfItsOwn() throws Exception {
        context.start();

        Yaml.load(
                context,
                """
                - route:
                    id: items
                    from:
                      uri: direct:items
                      steps:
                        - circuitBreaker:
                            resilience4jConfiguration:
                              slidingWindowSize: 7
                              waitDurationInOpenState: 3
                            steps:
                              - process: { ref: step }
                            onFallback:
                              steps:
                                - setBody: { constant: fallback }
                """);

        var breaker = breakers.find("items-breaker").orElseThrow();
        var config = breaker.getCircuitBreakerConfig();
        assertThat(config.getSlidingWindowSize()).isEqualTo(7);
        assertThat(config.getWaitIntervalFunctionInOpenState().apply(1)).isEqualTo(3_000);
        assertThat(config.getMinimumNumberOfCalls())
                .as("what it doesn't say comes from the settings")
                .isEqualTo(BreakersFixture.DEFAULTS.threshold());
        breaker.transitionToOpenState();
        assertThat(send("items").getMessage().getBody()).isEqualTo("fallback");
    }

    @Test
    void yamlWithABulkheadIsGuardedByCamelsOwnBreaker() throws Exception {
        context.start();

        Yaml.load(
                context,
                """
                - route:
                    id: items
                    from:
                      uri: direct:items
                      steps:
                        - circuitBreaker:
                            resilience4jConfiguration:
                              bulkheadEnabled: true
                              bulkheadMaxConcurrentCalls: 1
                              timeoutEnabled: true
                              timeoutDuration: 5000
                              waitDurationInOpenState: 300ms
                            steps:
                              - process: { ref: step }
                """);

        assertThat(send("items").getException()).isNull();
        assertThat(order).containsExactly("step hello");
        var breaker = breakers.find("items-breaker").orElseThrow();
        assertThat(breaker.getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
        assertThat(breaker.getCircuitBreakerConfig().getWaitIntervalFunctionInOpenState().apply(1))
                .isEqualTo(300);
    }

    @Test
    void templates() throws Exception {
        context.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        routeTemplate("template")
                                .templateParameter("name")
                                .from("direct:{{name}}")
                                .process("step")
                                .setBody(constant("{{name}}"));
                    }
                });
        context.start();

        TemplatedRouteBuilder.builder(context, "template")
                .parameter("name", "one")
                .routeId("one")
                .add();
        Yaml.load(
                context,
                """
                - templatedRoute:
                    routeTemplateRef: template
                    routeId: two
                    parameters: [{ name: name, value: two }]
                """);

        assertThat(send("one").getMessage().getBody()).isEqualTo("one");
        assertThat(send("two").getMessage().getBody()).isEqualTo("two");
        assertThat(breakers.states()).containsOnlyKeys("one-breaker", "two-breaker");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rest(boolean inline) throws Exception {
        context.getRegistry().bind("rest-consumers", new DirectRest());
        context.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        restConfiguration().component("rest-consumers").inlineRoutes(inline);
                        rest("/items").get("/{id}").id("get-item").to("direct:items");
                        from("direct:items").routeId("items").process("step");
                    }
                });
        context.start();

        Engine.send(context, "direct:rest-get", "hello");

        assertThat(order).containsExactly("step hello");
        assertEveryRouteHasItsBreaker(inline ? 1 : 2);
        assertThat(breakers.states()).containsKey("items-breaker");
        assertThat(breakers.states().containsKey("get-item-breaker")).isEqualTo(!inline);
    }

    @Test
    void aChangedRouteThatTakesTheOldOnesPlace() throws Exception {
        context.start();
        for (var answer : List.of("old", "new")) {
            Yaml.load(
                    context,
                    """
                    - route:
                        id: items
                        from:
                          uri: direct:items
                          steps:
                            - setBody: { constant: %s }
                    """
                            .formatted(answer));

            assertThat(send("items").getMessage().getBody()).isEqualTo(answer);
            assertEveryRouteHasItsBreaker(1);
        }
    }

    @Test
    void aConfigurationThatDoesNotExistStopsTheRoute() {
        context.start();

        assertThatThrownBy(
                        () ->
                                Yaml.load(
                                        context,
                                        """
                                        - route:
                                            id: items
                                            from:
                                              uri: direct:items
                                              steps:
                                                - circuitBreaker:
                                                    configuration: nosuch
                                                    steps:
                                                      - process: { ref: step }
                                        """))
                .rootCause()
                .hasMessageContaining("nosuch");
    }

    @Test
    void allRoutesOfCamelMain() throws Exception {
        var main = new Main();
        main.addMainListener(
                new MainListenerSupport() {
                    @Override
                    public void beforeConfigure(BaseMainSupport support) {
                        breakers.install(support.getCamelContext());
                    }
                });
        main.configure()
                .addRoutesBuilder(
                        new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("direct:items").routeId("items").setBody(constant("answer"));
                            }
                        });
        main.start();
        try {
            var answer = Engine.send(main.getCamelContext(), "direct:items", "hello");

            assertThat(answer.getMessage().getBody()).isEqualTo("answer");
            assertThat(breakers.states()).containsOnlyKeys("items-breaker");
            assertThat(main.getCamelContext().getProcessor("items-breaker"))
                    .isInstanceOf(BreakerProcessor.class);
        } finally {
            main.stop();
        }
        assertThat(breakers.states()).isEmpty();
    }

    private void assertEveryRouteHasItsBreaker(int routes) {
        assertThat(context.getRoutes())
                .hasSize(routes)
                .allSatisfy(
                        route ->
                                assertThat(context.getProcessor(route.getId() + "-breaker"))
                                        .isInstanceOf(BreakerProcessor.class));
        assertThat(breakers.states()).hasSize(routes);
    }

    private Exchange send(String route) {
        return Engine.send(context, "direct:" + route, "hello");
    }

    /** Serves each verb at the endpoint direct:rest-verb. */
    private static final class DirectRest implements RestConsumerFactory {
        @Override
        public Consumer createConsumer(
                CamelContext context,
                Processor processor,
                String verb,
                String basePath,
                String uriTemplate,
                String consumes,
                String produces,
                RestConfiguration configuration,
                Map<String, Object> parameters)
                throws Exception {
            return context.getEndpoint("direct:rest-" + verb).createConsumer(processor);
        }
    }
}
