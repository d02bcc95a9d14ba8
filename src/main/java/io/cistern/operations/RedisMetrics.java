package io.cistern.operations;

import io.cistern.redis.RedisFailure;
import io.cistern.redis.RedisLink;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of Redis. */
public final class RedisMetrics {

    private RedisMetrics() {}

    /**
     * Registers {@code cistern.redis.errors}, by kind; its counts are read when they are asked for.
     *
     * @param meters where
     * @param link which counts
     */
    public static void bind(MeterRegistry meters, RedisLink link) {
        for (var kind : RedisFailure.Kind.values()) {
            FunctionCounter.builder("cistern.redis.errors", link, counted -> counted.errors(kind))
                    .description("Failed attempts to connect to Redis, and commands that failed")
                    .tag("kind", kind.label())
                    .register(meters);
        }
    }
}
