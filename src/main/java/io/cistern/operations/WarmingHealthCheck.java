package io.cistern.operations;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Holds readiness back while strategies that ask for that warm at the start. */
public final class WarmingHealthCheck extends AbstractHealthCheck {

    private final Supplier<Set<String>> holding;

    /**
     * @param holding the names of those strategies
     */
    public WarmingHealthCheck(Supplier<Set<String>> holding) {
        super("cistern", "warming");
        this.holding = holding;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        var names = holding.get();
        if (names.isEmpty()) {
            builder.up();
        } else {
            builder.message("start-up warming by " + String.join(", ", names));
            builder.down();
        }
    }
}
