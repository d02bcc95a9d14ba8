package io.cistern.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.spi.Policy;
import org.apache.camel.spi.TransactedPolicy;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RouteWrapperTest {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Breakers breakers = new Breakers(BreakersFixture.DEFAULTS);
    private final List<String> order = new CopyOnWriteArrayList<>();

    @BeforeEach
    void install() {
        breakers.install(context);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void allStepsOfARouteComeUnderItsBreaker() throws Exception {
        run(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:items")
                                .routeId("items")
                                .process(exchange -> order.add("one"))
                                .choice()
                                .when(body().isEqualTo("fail"))
                                .throwException(new IOException("broken"))
                                .end()
                                .process(exchange -> order.add("two"));
                    }
                });

        send("items", "well");
        send("items", "fail");

        assertThat(context.getRouteDefinition("items").getOutputs())
                .singleElement()
                .isInstanceOf(CircuitBreakerDefinition.class);
        assertThat(order).containsExactly("one", "two", "one");
        assertThat(failures("items")).isEqualTo(1);
        assertEveryRouteHasItsBreaker();
    }

    @Test
    void anOpenBreakerFailsTheExchange() throws Exception {
        run(steps("items"));
        breakers.find("items-breaker").orElseThrow().transitionToOpenState();

        var answer = send("items", "hello");

        assertThat(answer.getException()).isInstanceOf(CallNotPermittedException.class);
        assertThat(order).isEmpty();
    }

    @Test
    void onExceptionStaysOutsideAndFires() throws Exception {
        run(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        onException(IOException.class)
                                .handled(true)
                                .setBody(simple("handled ${body}"));
                        intercept().process(exchange -> order.add("intercepted"));
                        from("direct:items")
                                .routeId("items")
                                .onException(IllegalStateException.class)
                                .handled(true)
                                .setBody(simple("handled here ${body}"))
                                .end()
                                .choice()
                                .when(body().isEqualTo("io"))
                                .throwException(new IOException("broken"))
                                .otherwise()
                                .throwException(new IllegalStateException("broken"))
                                .end();
                    }
                });

        assertThat(send("items", "io").getMessage().getBody()).isEqualTo("handled io");
        assertThat(send("items", "state").getMessage().getBody()).isEqualTo("handled here state");
        assertThat(failures("items")).isEqualTo(2);
        assertThat(order).contains("intercepted");
    }

    @Test
    void deadLettersArriveAsTheyCame() throws Exception {
        run(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        errorHandler(deadLetterChannel("direct:dead"));
                        from("direct:items")
                                .routeId("items")
                                .setBody(constant("changed"))
                                .throwException(new IOException("broken"));
                        from("direct:dead")
                                .routeId("dead")
                                .process(
                                        exchange ->
                                                order.add("dead " + exchange.getIn().getBody()));
                    }
                });

        send("items", "hello");

        assertThat(order).containsExactly("dead hello");
        assertThat(failures("items")).isEqualTo(1);
        assertThat(failures("dead")).isZero();
    }

    @Test
    void theBreakerGoesInsideOfWhatWrapsTheWholeRoute() throws Exception {
        context.getRegistry().bind("tx", new Wrapping("transaction"));
        context.getRegistry().bind("policy", new Wrapping("policy"));
        run(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:transacted")
                                .routeId("transacted")
                                .transacted("tx")
                                .process(exchange -> order.add("step"))
                                .throwException(new IOException("broken"));
                        from("direct:guarded")
                                .routeId("guarded")
                                .policy("policy")
                                .process(exchange -> order.add("step"));
                    }
                });

        send("transacted", "hello");
        send("guarded", "hello");

        assertThat(order)
                .containsExactly(
                        "transaction begins",
                        "step",
                        "transaction ends",
                        "policy begins",
                        "step",
                        "policy ends");
        assertThat(failures("transacted")).isEqualTo(1);
        assertEveryRouteHasItsBreaker();
    }

    @Test
    void aTransactionThatYamlPutsBesideTheStepsStillWrapsThem() throws Exception {
        context.getRegistry().bind("tx", new Wrapping("transaction"));
        context.getRegistry().bind("step", (Processor) exchange -> order.add("step"));
        context.start();

        Yaml.load(
                context,
                """
                - route:
                    id: items
                    from:
                      uri: direct:items
                      steps:
                        - transacted: { ref: tx }
                        - process: { ref: step }
                """);
        send("items", "hello");

        assertThat(order).containsExactly("transaction begins", "step", "transaction ends");
        assertEveryRouteHasItsBreaker();
    }

    @Test
    void aRouteWithABreakerOfItsOwnKeepsIt() throws Exception {
        run(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:named")
                                .routeId("named")
                                .circuitBreaker()
                                .id("my-own")
                                .process(exchange -> order.add("step"))
                                .end();
                        from("direct:unnamed")
                                .routeId("unnamed")
                                .circuitBreaker()
                                .process(exchange -> order.add("first"))
                                .end()
                                .circuitBreaker()
                                .process(exchange -> order.add("second"))
                                .end();
                        from("direct:shared")
                                .routeId("shared")
                                .circuitBreaker()
                                .configuration(Breakers.CONFIGURATION)
                                .id("lookup-breaker")
                                .process(exchange -> order.add("shared"))
                                .end();
                    }
                });

        assertThat(breakers.states())
                .containsOnlyKeys(
                        "my-own", "unnamed-breaker", "unnamed-breaker-2", "lookup-breaker");
    }

    @Test
    void aBreakerInABranchCoversOnlyThatBranch() throws Exception {
        run(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:items")
                                .routeId("items")
                                .choice()
                                .when(body().isEqualTo("a"))
                                .circuitBreaker()
                                .id("branch")
                                .process(exchange -> order.add("a"))
                                .end()
                                .endChoice()
                                .otherwise()
                                .process(exchange -> order.add("b"))
                                .end();
                    }
                });

        assertThat(breakers.states()).containsOnlyKeys("branch", "items-breaker");
        assertThat(send("items", "a").getException()).isNull();
        assertThat(order).containsExactly("a");
    }

    @Test
    void aRouteWithoutAnIdGetsOneFirst() throws Exception {
        run(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:items").process(exchange -> order.add("step"));
                    }
                });

        assertThat(breakers.states())
                .containsOnlyKeys(context.getRoutes().get(0).getId() + "-breaker");
    }

    @Test
    void aDefinitionThatIsAddedAgainIsWrappedOnce() throws Exception {
        run(steps("items"));
        var definition = context.getRouteDefinition("items");

        context.getRouteController().stopRoute("items");
        context.removeRoute("items");
        context.addRouteDefinition(definition);
        send("items", "hello");

        assertThat(breakers.states()).containsOnlyKeys("items-breaker");
        assertThat(order).containsExactly("step");
    }

    @Test
    void aWrongRouteIsReportedByItsOwnName() throws Exception {
        context.start();

        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () ->
                                Yaml.load(
                                        context,
                                        """
                                        - route:
                                            id: wrong
                                            from:
                                              uri: direct:wrong
                                              steps:
                                                - to: nosuch:thing
                                        """))
                .hasMessageContaining("wrong")
                .rootCause()
                .hasMessageContaining("nosuch");
        assertThat(breakers.states()).isEmpty();
    }

    private RouteBuilder steps(String id) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:" + id).routeId(id).process(exchange -> order.add("step"));
            }
        };
    }

    private void assertEveryRouteHasItsBreaker() {
        assertThat(context.getRoutes())
                .isNotEmpty()
                .allSatisfy(
                        route ->
                                assertThat(breakers.states())
                                        .containsEntry(route.getId() + "-breaker", State.CLOSED));
    }

    private int failures(String route) {
        return breakers.find(route + "-breaker")
                .orElseThrow()
                .getMetrics()
                .getNumberOfFailedCalls();
    }

    private void run(RouteBuilder routes) throws Exception {
        context.addRoutes(routes);
        context.start();
    }

    private Exchange send(String route, Object body) {
        return Engine.send(context, "direct:" + route, body);
    }

    /** Notes when it begins and ends. */
    private final class Wrapping implements TransactedPolicy, Policy {
        private final String name;

        private Wrapping(String name) {
            this.name = name;
        }

        @Override
        public void beforeWrap(Route route, NamedNode definition) {
            assertThat(definition).isInstanceOf(ProcessorDefinition.class);
        }

        @Override
        public Processor wrap(Route route, Processor processor) {
            return new DelegateAsyncProcessor(processor) {
                @Override
                public boolean process(Exchange exchange, org.apache.camel.AsyncCallback callback) {
                    order.add(name + " begins");
                    PluginHelper.getAsyncProcessorAwaitManager(context)
                            .process(getProcessor(), exchange);
                    order.add(name + " ends");
                    callback.done(true);
                    return true;
                }
            };
        }
    }
}
