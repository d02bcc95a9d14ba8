package io.cistern.component;

import io.cistern.validity.RouteFingerprint;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fingerprint of a route, as it was a second ago at most while it is asked for. The route's own
 * steps can't change under it; what it calls and names can.
 */
final class RouteWatch {

    private static final Logger LOG = LoggerFactory.getLogger(RouteWatch.class);
    private static final long PERIOD = Duration.ofSeconds(1).toNanos();

    private final RouteFingerprint route;
    private final Executor threads;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile String last;
    private volatile long since;

    private RouteWatch(RouteFingerprint route, Executor threads) {
        this.route = route;
        this.threads = threads;
        this.last = route.compute();
        this.since = System.nanoTime();
    }

    /**
     * @param route whose
     * @param threads on which it is looked at again
     * @throws IllegalStateException if it can't be told
     */
    static RouteWatch begin(RouteFingerprint route, Executor threads) {
        return new RouteWatch(route, threads);
    }

    /** Never waits. */
    String fingerprint() {
        if (System.nanoTime() - since > PERIOD && looking.compareAndSet(false, true)) {
            try {
                threads.execute(this::look);
            } catch (RejectedExecutionException busy) {
                looking.set(false);
            }
        }
        return last;
    }

    private void look() {
        try {
            last = route.compute();
        } catch (RuntimeException e) {
            // As while it is exchanged: its successor has a watch of its own.
            LOG.debug("The fingerprint of a route can't be told now", e);
        } finally {
            since = System.nanoTime();
            looking.set(false);
        }
    }
}
