package io.cistern.component;

import io.cistern.validity.RouteFingerprint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fingerprint of a route, as it was when {@link RouteWatches} looked last. The route's own
 * steps can't change under it; what it calls and names can.
 */
final class RouteWatch {

    private static final Logger LOG = LoggerFactory.getLogger(RouteWatch.class);

    private final RouteFingerprint route;
    private volatile String last;

    /**
     * @throws IllegalStateException if it can't be told
     */
    RouteWatch(RouteFingerprint route) {
        this.route = route;
        this.last = route.compute();
    }

    /** Never waits. */
    String fingerprint() {
        return last;
    }

    void look() {
        try {
            last = route.compute();
        } catch (RuntimeException e) {
            // As while it is exchanged: its successor has a watch of its own.
            LOG.debug("The fingerprint of a route can't be told now", e);
        }
    }
}
