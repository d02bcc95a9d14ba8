package io.cistern.app;

import io.cistern.cache.spi.Clock;
import java.util.concurrent.TimeUnit;

/**
 * The time of a process that shares its entries with nobody: the wall clock once, then the
 * monotonic one, so that nobody who sets the wall clock moves an entry's end.
 */
final class ProcessClock implements Clock {

    private final long offset =
            System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime());

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) + offset;
    }
}
