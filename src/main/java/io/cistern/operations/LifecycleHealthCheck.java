package io.cistern.operations;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Holds readiness back until the routes folder has been loaded, and takes it away before an
 * instance that was told to stop refuses anything.
 */
public final class LifecycleHealthCheck extends AbstractHealthCheck {

    private enum Phase {
        STARTING("the routes folder is being loaded"),
        SERVING(null),
        STOPPING("the instance is stopping");

        private final String why;

        Phase(String why) {
            this.why = why;
        }
    }

    private volatile Phase phase = Phase.STARTING;

    public LifecycleHealthCheck() {
        super("cistern", "lifecycle");
    }

    /** All that belongs to the start is done; too late where the stop has begun. */
    public synchronized void started() {
        if (phase == Phase.STARTING) {
            phase = Phase.SERVING;
        }
    }

    /** The instance is about to stop. Can't be undone. */
    public synchronized void stopping() {
        phase = Phase.STOPPING;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        var now = phase;
        if (now == Phase.SERVING) {
            builder.up();
        } else {
            builder.message(now.why);
            builder.down();
        }
    }
}
