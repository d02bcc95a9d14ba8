package io.cistern.operations;

import io.cistern.redis.RedisFailure;
import io.cistern.redis.RedisLink;
import io.cistern.store.redis.RedisStore;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of Redis. */
public final class RedisMetrics {

    private static final String NAME = "cistern.redis.errors";
    private static final String DESCRIPTION =
            "Failed attempts to connect to Redis, commands that failed, and what is no entry";

    private static final String UP = "cistern.redis.up";

    private RedisMetrics() {}

    /**
     * Registers {@code cistern.redis.up}, and {@code cistern.redis.errors} by kind; its counts are
     * read when they are asked for.
     *
     * @param meters where
     * @param link which counts failures
     * @param store which counts what it reads and is no entry
     */
    public static void bind(MeterRegistry meters, RedisLink link, RedisStore store) {
        Gauge.builder(UP, link, it -> it.isUp() ? 1 : 0)
                .description("Whether Redis answers: 1 or 0")
                .register(meters);
        FunctionCounter.builder(NAME, store, RedisStore::undecodable)
                .description(DESCRIPTION)
                .tag("kind", "undecodable")
                .register(meters);
        for (var kind : RedisFailure.Kind.values()) {
            FunctionCounter.builder(NAME, link, counted -> counted.errors(kind))
                    .description(DESCRIPTION)
                    .tag("kind", kind.label())
                    .register(meters);
        }
    }
}
