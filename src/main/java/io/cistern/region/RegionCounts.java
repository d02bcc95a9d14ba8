package io.cistern.region;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** What people and meters are told of a region. Safe for use by many threads. */
public final class RegionCounts {

    private final LongAdder told = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder emptied = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private volatile Consumer<Duration> latency = took -> {};
    private volatile String trouble;

    /** Invalidations that the brokers have. */
    public long told() {
        return told.sum();
    }

    /** Invalidations that other regions could not be told, so that they were not acknowledged. */
    public long refused() {
        return refused.sum();
    }

    /** How often all caches of the region were emptied, because something may have been missed. */
    public long emptied() {
        return emptied.sum();
    }

    /** Records that can't be read. */
    public long unreadable() {
        return unreadable.sum();
    }

    /** Why other regions can't be told now; null if they can, or nobody has tried. */
    public String trouble() {
        return trouble;
    }

    /** Is told from now on how long each invalidation took until the brokers had it. */
    public void onTold(Consumer<Duration> listener) {
        latency = listener;
    }

    void told(Duration took) {
        told.increment();
        latency.accept(took);
    }

    void countRefused() {
        refused.increment();
    }

    void countEmptied() {
        emptied.increment();
    }

    void countUnreadable() {
        unreadable.increment();
    }

    void trouble(String reason) {
        trouble = reason;
    }
}
