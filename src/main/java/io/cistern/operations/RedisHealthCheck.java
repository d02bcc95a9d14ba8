package io.cistern.operations;

import io.cistern.redis.RedisLink;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;

/**
 * Is down while Redis is, or takes no changes. It holds readiness back no more than liveness:
 * lookups are answered without Redis.
 */
public final class RedisHealthCheck extends Information {

    private final RedisLink link;

    public RedisHealthCheck(RedisLink link) {
        super("redis");
        this.link = link;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        var state = link.state();
        builder.detail("address", link.address());
        builder.detail("since", state.since().toString());
        if (state.status() == RedisLink.Status.UP) {
            builder.up();
        } else {
            builder.message(state.text());
            builder.down();
        }
    }
}
