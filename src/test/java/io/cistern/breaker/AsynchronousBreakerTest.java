package io.cistern.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.settings.BreakerSettings;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.support.service.ServiceHelper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What our breaker can and Camel's can't. */
class AsynchronousBreakerTest {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Steps steps = new Steps();

    @AfterEach
    void stop() {
        steps.endAll();
        context.stop();
    }

    @Test
    void theCallerIsFreeWhileStepsRun() throws Exception {
        start(BreakersFixture.DEFAULTS, steps);
        var exchange = exchange("hello");
        var ended = new AtomicInteger();

        var sync = entry().process(exchange, doneSync -> ended.incrementAndGet());

        assertThat(sync).isFalse();
        assertThat(steps.running()).isEqualTo(1);
        assertThat(ended).hasValue(0);
        steps.succeedNext("answer");
        assertThat(ended).hasValue(1);
        assertThat(exchange.getMessage().getBody()).isEqualTo("answer");
    }

    @Test
    void manyCallsRunOnOneThread() throws Exception {
        start(BreakersFixture.DEFAULTS, steps);
        var answers = new ArrayList<CompletableFuture<Exchange>>();

        for (var i = 0; i < 100; i++) {
            answers.add(entry().processAsync(exchange(i)));
        }

        assertThat(steps.running()).isEqualTo(100);
        for (var i = 0; i < 100; i++) {
            steps.succeedNext("answer " + i);
        }
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer).isCompleted())
                .extracting(answer -> answer.join().getMessage().getBody())
                .contains("answer 0", "answer 99");
    }

    @Test
    void stepsThatEndOnTheCallersThreadEndTheCallThere() throws Exception {
        var processor = bare(exchange -> exchange.getMessage().setBody("answer"));
        var exchange = exchange("hello");
        var ends = new CopyOnWriteArrayList<Boolean>();

        var sync = processor.process(exchange, ends::add);

        assertThat(sync).isTrue();
        assertThat(exchange.getException()).isNull();
        assertThat(ends).containsExactly(true);
        assertThat(exchange.getMessage().getBody()).isEqualTo("answer");
    }

    @Test
    void aBreakerOpensTriesAndCloses() throws Exception {
        var healthy = new AtomicBoolean();
        var origin = new AtomicInteger();
        start(
                new BreakerSettings(true, 3, Duration.ofMillis(200)),
                exchange -> {
                    origin.incrementAndGet();
                    if (!healthy.get()) {
                        throw new IOException("broken");
                    }
                });
        var passed = new CopyOnWriteArrayList<String>();
        breaker()
                .getEventPublisher()
                .onStateTransition(e -> passed.add(e.getStateTransition().getToState().name()));

        for (var i = 0; i < 3; i++) {
            assertThat(send().getException()).isInstanceOf(IOException.class);
        }
        assertThat(breaker().getState()).isEqualTo(State.OPEN);
        assertThat(origin).hasValue(3);
        Awaitility.await().until(() -> send().getException() instanceof IOException);
        healthy.set(true);
        Awaitility.await().until(() -> send().getException() == null);

        assertThat(passed).startsWith("OPEN", "HALF_OPEN", "OPEN").endsWith("HALF_OPEN", "CLOSED");
        assertThat(breaker().getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void anOpenBreakerLeavesTheOriginAlone() throws Exception {
        start(BreakersFixture.DEFAULTS, steps);
        breaker().transitionToOpenState();

        var answer = send();

        assertThat(answer.getException()).isInstanceOf(CallNotPermittedException.class);
        assertThat(steps.running()).isZero();
    }

    @Test
    void onlyOneProbeIsLetThroughWhileHalfOpen() throws Exception {
        start(BreakersFixture.DEFAULTS, steps);
        breaker().transitionToOpenState();
        breaker().transitionToHalfOpenState();

        var probe = entry().processAsync(exchange("probe"));
        var other = entry().processAsync(exchange("other"));

        assertThat(probe).isNotDone();
        assertThat(other).isCompleted();
        assertThat(other.join().getException()).isInstanceOf(CallNotPermittedException.class);
        steps.succeedNext("well");
        assertThat(breaker().getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void anErrorThatAStepThrowsIsAFailure() throws Exception {
        start(
                BreakersFixture.DEFAULTS,
                exchange -> {
                    throw new AssertionError("broken");
                });

        var answer = send();

        assertThat(answer.getException(AssertionError.class)).hasMessage("broken");
        assertThat(breaker().getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
    }

    @Test
    void anErrorThatTheFallbackThrowsEndsTheCallOnce() throws Exception {
        var ends = new AtomicInteger();
        run(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:start")
                                .routeId("items")
                                .circuitBreaker()
                                .process(exchange -> failWith(new IOException("broken")))
                                .onFallback()
                                .process(exchange -> failWith(new AssertionError("too")))
                                .end();
                    }
                });
        var exchange = exchange("hello");

        entry().process(exchange, doneSync -> ends.incrementAndGet());

        assertThat(exchange.getException(AssertionError.class)).hasMessage("too");
        assertThat(ends).hasValue(1);
    }

    @Test
    void aStepThatEndsTwiceCountsOnceAndAnswersOnce() throws Exception {
        start(BreakersFixture.DEFAULTS, steps);
        var ends = new AtomicInteger();
        processor().process(exchange("hello"), doneSync -> ends.incrementAndGet());

        steps.endNextTwice();

        assertThat(ends).hasValue(1);
        assertThat(breaker().getMetrics().getNumberOfBufferedCalls()).isEqualTo(1);
    }

    @Test
    void whatFollowsMayFailWithoutBeingTakenForAStep() throws Exception {
        var processor = bare(exchange -> {});
        var thrown = new IllegalStateException("later");

        assertThatThrownBy(
                        () ->
                                processor.process(
                                        exchange("hello"),
                                        doneSync -> {
                                            throw thrown;
                                        }))
                .isSameAs(thrown);

        assertThat(processor.breaker().getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
        assertThat(processor.breaker().getMetrics().getNumberOfFailedCalls()).isZero();
    }

    @Test
    void whatStepsLeaveToBeClosedStaysOpenUntilTheExchangeIsDone() throws Exception {
        var order = new CopyOnWriteArrayList<String>();
        run(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:start")
                                .routeId("items")
                                .circuitBreaker()
                                .process(exchange -> closeLater(exchange, order))
                                .end()
                                .process(exchange -> order.add("after the breaker"));
                    }
                });

        send();

        assertThat(order).containsExactly("after the breaker", "closed");
    }

    @Test
    void whatFailedStepsLeftToBeClosedIsClosedAtOnce() throws Exception {
        var order = new CopyOnWriteArrayList<String>();
        run(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:start")
                                .routeId("items")
                                .circuitBreaker()
                                .process(exchange -> closeLater(exchange, order))
                                .process(exchange -> failWith(new IOException("broken")))
                                .onFallback()
                                .process(exchange -> order.add("fallback"))
                                .end();
                    }
                });

        send();

        assertThat(order).containsExactly("rolled back", "fallback");
    }

    @Test
    void aTransactedExchangeIsTransactedInside() throws Exception {
        var seen = new CopyOnWriteArrayList<Boolean>();
        start(BreakersFixture.DEFAULTS, exchange -> seen.add(exchange.isTransacted()));

        for (var transacted : List.of(true, false)) {
            var exchange = exchange("hello");
            exchange.getExchangeExtension().setTransacted(transacted);
            processor().process(exchange);
        }

        assertThat(seen).containsExactly(true, false);
    }

    private static void closeLater(Exchange exchange, List<String> order) {
        exchange.getExchangeExtension()
                .addOnCompletion(
                        new SynchronizationAdapter() {
                            @Override
                            public void onComplete(Exchange done) {
                                order.add("closed");
                            }

                            @Override
                            public void onFailure(Exchange done) {
                                order.add("rolled back");
                            }
                        });
    }

    private static void failWith(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }

    private void start(BreakerSettings settings, Processor step) throws Exception {
        run(
                settings,
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:start").routeId("items").process(step);
                    }
                });
    }

    private void run(RouteBuilder routes) throws Exception {
        run(BreakersFixture.DEFAULTS, routes);
    }

    private void run(BreakerSettings settings, RouteBuilder routes) throws Exception {
        new Breakers(settings).install(context);
        context.addRoutes(routes);
        context.start();
    }

    private CircuitBreaker breaker() {
        return Engine.breaker(context, "items-breaker");
    }

    private BreakerProcessor processor() {
        return context.getProcessor("items-breaker", BreakerProcessor.class);
    }

    /** Without the channel that Camel puts around a step, which hides how a call ended. */
    private BreakerProcessor bare(Processor step) {
        context.start();
        var breakers = new Breakers(BreakersFixture.DEFAULTS);
        var processor =
                new BreakerProcessor(
                        breakers.leases(),
                        "bare",
                        breakers.config(),
                        step,
                        null,
                        new FailureRules(true, null, null));
        processor.setCamelContext(context);
        processor.setId("bare");
        ServiceHelper.startService(processor);
        return processor;
    }

    /** The whole route, as a consumer sees it. */
    private AsyncProcessor entry() {
        return (AsyncProcessor) context.getRoute("items").getProcessor();
    }

    private Exchange exchange(Object body) {
        var exchange = new DefaultExchange(context);
        exchange.getIn().setBody(body);
        return exchange;
    }

    private Exchange send() {
        return Engine.send(context, "direct:start", "hello");
    }
}
