package io.cistern.cache;

import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Protects an origin: so many calls at once, so many that wait, and where a rate is set, so many a
 * second. First come, first served. Nobody's thread waits.
 */
final class LoadGate {

    private final int maxConcurrent;
    private final int maxWaiting;
    private final long spacingNanos;
    private final Clock clock;
    private final Timers timers;
    private final ArrayDeque<Turn> waiting = new ArrayDeque<>();
    private int running;
    private long nextStart = Long.MIN_VALUE;
    private boolean timerSet;
    private boolean calling;

    LoadGate(CachePolicy policy, Clock clock, Timers timers) {
        this.maxConcurrent = policy.maxConcurrentLoads();
        this.maxWaiting = policy.maxWaiting();
        this.spacingNanos = policy.loadRate().map(LoadGate::spacing).orElse(0L);
        this.clock = clock;
        this.timers = timers;
    }

    /** Bounded far from the overflow of a long. */
    private static long spacing(double rate) {
        return Math.min((long) (1e9 / rate), Long.MAX_VALUE / 4);
    }

    /**
     * @param start gets the turn when it is its turn, on this thread or that of whoever makes room;
     *     if it throws, the turn is over
     * @return the turn, to be ended whatever happens; null if too many wait
     */
    Turn enter(Consumer<Turn> start) {
        var turn = new Turn(start);
        synchronized (this) {
            if (!isFree()) {
                if (waiting.size() >= maxWaiting) {
                    return null;
                }
                waiting.addLast(turn);
                setTimer();
                return turn;
            }
            started(turn);
        }
        turn.begin();
        return turn;
    }

    /**
     * As {@link #enter}, for what is not worth waiting for.
     *
     * @return the turn; null if it would have to wait
     */
    Turn enterAtOnce(Consumer<Turn> start) {
        var turn = new Turn(start);
        synchronized (this) {
            if (!isFree()) {
                return null;
            }
            started(turn);
        }
        turn.begin();
        return turn;
    }

    /** Whether whoever enters gets his turn at once. */
    synchronized boolean isFree() {
        return waiting.isEmpty() && mayStart();
    }

    synchronized int running() {
        return running;
    }

    synchronized int waiting() {
        return waiting.size();
    }

    private boolean mayStart() {
        return running < maxConcurrent && (spacingNanos == 0 || clock.nanos() >= nextStart);
    }

    private void started(Turn turn) {
        turn.state = Turn.RUNNING;
        running++;
        if (spacingNanos > 0) {
            nextStart = clock.nanos() + spacingNanos;
        }
    }

    /** The rate holds the first one back, not a lack of room: nobody else will call it. */
    private void setTimer() {
        if (spacingNanos == 0 || timerSet || waiting.isEmpty() || running >= maxConcurrent) {
            return;
        }
        timerSet = true;
        timers.after(
                Duration.ofNanos(Math.max(1, nextStart - clock.nanos())),
                () -> {
                    synchronized (this) {
                        timerSet = false;
                    }
                    callNext();
                });
    }

    /**
     * One thread at a time calls, and looks again before it stops: no recursion, nobody forgotten.
     */
    private void callNext() {
        synchronized (this) {
            if (calling) {
                return;
            }
            calling = true;
        }
        RuntimeException failure = null;
        for (var next = next(); next != null; next = next()) {
            try {
                next.begin();
            } catch (RuntimeException e) {
                // Those who wait behind it must not wait for ever.
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private synchronized Turn next() {
        if (waiting.isEmpty() || !mayStart()) {
            setTimer();
            calling = false;
            return null;
        }
        var next = waiting.removeFirst();
        started(next);
        return next;
    }

    /** A place in the queue, and then among those that run. */
    final class Turn {
        private static final int WAITING = 0;
        private static final int RUNNING = 1;
        private static final int ENDED = 2;

        private final Consumer<Turn> start;
        private int state = WAITING;

        private Turn(Consumer<Turn> start) {
            this.start = start;
        }

        private void begin() {
            var begun = false;
            try {
                start.accept(this);
                begun = true;
            } finally {
                if (!begun) {
                    end();
                }
            }
        }

        /** Gives the place up; more than once does nothing more. */
        void end() {
            synchronized (LoadGate.this) {
                if (state == RUNNING) {
                    running--;
                } else if (state == WAITING) {
                    waiting.remove(this);
                }
                state = ENDED;
            }
            callNext();
        }
    }
}
