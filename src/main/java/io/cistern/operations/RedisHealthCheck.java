package io.cistern.operations;

import io.cistern.redis.RedisLink;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Is down while Redis is, or takes no changes. It holds readiness back no more than liveness:
 * lookups are answered without Redis.
 */
public final class RedisHealthCheck extends AbstractHealthCheck {

    private final RedisLink link;

    public RedisHealthCheck(RedisLink link) {
        super("cistern", "redis");
        this.link = link;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        var state = link.state();
        builder.detail("address", link.address());
        builder.detail("since", state.since().toString());
        if (state.status() == RedisLink.Status.UP) {
            builder.up();
        } else {
            builder.message(state.reason());
            builder.down();
        }
    }
}
