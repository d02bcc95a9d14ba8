package io.cistern.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallDeadlineTest {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Steps steps = new Steps();
    private final CallDeadline deadline = new CallDeadline();

    @BeforeEach
    void start() throws Exception {
        new Breakers(BreakersFixture.DEFAULTS).install(context);
        context.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:items").routeId("items").process(steps);
                        from("direct:outer").routeId("outer").to("direct:items");
                        from("direct:many")
                                .routeId("many")
                                .split(body())
                                .parallelProcessing()
                                .to("direct:items");
                    }
                });
        context.start();
    }

    @AfterEach
    void stop() {
        steps.endAll();
        context.stop();
    }

    @Test
    void aCallInsideCountsAsAFailureAtThatMoment() {
        var answer = send("items", "hello");

        assertThat(deadline.expire()).isTrue();

        assertThat(answer).isNotDone();
        assertThat(breaker("items").getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
    }

    @Test
    void howTheCallReallyEndsCountsNoMore() {
        var answer = send("items", "hello");
        var other = send("items", "hello");
        deadline.expire();

        steps.succeedNext("late");
        steps.failNext(new IOException("late"));

        assertThat(answer.join().getMessage().getBody()).isEqualTo("late");
        assertThat(other.join().getException()).hasMessage("late");
        assertThat(breaker("items").getMetrics().getNumberOfBufferedCalls()).isEqualTo(1);
        assertThat(breaker("items").getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
    }

    @Test
    void everyBreakerAroundTheCallCounts() {
        send("outer", "hello");

        deadline.expire();

        assertThat(breaker("outer").getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
        assertThat(breaker("items").getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
    }

    @Test
    void aBreakerCountsOneFailureForAllPartsOfTheExchange() {
        send("many", IntStream.range(0, 8).boxed().toList());
        org.awaitility.Awaitility.await().until(() -> steps.running() == 8);

        deadline.expire();

        assertThat(breaker("items").getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
        assertThat(breaker("items").getMetrics().getNumberOfBufferedCalls()).isEqualTo(1);
        assertThat(breaker("many").getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
        for (var i = 0; i < 8; i++) {
            steps.succeedNext("late");
        }
        assertThat(breaker("items").getMetrics().getNumberOfBufferedCalls()).isEqualTo(1);
    }

    @Test
    void aCallThatHasEndedIsLeftAlone() {
        send("items", "hello");
        steps.succeedNext("in time");

        deadline.expire();

        assertThat(breaker("items").getMetrics().getNumberOfFailedCalls()).isZero();
        assertThat(breaker("items").getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
    }

    @Test
    void aCallThatComesLateEndsAtOnceUncounted() {
        deadline.expire();

        var answer = send("items", "hello");

        assertThat(answer.join().getException()).isInstanceOf(TimeoutException.class);
        assertThat(steps.running()).isZero();
        assertThat(breaker("items").getMetrics().getNumberOfBufferedCalls()).isZero();
    }

    @Test
    void itExpiresOnce() {
        send("items", "hello");

        assertThat(deadline.expire()).isTrue();
        assertThat(deadline.expire()).isFalse();

        assertThat(deadline.isExpired()).isTrue();
        assertThat(breaker("items").getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
    }

    @Test
    void aProbeThatHangsGivesWay() {
        breaker("items").transitionToOpenState();
        breaker("items").transitionToHalfOpenState();
        send("items", "probe");

        deadline.expire();

        assertThat(breaker("items").getState()).isEqualTo(State.OPEN);
    }

    @Test
    void anExchangeWithoutOneIsNotConcerned() {
        var exchange = new DefaultExchange(context);

        assertThat(CallDeadline.of(exchange)).isNull();
        exchange.setProperty(CallDeadline.PROPERTY, deadline);
        assertThat(CallDeadline.of(exchange)).isSameAs(deadline);
    }

    @Test
    void endAndExpiryAtOnceCountOnce() throws Exception {
        var rounds = 500;
        var pool = Executors.newFixedThreadPool(2);
        try {
            var breaker = breaker("items");
            breaker.transitionToMetricsOnlyState();
            var counted = new java.util.concurrent.atomic.AtomicInteger();
            breaker.getEventPublisher().onSuccess(event -> counted.incrementAndGet());
            breaker.getEventPublisher().onError(event -> counted.incrementAndGet());
            for (var round = 0; round < rounds; round++) {
                var raced = new CallDeadline();
                send("items", "hello", raced);
                var go = new CountDownLatch(1);
                var expiry = CompletableFuture.runAsync(() -> expireAt(go, raced), pool);
                var end = CompletableFuture.runAsync(() -> succeedAt(go), pool);
                go.countDown();
                CompletableFuture.allOf(expiry, end).get(10, TimeUnit.SECONDS);
            }

            assertThat(counted).hasValue(rounds);
        } finally {
            pool.shutdownNow();
        }
    }

    private void succeedAt(CountDownLatch go) {
        await(go);
        steps.succeedNext("in time?");
    }

    private static void expireAt(CountDownLatch go, CallDeadline deadline) {
        await(go);
        deadline.expire();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<Exchange> send(String route, Object body) {
        return send(route, body, deadline);
    }

    private CompletableFuture<Exchange> send(String route, Object body, CallDeadline with) {
        var exchange = new DefaultExchange(context);
        exchange.getIn().setBody(body);
        exchange.setProperty(CallDeadline.PROPERTY, with);
        return ((AsyncProcessor) context.getRoute(route).getProcessor()).processAsync(exchange);
    }

    private CircuitBreaker breaker(String route) {
        return Engine.breaker(context, route + "-breaker");
    }
}
