package io.cistern.operations;

import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** A check that people see, but that says neither whether to restart nor whether to route here. */
abstract class Information extends AbstractHealthCheck {

    Information(String id) {
        super("cistern", id);
    }

    /** Up unless there is trouble, in words; empty for none. */
    static void tell(HealthCheckResultBuilder builder, String trouble) {
        if (trouble.isEmpty()) {
            builder.up();
        } else {
            builder.message(trouble);
            builder.down();
        }
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }
}
