package io.cistern.redis;

import java.time.Duration;

/**
 * Whether this process stood still lately: stopped, starved, or collecting garbage. What timed out
 * then says nothing about Redis. Told by something that runs regularly.
 */
final class Stillness {

    private final long gapNanos;
    private final long afterwardsNanos;
    private volatile long lastTick = System.nanoTime();
    private volatile long wokeAt;
    private volatile boolean everWoke;

    /**
     * @param gap between two ticks, from which on it stood still
     * @param afterwards for how long after that time-outs are not to be trusted
     */
    Stillness(Duration gap, Duration afterwards) {
        this.gapNanos = gap.toNanos();
        this.afterwardsNanos = afterwards.toNanos();
    }

    /** Runs regularly; by one thread. */
    void tick() {
        var now = System.nanoTime();
        if (now - lastTick > gapNanos) {
            wokeAt = now;
            everWoke = true;
        }
        lastTick = now;
    }

    /** Also before the first tick after it. */
    boolean isRecent() {
        var now = System.nanoTime();
        return now - lastTick > gapNanos || everWoke && now - wokeAt < afterwardsNanos;
    }
}
