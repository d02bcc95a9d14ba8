package io.cistern.cache.spi;

/** The two times of the engine. Neither is an instance's wall clock. */
public interface Clock {

    /** A monotonic time in nanoseconds, for intervals within this instance. */
    long nanos();

    /**
     * The store's time in milliseconds since the epoch, the same on all instances but for the error
     * of its estimate, for what entries say of themselves. It may be corrected in either direction.
     */
    long millis();
}
