package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.spi.Observer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Decides by which hits a value is loaded again before it expires: XFetch (Vattani, Chierichetti,
 * Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015). A hit does it if what
 * is left of the ttl is no more than {@code delta * beta * -ln(random)}, where delta is how long a
 * load takes. Nobody has to know of the others, and the more a key is asked for, the surer it is
 * loaded in time.
 *
 * <p>Delta is a moving average of the cache's loads, not the time that the load of this very entry
 * took: what matters is how long the next one will take, of which one past load says little and the
 * recent ones say how the origin fares now. An entry's own would have to go with it through the
 * shared store, too. An instance that has loaded nothing yet refreshes nothing early.
 */
final class EarlyRefresh {

    /** The weight of one more load, as for the smoothed round trip of TCP (RFC 6298). */
    private static final double GAIN = 1 / 8.0;

    /** A random double is a multiple of 2^-53: no logarithm of one is larger. */
    private static final double LARGEST_LOG = 53 * Math.log(2);

    private static final double NONE = -1;
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);

    private final double beta;
    private final DoubleSupplier random;
    private double averageNanos = NONE;

    /** Beta times delta, in milliseconds. */
    private volatile double scale;

    /** With more milliseconds left than this, no hit does it. */
    private volatile long horizon = Long.MIN_VALUE;

    /**
     * @param beta above 1 earlier, below 1 later; 0 for never
     * @param random evenly from 0 to 1
     */
    EarlyRefresh(double beta, DoubleSupplier random) {
        this.beta = beta;
        this.random = random;
    }

    boolean isOn() {
        return beta > 0;
    }

    /** A call of the origin ended after so many nanoseconds. */
    void loaded(Observer.Load result, long nanos) {
        var isMeasure = result == Observer.Load.SUCCESS || result == Observer.Load.MISSING;
        if (isOn() && isMeasure) {
            learn(nanos);
        }
    }

    private synchronized void learn(long nanos) {
        averageNanos = averageNanos == NONE ? nanos : averageNanos + GAIN * (nanos - averageNanos);
        scale = beta * averageNanos / TimeUnit.MILLISECONDS.toNanos(1);
        horizon = (long) Math.ceil(scale * LARGEST_LOG);
    }

    /** How long a key is left alone whose refresh came to nothing: as long as a load takes. */
    synchronized Duration pause() {
        var average = Duration.ofNanos((long) Math.max(0, averageNanos));
        return average.compareTo(SHORTEST_PAUSE) > 0 ? average : SHORTEST_PAUSE;
    }

    /**
     * Whether a hit is to begin a refresh. While it is far from its end, or this is off, that is
     * one comparison.
     *
     * @param entry what was hit
     * @param now in milliseconds of the store's time
     */
    boolean isDue(Entry entry, long now) {
        var left = entry.freshUntil() - now;
        return left <= horizon && left <= -Math.log(1 - random.getAsDouble()) * scale;
    }
}
