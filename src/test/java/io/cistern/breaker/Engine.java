package io.cistern.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;

/** Who runs the circuit breaker EIP. */
enum Engine {
    CAMEL,
    CISTERN;

    CamelContext context() {
        var context = new DefaultCamelContext();
        if (this == CISTERN) {
            new Breakers(BreakersFixture.DEFAULTS).install(context);
        }
        return context;
    }

    static CircuitBreaker breaker(CamelContext context, String id) {
        return context.getCamelContextExtension()
                .getContextPlugin(CircuitBreakerRegistry.class)
                .find(id)
                .orElseThrow();
    }

    static Exchange send(CamelContext context, String uri, Consumer<Exchange> prepare) {
        try (var template = context.createProducerTemplate()) {
            return template.request(uri, prepare::accept);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static Exchange send(CamelContext context, String uri, Object body) {
        return send(context, uri, exchange -> exchange.getIn().setBody(body));
    }
}
