package io.cistern.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A breaker's permission for one call, given back exactly once: the first of the methods below that
 * is called counts, all later ones do nothing. Safe for use by many threads.
 */
final class Permission {
    private final CircuitBreaker breaker;
    private final long start;
    private final AtomicBoolean settled = new AtomicBoolean();

    /** For a call that {@link CircuitBreaker#tryAcquirePermission} has let through. */
    Permission(CircuitBreaker breaker) {
        this.breaker = breaker;
        this.start = breaker.getCurrentTimestamp();
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    boolean succeeded() {
        if (!settle()) {
            return false;
        }
        breaker.onSuccess(duration(), breaker.getTimestampUnit());
        return true;
    }

    boolean failed(Throwable failure) {
        if (!settle()) {
            return false;
        }
        breaker.onError(duration(), breaker.getTimestampUnit(), failure);
        return true;
    }

    /** The call never took place, or another one counts in its place. */
    boolean release() {
        if (!settle()) {
            return false;
        }
        breaker.releasePermission();
        return true;
    }

    private boolean settle() {
        return settled.compareAndSet(false, true);
    }

    private long duration() {
        return breaker.getCurrentTimestamp() - start;
    }
}
