package io.cistern.operations;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Holds readiness back until the routes folder has been loaded. */
public final class StartHealthCheck extends AbstractHealthCheck {

    private volatile boolean done;

    public StartHealthCheck() {
        super("cistern", "start");
    }

    /** All that belongs to the start is done. */
    public void done() {
        done = true;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        if (done) {
            builder.up();
        } else {
            builder.message("the routes folder is being loaded");
            builder.down();
        }
    }
}
