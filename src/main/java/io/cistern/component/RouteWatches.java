package io.cistern.component;

import io.cistern.validity.RouteFingerprint;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.SimpleEventNotifierSupport;

/**
 * Looks at what the fingerprints of routes are made of: whenever a route comes or goes, since it
 * may be one that they call, and each second, since files that they name may change.
 */
final class RouteWatches extends SimpleEventNotifierSupport {

    private static final long PERIOD_SECONDS = 1;

    private final CamelContext context;
    private final Set<RouteWatch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isDue = new AtomicBoolean();
    private ScheduledExecutorService thread;

    RouteWatches(CamelContext context) {
        this.context = context;
    }

    /**
     * Begins to look at a route.
     *
     * @throws IllegalStateException if its fingerprint can't be told
     */
    synchronized RouteWatch begin(RouteFingerprint route) {
        var watch = new RouteWatch(route);
        watches.add(watch);
        if (thread == null) {
            thread =
                    context.getExecutorServiceManager()
                            .newSingleThreadScheduledExecutor(this, "cistern-fingerprints");
            thread.scheduleWithFixedDelay(
                    this::lookAtAll, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
            context.getManagementStrategy().addEventNotifier(this);
        }
        return watch;
    }

    void end(RouteWatch watch) {
        watches.remove(watch);
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        return event instanceof CamelEvent.RouteEvent;
    }

    @Override
    public void notify(CamelEvent event) {
        if (isDue.compareAndSet(false, true)) {
            try {
                thread.execute(this::lookAtAll);
            } catch (RejectedExecutionException stopped) {
                isDue.set(false);
            }
        }
    }

    private void lookAtAll() {
        // Before it looks: who comes while it does is looked at once more.
        isDue.set(false);
        watches.forEach(RouteWatch::look);
    }

    @Override
    protected synchronized void doStop() throws Exception {
        if (thread != null) {
            context.getManagementStrategy().removeEventNotifier(this);
            context.getExecutorServiceManager().shutdown(thread);
            thread = null;
        }
        super.doStop();
    }
}
