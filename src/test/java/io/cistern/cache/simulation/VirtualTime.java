package io.cistern.cache.simulation;

import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Timers;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Time that passes only when a test says so. Everything that happens later is queued here and runs
 * on the caller's thread, in the order of its moment; what shares a moment runs in an order that
 * the seed decides.
 */
public final class VirtualTime implements Clock, Timers {

    /** Negative, since a monotonic clock may begin anywhere. */
    private static final long START_NANOS = -5_000_000_000L;

    private static final long START_MILLIS = 1_800_000_000_000L;
    private static final int FAR_TOO_MANY = 2_000_000;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Random random;
    private long nanos = START_NANOS;
    private long millisOffset;
    private long backwards;
    private int timers;
    private int ticking;

    public VirtualTime(long seed) {
        this.random = new Random(seed);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long millis() {
        return START_MILLIS + Math.floorDiv(nanos - START_NANOS, 1_000_000L) + millisOffset;
    }

    /** The store's time is corrected by so many milliseconds; the monotonic time isn't. */
    public void correctMillis(long by) {
        millisOffset += by;
        backwards += Math.max(0, -by);
    }

    /** By how many milliseconds in all the store's time went backwards. */
    public long backwardsMillis() {
        return backwards;
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        timers++;
        var event = event(delay.toNanos(), Kind.TIMER, task);
        return () -> {
            if (events.remove(event)) {
                timers--;
            }
        };
    }

    /** Timers of what never ends: they don't count, and nothing waits for them. */
    public Timers ticking() {
        return (delay, task) -> {
            ticking++;
            var event = event(delay.toNanos(), Kind.TICKING, task);
            return () -> {
                if (events.remove(event)) {
                    ticking--;
                }
            };
        };
    }

    /** Runs a task so much later; no timer of the engine's. */
    public void later(long delayNanos, Runnable task) {
        event(delayNanos, Kind.OTHER, task);
    }

    private Event event(long delayNanos, Kind kind, Runnable task) {
        var event = new Event(nanos + Math.max(0, delayNanos), random.nextInt(), kind, task);
        events.add(event);
        return event;
    }

    /** How many timers are set. */
    public int timers() {
        return timers;
    }

    /** Runs what comes next; false where nothing is left. */
    public boolean step() {
        var event = events.poll();
        if (event == null) {
            return false;
        }
        nanos = Math.max(nanos, event.at);
        switch (event.kind) {
            case TIMER -> timers--;
            case TICKING -> ticking--;
            default -> {
                // not counted
            }
        }
        event.task.run();
        return true;
    }

    /** Lets time pass and runs all that becomes due. */
    public void pass(Duration time) {
        var until = nanos + time.toNanos();
        while (!events.isEmpty() && events.peek().at <= until) {
            step();
        }
        nanos = until;
    }

    /** Lets time pass and runs nothing of what becomes due: the whole process stands still. */
    public void sleep(Duration time) {
        nanos += time.toNanos();
    }

    /** Runs until nothing is left to happen but what never ends. */
    public void settle() {
        var count = 0;
        while (events.size() > ticking) {
            step();
            if (++count > FAR_TOO_MANY) {
                throw new AssertionError("it never comes to rest");
            }
        }
    }

    private enum Kind {
        TIMER,
        TICKING,
        OTHER
    }

    private record Event(long at, int order, Kind kind, Runnable task)
            implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            var first = Long.compare(at, other.at);
            return first != 0 ? first : Integer.compare(order, other.order);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }
}
