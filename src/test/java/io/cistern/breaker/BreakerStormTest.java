package io.cistern.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.settings.BreakerSettings;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads at once: whatever happens, the books of the breaker add up. */
class BreakerStormTest {
    private static final int CALLERS = 8;
    private static final int CALLS = 500;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final ExecutorService origin = Executors.newFixedThreadPool(4);
    private final Map<String, LongAdder> events = new ConcurrentHashMap<>();
    private Breakers breakers;

    @AfterEach
    void stop() {
        context.stop();
        callers.shutdownNow();
        origin.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyCallIsCountedOnce(boolean asynchronous) throws Exception {
        start(new BreakerSettings(true, 1_000_000, Duration.ofMinutes(1)), asynchronous);

        var answers = storm();

        var failed = answers.stream().filter(answer -> answer.getException() != null).count();
        var expired = answers.stream().filter(BreakerStormTest::isExpired).count();
        assertThat(answers).hasSize(CALLERS * CALLS);
        assertThat(failed).isPositive();
        assertThat(expired).isPositive();
        assertThat(count("SUCCESS") + count("ERROR")).isEqualTo(CALLERS * CALLS);
        var metrics = breakers.find("items-breaker").orElseThrow().getMetrics();
        assertThat(metrics.getNumberOfBufferedCalls()).isEqualTo(CALLERS * CALLS);
        assertThat(metrics.getNumberOfFailedCalls()).isEqualTo((int) count("ERROR"));
        assertThat(metrics.getNumberOfFailedCalls()).isGreaterThanOrEqualTo((int) failed);
    }

    @Test
    void aBreakerThatFlapsNeverStaysShut() throws Exception {
        start(new BreakerSettings(true, 2, Duration.ofMillis(1)), true);
        var breaker = breakers.find("items-breaker").orElseThrow();

        var answers = storm();

        var refused =
                answers.stream()
                        .filter(
                                answer ->
                                        answer.getException() instanceof CallNotPermittedException)
                        .count();
        assertThat(refused + count("SUCCESS") + count("ERROR")).isEqualTo(CALLERS * CALLS);
        Awaitility.await()
                .until(
                        () -> {
                            call("well").get(10, TimeUnit.SECONDS);
                            return breaker.getState() == State.CLOSED;
                        });
    }

    private static boolean isExpired(Exchange answer) {
        var deadline = CallDeadline.of(answer);
        return deadline != null && deadline.isExpired();
    }

    private ArrayList<Exchange> storm() throws Exception {
        var running = new ArrayList<CompletableFuture<ArrayList<Exchange>>>();
        for (var caller = 0; caller < CALLERS; caller++) {
            running.add(CompletableFuture.supplyAsync(this::calls, callers));
        }
        var answers = new ArrayList<Exchange>();
        for (var calls : running) {
            answers.addAll(calls.get(60, TimeUnit.SECONDS));
        }
        return answers;
    }

    private ArrayList<Exchange> calls() {
        var answers = new ArrayList<Exchange>();
        for (var i = 0; i < CALLS; i++) {
            var answer = call(i % 3 == 0 ? "fail" : i % 7 == 0 ? "throw" : "well");
            answers.add(answer.orTimeout(10, TimeUnit.SECONDS).join());
        }
        return answers;
    }

    private CompletableFuture<Exchange> call(String body) {
        var exchange = new DefaultExchange(context);
        exchange.getIn().setBody(body);
        exchange.setProperty(CallDeadline.PROPERTY, new CallDeadline());
        return ((AsyncProcessor) context.getRoute("items").getProcessor()).processAsync(exchange);
    }

    private long count(String event) {
        return events.computeIfAbsent(event, key -> new LongAdder()).sum();
    }

    private void start(BreakerSettings settings, boolean asynchronous) throws Exception {
        breakers = new Breakers(settings);
        breakers.install(context);
        context.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        errorHandler(noErrorHandler());
                        from("direct:items").routeId("items").process(new Origin(asynchronous));
                    }
                });
        context.start();
        breakers.find("items-breaker")
                .orElseThrow()
                .getEventPublisher()
                .onEvent(
                        event ->
                                events.computeIfAbsent(
                                                event.getEventType().name(), key -> new LongAdder())
                                        .increment());
    }

    /** Fails, throws, or does well; now and then after the deadline. */
    private final class Origin extends AsyncProcessorSupport {
        private final LongAdder calls = new LongAdder();
        private final boolean asynchronous;

        private Origin(boolean asynchronous) {
            this.asynchronous = asynchronous;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            calls.increment();
            if ("throw".equals(exchange.getIn().getBody())) {
                throw new IllegalStateException("thrown");
            }
            if (asynchronous) {
                origin.execute(() -> end(exchange, callback, false));
                return false;
            }
            return end(exchange, callback, true);
        }

        private boolean end(Exchange exchange, AsyncCallback callback, boolean sync) {
            if (calls.sum() % 5 == 0) {
                CallDeadline.of(exchange).expire();
            }
            if ("fail".equals(exchange.getIn().getBody())) {
                exchange.setException(new IOException("failed"));
            }
            callback.done(sync);
            return sync;
        }
    }
}
