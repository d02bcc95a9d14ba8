package io.cistern.warming.run;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether anybody looks anything up at the moment: a run then leaves room for it, for it shares
 * cores and Redis with lookups. For one thread.
 */
final class Traffic {

    private static final long SAMPLED_EVERY_NANOS = Duration.ofMillis(10).toNanos();

    /** So long after a lookup there may be another one. */
    private static final long LASTS_NANOS = Duration.ofMillis(200).toNanos();

    private final LongSupplier lookups;
    private final LongSupplier nanoTime;
    private long counted;
    private long sampledAt;
    private long lookedUpAt;

    /**
     * @param lookups how many there have been so far; not asked for each row
     * @param nanoTime monotonic
     */
    Traffic(LongSupplier lookups, LongSupplier nanoTime) {
        this.lookups = lookups;
        this.nanoTime = nanoTime;
        this.counted = lookups.getAsLong();
        this.sampledAt = nanoTime.getAsLong();
        this.lookedUpAt = sampledAt - LASTS_NANOS;
    }

    /** Whether there was a lookup within the last fifth of a second. */
    boolean isThere() {
        var now = nanoTime.getAsLong();
        if (now - sampledAt >= SAMPLED_EVERY_NANOS) {
            sampledAt = now;
            var before = counted;
            counted = lookups.getAsLong();
            if (counted != before) {
                lookedUpAt = now;
            }
        }
        return now - lookedUpAt < LASTS_NANOS;
    }
}
