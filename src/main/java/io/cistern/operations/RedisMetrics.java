package io.cistern.operations;

import io.cistern.redis.RedisFailure.Kind;
import io.cistern.redis.RedisLink;
import io.cistern.store.redis.RedisFailure;
import io.cistern.store.redis.RedisStore;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.Locale;

/** The meters of Redis: what failed, by kind. What was never sent to Redis is no error of it. */
public final class RedisMetrics {

    private RedisMetrics() {}

    /**
     * Registers {@code cistern.redis.errors}.
     *
     * @param meters where
     * @param link counts attempts to connect
     * @param store counts operations of the store
     */
    public static void bind(MeterRegistry meters, RedisLink link, RedisStore store) {
        for (var kind : Kind.values()) {
            FunctionCounter.builder(
                            "cistern.redis.errors",
                            store,
                            counted -> link.errors(kind) + failures(counted, kind))
                    .description("Attempts to connect and operations of the store that failed")
                    .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                    .register(meters);
        }
    }

    private static long failures(RedisStore store, Kind kind) {
        return Arrays.stream(RedisFailure.values())
                .filter(failure -> kindOf(failure) == kind)
                .mapToLong(store::failures)
                .sum();
    }

    private static Kind kindOf(RedisFailure failure) {
        return switch (failure) {
            case DISCONNECTED -> Kind.CONNECTION;
            case TIMEOUT -> Kind.TIMEOUT;
            case AUTHENTICATION -> Kind.AUTH;
            default -> Kind.COMMAND;
        };
    }
}
