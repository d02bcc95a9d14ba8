package io.cistern.cache;

import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Timers;
import java.time.Duration;

/** Whether the shared store answers the heartbeat. One for all caches of an instance. */
final class Pulse {

    /** How old what is known of invalidations may be to be served by: promised to users. */
    static final Duration LIMIT = Duration.ofMillis(100);

    /** A timer that comes later than this says that the process stood still, not the store. */
    private static final long LATE_NANOS = Duration.ofMillis(10).toNanos();

    private final Clock clock;
    private final Timers timers;
    private Timers.Timer timer;
    private volatile boolean silent;

    Pulse(Clock clock, Timers timers) {
        this.clock = clock;
        this.timers = timers;
    }

    /** A beat is sent. */
    synchronized void sent() {
        var due = clock.nanos() + LIMIT.toNanos();
        timer = timers.after(LIMIT, () -> overdue(due));
    }

    private synchronized void overdue(long due) {
        if (timer == null) {
            return;
        }
        if (isLate(clock, due)) {
            // The answer may be here, and nobody had the time to look at it.
            sent();
        } else {
            silent = true;
        }
    }

    /** It was answered, or failed. */
    synchronized void ended() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        silent = false;
    }

    /** Whether a beat has waited for its answer for so long that the store must be in trouble. */
    boolean isSilent() {
        return silent;
    }

    /**
     * Whether a timer comes so late that this process stood still: what has been answered meanwhile
     * is not known yet.
     *
     * @param due when it should have come, in monotonic nanoseconds
     */
    static boolean isLate(Clock clock, long due) {
        return clock.nanos() - due > LATE_NANOS;
    }
}
