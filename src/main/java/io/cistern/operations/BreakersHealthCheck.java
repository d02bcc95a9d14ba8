package io.cistern.operations;

import io.cistern.breaker.Breakers;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheckResultBuilder;

/**
 * Tells which breakers are not closed. It stays up: one origin that fails is a matter of its own
 * caches, and no reason to take the instance out of service.
 */
public final class BreakersHealthCheck extends Information {

    private final Breakers breakers;

    public BreakersHealthCheck(Breakers breakers) {
        super("breakers");
        this.breakers = breakers;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        var notClosed =
                breakers.states().entrySet().stream()
                        .filter(breaker -> breaker.getValue() != CircuitBreaker.State.CLOSED)
                        .map(breaker -> breaker.getKey() + " " + breaker.getValue())
                        .collect(Collectors.joining(", "));
        builder.detail("not.closed", notClosed);
        builder.up();
    }
}
