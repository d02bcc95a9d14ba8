package io.cistern.breaker;

import static org.apache.camel.ExchangePropertyKey.EXCEPTION_CAUGHT;
import static org.apache.camel.ExchangePropertyKey.TRY_ROUTE_BLOCK;
import static org.apache.camel.builder.Builder.body;
import static org.apache.camel.builder.Builder.constant;
import static org.apache.camel.builder.Builder.simple;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.AsyncProcessorSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Camel's own breaker and ours get along with what is around and inside of them. */
class BreakerRoutingTest extends EngineSuite {
    @ParameterizedTest
    @EnumSource
    void oneBreakerMayBeInsideOfAnother(Engine engine) throws Exception {
        run(
                engine,
                route ->
                        configure(breaker(route).circuitBreaker().id("inner"))
                                .process(this::failChecked)
                                .onFallback()
                                .setBody(constant("inner fallback"))
                                .end()
                                .setBody(simple("${body}!"))
                                .end());

        var answer = send("hello");

        assertThat(answer.getMessage().getBody()).isEqualTo("inner fallback!");
        assertThat(answer.getProperty(TRY_ROUTE_BLOCK)).isNull();
        assertThat(metrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
        assertThat(Engine.breaker(context, "inner").getMetrics().getNumberOfFailedCalls())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aFailureOfTheInnerBreakerIsOneOfTheOuterToo(Engine engine) throws Exception {
        run(
                engine,
                route ->
                        configure(breaker(route).circuitBreaker().id("inner"))
                                .process(this::failChecked)
                                .end()
                                .end());

        var answer = send("hello");

        assertThat(answer.getException(IOException.class)).hasMessage("broken");
        assertThat(metrics().getNumberOfFailedCalls()).isEqualTo(1);
        assertThat(Engine.breaker(context, "inner").getMetrics().getNumberOfFailedCalls())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void choiceFilterAndSplitWorkInside(Engine engine) throws Exception {
        run(
                engine,
                route ->
                        breaker(route)
                                .split(body().tokenize(","))
                                .process(this::count)
                                .end()
                                .choice()
                                .when(body().contains("1"))
                                .setBody(constant("one"))
                                .otherwise()
                                .setBody(constant("other"))
                                .end()
                                .filter(body().isEqualTo("one"))
                                .setHeader("filtered", constant(true))
                                .end()
                                .end());

        assertThat(send("1,2,3").getMessage().getBody()).isEqualTo("one");
        assertThat(send("2").getMessage().getBody()).isEqualTo("other");
        assertThat(send("1").getMessage().getHeader("filtered")).isEqualTo(true);
        assertThat(calls).hasValue(5);
    }

    @ParameterizedTest
    @EnumSource
    void stopInsideStopsTheRoute(Engine engine) throws Exception {
        run(
                engine,
                route ->
                        breaker(route)
                                .setBody(constant("stopped"))
                                .stop()
                                .end()
                                .setBody(constant("not reached")));

        assertThat(send("hello").getMessage().getBody()).isEqualTo("stopped");
        assertThat(metrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void tryAroundAndInsideCatches(Engine engine) throws Exception {
        run(
                engine,
                route ->
                        configure(route.doTry().circuitBreaker().id("breaker"))
                                .doTry()
                                .process(this::failChecked)
                                .doCatch(IllegalStateException.class)
                                .setBody(constant("wrong"))
                                .end()
                                .end()
                                .endDoTry()
                                .doCatch(IOException.class)
                                .setBody(constant("caught"))
                                .end());

        var answer = send("hello");

        assertThat(answer.getMessage().getBody()).isEqualTo("caught");
        assertThat(answer.getException()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void onExceptionHandlesOutsideOfTheBreaker(Engine engine) throws Exception {
        run(
                engine,
                route -> {
                    route.onException(IOException.class)
                            .handled(true)
                            .setBody(simple("handled ${body}"))
                            .end();
                    breaker(route)
                            .inheritErrorHandler(true)
                            .setBody(constant("changed"))
                            .process(this::failChecked)
                            .end();
                });

        var answer = send("hello");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody()).isEqualTo("handled hello");
        assertThat(metrics().getNumberOfFailedCalls()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void redeliveryRepeatsAllStepsAndTheDeadLetterChannelGetsWhatFails(Engine engine)
            throws Exception {
        var dead = new CopyOnWriteArrayList<Object>();
        context = engine.context();
        context.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        errorHandler(
                                deadLetterChannel("direct:dead")
                                        .maximumRedeliveries(1)
                                        .redeliveryDelay(0));
                        var route = from(START).routeId("route");
                        breaker(route)
                                .inheritErrorHandler(true)
                                .process(BreakerRoutingTest.this::count)
                                .process(BreakerRoutingTest.this::failChecked)
                                .end();
                        from("direct:dead")
                                .process(exchange -> dead.add(exchange.getIn().getBody()));
                    }
                });
        context.start();

        var answer = send("hello");

        assertThat(answer.getException()).isNull();
        assertThat(dead).containsExactly("hello");
        assertThat(calls).as("two steps, twice").hasValue(4);
        assertThat(metrics().getNumberOfFailedCalls()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void asynchronousStepsSucceedAndFail(Engine engine) throws Exception {
        run(
                engine,
                route ->
                        breaker(route)
                                .process(new OtherThread())
                                .filter(body().isEqualTo("fail later"))
                                .process(this::failChecked)
                                .endCircuitBreaker()
                                .onFallback()
                                .process(new OtherThread())
                                .setBody(simple("fallback for ${body}"))
                                .end());

        assertThat(send("hello").getMessage().getBody()).isEqualTo("hello");
        assertThat(send("fail").getMessage().getBody()).isEqualTo("fallback for fail");
        assertThat(send("fail later").getMessage().getBody()).isEqualTo("fallback for fail later");
        assertThat(breaker().getState()).isEqualTo(State.OPEN);
    }

    /** Ends on another thread; fails for the body "fail" unless it is in a fallback. */
    private static final class OtherThread extends AsyncProcessorSupport {
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            CompletableFuture.runAsync(
                    () -> {
                        if ("fail".equals(exchange.getIn().getBody())
                                && exchange.getProperty(EXCEPTION_CAUGHT) == null) {
                            exchange.setException(new IOException("broken"));
                        }
                        callback.done(false);
                    });
            return false;
        }
    }
}
