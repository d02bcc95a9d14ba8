package io.cistern.redis;

import java.util.concurrent.ThreadLocalRandom;

/** Exponential delays with jitter between attempts. The cap is low, so that healing is quick. */
public final class Backoff {
    static final long FIRST_MILLIS = 50;
    static final long CAP_MILLIS = 1_000;

    private int attempts;

    /** Milliseconds to wait: three quarters to all of a delay that doubles up to the cap. */
    public synchronized long next() {
        long full = Math.min(CAP_MILLIS, FIRST_MILLIS << Math.min(attempts, 10));
        attempts++;
        return full - ThreadLocalRandom.current().nextLong(full / 4 + 1);
    }

    /** The next delay is the shortest again. */
    public synchronized void reset() {
        attempts = 0;
    }
}
