package io.cistern.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** Keeps a breaker in the registry for as long as any route uses it. */
final class BreakerLeases {
    private final CircuitBreakerRegistry registry;
    private final Map<String, Integer> users = new ConcurrentHashMap<>();

    BreakerLeases(CircuitBreakerRegistry registry) {
        this.registry = registry;
    }

    /** The breaker of that name, made if there is none. To be released as often as acquired. */
    CircuitBreaker acquire(String name, CircuitBreakerConfig config) {
        var breaker = new AtomicReference<CircuitBreaker>();
        users.compute(
                name,
                (key, count) -> {
                    breaker.set(registry.circuitBreaker(name, config));
                    return count == null ? 1 : count + 1;
                });
        return breaker.get();
    }

    void release(String name) {
        users.computeIfPresent(
                name,
                (key, count) -> {
                    if (count > 1) {
                        return count - 1;
                    }
                    registry.remove(name);
                    return null;
                });
    }
}
