package io.cistern.app;

import io.cistern.cache.spi.Clock;
import java.util.concurrent.TimeUnit;

/**
 * The time of a process that shares its entries with nobody: the wall clock once, then the
 * monotonic one, so that nobody who sets the wall clock moves an entry's end. Over a restart it
 * goes on no earlier than it stopped.
 */
final class ProcessClock implements Clock {

    private volatile long offset =
            System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime());

    /** Goes on from a moment, in milliseconds, if that is later than now. */
    void notBefore(long millis) {
        offset += Math.max(0, millis - millis());
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) + offset;
    }
}
