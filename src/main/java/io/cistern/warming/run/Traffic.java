package io.cistern.warming.run;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How much is looked up at the moment: a run leaves room for it, for it shares cores and Redis with
 * lookups. For one thread.
 */
final class Traffic {

    /** What a run may take. */
    enum Room {
        /** While nobody looks anything up. */
        ALL(4, 500, 0),
        /** With so little under way each of a few lookups finds a core soon. */
        SOME(3, 500, 0),
        /**
         * Redis answers nobody else while it stores a part, and who shares cores with it and with a
         * run that never rests waits for one.
         */
        LEAST(1, 50, 3);

        private final int parts;
        private final int rows;
        private final int rests;

        Room(int parts, int rows, int rests) {
            this.parts = parts;
            this.rows = rows;
            this.rests = rests;
        }

        /** How many parts may be under way at once. */
        int parts() {
            return parts;
        }

        /** How many rows a part may have. */
        int rows() {
            return rows;
        }

        /** How many times as long as the last part took there is a rest before the next one. */
        int rests() {
            return rests;
        }
    }

    /** Measured: above it the p99 of lookups more than doubles unless the least is taken. */
    private static final int FEW_PER_SECOND = 150;

    private static final long SAMPLED_EVERY_NANOS = Duration.ofMillis(10).toNanos();

    /** So long after a lookup there may be another one; the rate is an average over it. */
    private static final long LASTS_NANOS = Duration.ofMillis(200).toNanos();

    private final LongSupplier lookups;
    private final LongSupplier nanoTime;
    private long counted;
    private long sampledAt;
    private long lookedUpAt;
    private double perSecond;

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

    Room room() {
        var now = nanoTime.getAsLong();
        if (now - sampledAt >= SAMPLED_EVERY_NANOS) {
            sample(now);
        }
        if (now - lookedUpAt >= LASTS_NANOS) {
            return Room.ALL;
        }
        return perSecond <= FEW_PER_SECOND ? Room.SOME : Room.LEAST;
    }

    private void sample(long now) {
        var passed = now - sampledAt;
        var all = lookups.getAsLong();
        var more = all - counted;
        sampledAt = now;
        counted = all;
        if (more > 0) {
            lookedUpAt = now;
        }
        var current = more * (double) Duration.ofSeconds(1).toNanos() / passed;
        var weight = Math.min(1, (double) passed / LASTS_NANOS);
        perSecond += weight * (current - perSecond);
    }
}
