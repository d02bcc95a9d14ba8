package io.cistern.cache.spi;

import java.time.Duration;

/** Runs things later, without a thread that waits for each. */
public interface Timers {

    /**
     * @param delay when, from now
     * @param task what; short, and never throws
     * @return to call it off
     */
    Timer after(Duration delay, Runnable task);

    /** A task that may still run. */
    @FunctionalInterface
    interface Timer {
        /** Calls it off; no effect once it ran. */
        void cancel();
    }
}
