package io.cistern.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;

/**
 * Lets the caller of a route tell its breakers that it waits no longer.
 *
 * <p>The caller sets one as the exchange property {@link #PROPERTY} before it sends the exchange
 * into the route, and calls {@link #expire} when its time-out has passed. It does not stop the
 * route: only the breakers' books are closed. What the exchange is split or copied into carries the
 * same deadline. Safe for use by many threads.
 */
public final class CallDeadline {
    /** The name of the exchange property. */
    public static final String PROPERTY = "CisternCallDeadline";

    private final Set<Permission> inside = new HashSet<>();
    private volatile boolean expired;

    /**
     * The deadline of an exchange.
     *
     * @return null if it has none
     */
    public static CallDeadline of(Exchange exchange) {
        return exchange.getProperty(PROPERTY) instanceof CallDeadline deadline ? deadline : null;
    }

    /**
     * Every breaker that the exchange is inside of now counts one failure, a {@link
     * TimeoutException}, however many of the exchange's parts are inside of it; how those calls
     * really end counts no more. Breakers that the exchange comes to from now on end it at once
     * with a {@link TimeoutException}, without counting.
     *
     * @return false if it had expired before; nothing happens then
     */
    public boolean expire() {
        Set<Permission> open;
        synchronized (inside) {
            if (expired) {
                return false;
            }
            expired = true;
            open = new HashSet<>(inside);
            inside.clear();
        }
        var timeout = timeout();
        var counted = Collections.<CircuitBreaker>newSetFromMap(new IdentityHashMap<>());
        for (var permission : open) {
            if (counted.contains(permission.breaker())) {
                permission.release();
            } else if (permission.failed(timeout)) {
                counted.add(permission.breaker());
            }
        }
        return true;
    }

    public boolean isExpired() {
        return expired;
    }

    /** False if it has expired: the call must not begin then. */
    boolean enter(Permission permission) {
        synchronized (inside) {
            return !expired && inside.add(permission);
        }
    }

    void leave(Permission permission) {
        synchronized (inside) {
            inside.remove(permission);
        }
    }

    static TimeoutException timeout() {
        return new TimeoutException("The caller's time-out has passed");
    }
}
