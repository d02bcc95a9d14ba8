package io.cistern.cache;

import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Timers;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Deletes in the background what a mark has killed, so that it does not take room until it expires.
 * One sweep takes what several invalidations left, and after each it rests for nine times as long
 * as it took: a tenth of one connection's time at most.
 */
final class Sweeper {

    static final Duration DELAY = Duration.ofSeconds(1);

    private static final int REST = 9;

    private final Supplier<CompletionStage<Long>> prune;
    private final Clock clock;
    private final Timers timers;
    private Timers.Timer timer;
    private boolean busy;
    private boolean wanted;
    private boolean closed;

    /**
     * @param prune deletes what is dead, in bounded steps
     */
    Sweeper(Supplier<CompletionStage<Long>> prune, Clock clock, Timers timers) {
        this.prune = prune;
        this.clock = clock;
        this.timers = timers;
    }

    /** Something was killed. */
    synchronized void sweep() {
        wanted = true;
        if (!busy && !closed) {
            arm(DELAY);
        }
    }

    private synchronized void arm(Duration delay) {
        busy = true;
        timer = timers.after(delay, this::begin);
    }

    private void begin() {
        synchronized (this) {
            if (closed || !wanted) {
                busy = false;
                return;
            }
            wanted = false;
        }
        var started = clock.nanos();
        // What fails is left to the next sweep, or expires by itself.
        Stages.attempt(prune)
                .whenComplete((removed, error) -> ended(Duration.ofNanos(clock.nanos() - started)));
    }

    private synchronized void ended(Duration took) {
        busy = false;
        if (!closed) {
            var rest = took.multipliedBy(REST);
            arm(rest.compareTo(DELAY) < 0 ? DELAY : rest);
        }
    }

    synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
