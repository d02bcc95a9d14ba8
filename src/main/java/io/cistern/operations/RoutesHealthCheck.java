package io.cistern.operations;

import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Is down while a route that ought to run does not. Camel has a check for each route; those trip
 * over a route that is just being removed, and would hold readiness back for an edit.
 */
public final class RoutesHealthCheck extends AbstractHealthCheck {

    private final CamelContext context;

    /**
     * @param context whose routes
     */
    public RoutesHealthCheck(CamelContext context) {
        super("cistern", "route-states"); // Camel itself looks for `routes`
        this.context = context;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.up();
        for (var route : context.getRoutes()) {
            var status = context.getRouteController().getRouteStatus(route.getRouteId());
            // Null: removed since. One that is stopping is being removed, or was told to.
            var runs = status == null || status == ServiceStatus.Started || status.isStarting();
            if (!runs && !status.isStopping() && route.isAutoStartup()) {
                builder.detail(route.getRouteId(), status.name());
                builder.message("routes do not run");
                builder.down();
            }
        }
    }
}
