package io.cistern.breaker;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.RouteDefinition;
import org.junit.jupiter.api.AfterEach;

/** A route with a breaker that opens after two failures, run by either engine. */
abstract class EngineSuite {
    static final String START = "direct:start";

    final AtomicInteger calls = new AtomicInteger();
    CamelContext context;

    @AfterEach
    void stop() {
        context.stop();
    }

    interface RouteSteps {
        void addTo(RouteDefinition route);
    }

    void run(Engine engine, RouteSteps steps) throws Exception {
        context = engine.context();
        context.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        steps.addTo(from(START).routeId("route"));
                    }
                });
        context.start();
    }

    static CircuitBreakerDefinition breaker(RouteDefinition route) {
        return configure(route.circuitBreaker().id("breaker"));
    }

    static CircuitBreakerDefinition configure(CircuitBreakerDefinition breaker) {
        return breaker.resilience4jConfiguration()
                .slidingWindowSize(2)
                .minimumNumberOfCalls(2)
                .failureRateThreshold(100)
                .permittedNumberOfCallsInHalfOpenState(1)
                .throwExceptionWhenHalfOpenOrOpenState(true)
                .end();
    }

    Exchange send(Object body) {
        return Engine.send(context, START, body);
    }

    io.github.resilience4j.circuitbreaker.CircuitBreaker breaker() {
        return Engine.breaker(context, "breaker");
    }

    io.github.resilience4j.circuitbreaker.CircuitBreaker.Metrics metrics() {
        return breaker().getMetrics();
    }

    void count(Exchange exchange) {
        calls.incrementAndGet();
    }

    void failChecked(Exchange exchange) throws IOException {
        calls.incrementAndGet();
        throw new IOException("broken");
    }
}
