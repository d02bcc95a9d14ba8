package io.cistern.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Remembers until when each breaker is open: Resilience4j keeps that to itself. */
final class OpenTimes {
    private record OpenPeriod(long since, Duration length) {}

    private final Map<String, OpenPeriod> periods = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    OpenTimes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void watch(CircuitBreaker breaker) {
        breaker.getEventPublisher().onStateTransition(event -> changed(breaker, event));
    }

    void forget(CircuitBreaker breaker) {
        periods.remove(breaker.getName());
    }

    /** How long the breaker still refuses all calls; zero while it lets some through. */
    Duration remaining(CircuitBreaker breaker) {
        var period = periods.get(breaker.getName());
        if (period == null || breaker.getState() != State.OPEN) {
            return Duration.ZERO;
        }
        var passed = Duration.ofNanos(nanoTime.getAsLong() - period.since());
        var left = period.length().minus(passed);
        return left.isNegative() ? Duration.ZERO : left;
    }

    static Duration openFor(CircuitBreaker breaker) {
        var wait = breaker.getCircuitBreakerConfig().getWaitIntervalFunctionInOpenState();
        return Duration.ofMillis(wait.apply(1));
    }

    private void changed(CircuitBreaker breaker, CircuitBreakerOnStateTransitionEvent event) {
        if (event.getStateTransition().getToState() == State.OPEN) {
            periods.put(breaker.getName(), new OpenPeriod(nanoTime.getAsLong(), openFor(breaker)));
        } else {
            periods.remove(breaker.getName());
        }
    }
}
