package io.cistern.breaker;

import io.cistern.settings.BreakerSettings;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import org.apache.camel.model.Resilience4jConfigurationDefinition;

/** The settings of breakers in the terms of Resilience4j and of Camel's model. */
final class BreakerDefaults {
    /**
     * One probe decides: the origin that is ill gets the least load, a route with few calls does
     * not linger half open until several have come, and one good answer is proof enough when only
     * failures without any success in between open the breaker.
     */
    private static final int PROBES = 1;

    private static final float FAILURE_RATE = 100;

    /**
     * A probe that hangs must not keep its route shut for good; one that is merely slow may end.
     */
    private static final Duration LONGEST_PROBE = Duration.ofMinutes(1);

    private BreakerDefaults() {}

    static CircuitBreakerConfig config(BreakerSettings settings) {
        var openFor = settings.openFor();
        return CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(settings.threshold())
                .minimumNumberOfCalls(settings.threshold())
                .failureRateThreshold(FAILURE_RATE)
                .permittedNumberOfCallsInHalfOpenState(PROBES)
                .waitDurationInOpenState(openFor)
                .maxWaitDurationInHalfOpenState(
                        openFor.compareTo(LONGEST_PROBE) > 0 ? openFor : LONGEST_PROBE)
                // Refusals come by the thousand, and all from the same line.
                .writableStackTraceEnabled(false)
                .build();
    }

    static Resilience4jConfigurationDefinition definition(BreakerSettings settings) {
        var definition = new Resilience4jConfigurationDefinition();
        definition.setSlidingWindowType(SlidingWindowType.COUNT_BASED.name());
        definition.setSlidingWindowSize(Integer.toString(settings.threshold()));
        definition.setMinimumNumberOfCalls(Integer.toString(settings.threshold()));
        definition.setFailureRateThreshold(Float.toString(FAILURE_RATE));
        definition.setPermittedNumberOfCallsInHalfOpenState(Integer.toString(PROBES));
        definition.setWaitDurationInOpenState(settings.openFor().toMillis() + "ms");
        definition.setWritableStackTraceEnabled("false");
        definition.setThrowExceptionWhenHalfOpenOrOpenState("true");
        return definition;
    }
}
