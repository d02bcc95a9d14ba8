package io.cistern.operations;

import io.cistern.cache.spi.Store;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a cache uses of this process, looked at once for all gauges that one scrape reads: a look
 * makes the stores finish their housekeeping first, which is not free. Safe for many threads.
 */
final class RecentUsage {
    /** Longer than the gauges of one scrape lie apart, shorter than anybody scrapes. */
    private static final long KEPT_NANOS = Duration.ofMillis(100).toNanos();

    private final Supplier<Store.Usage> look;
    private final LongSupplier nanos;
    private volatile Seen seen;

    /**
     * @param look looks at the cache
     * @param nanos the monotonic clock, in nanoseconds
     */
    RecentUsage(Supplier<Store.Usage> look, LongSupplier nanos) {
        this.look = look;
        this.nanos = nanos;
    }

    /** What the cache used at most a tenth of a second ago. */
    Store.Usage get() {
        var now = nanos.getAsLong();
        var recent = seen;
        if (recent == null || now - recent.at >= KEPT_NANOS) {
            recent = new Seen(look.get(), now);
            seen = recent;
        }
        return recent.usage;
    }

    private record Seen(Store.Usage usage, long at) {}
}
