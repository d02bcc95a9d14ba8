package io.cistern.warming.run;

import java.time.Duration;

/**
 * Slows a run down when what it burdens answers half as fast as it did: the slower the answers, the
 * longer the rests between them. The usual time is a slow average, so that a busy moment is no
 * reason, and what changes for good becomes usual.
 */
final class Pace {

    private static final double SMOOTHING = 0.2;
    private static final double RISING = 0.003;
    private static final double FALLING = 0.05;
    private static final double TOO_SLOW = 2;
    private static final double LONGEST_FACTOR = 10;
    private static final long LEAST_NANOS = 2_000_000;
    private static final long LONGEST_NANOS = 2_000_000_000L;

    private double usual;
    private double recent;
    private long last;

    /**
     * @param nanos how long an answer took
     * @param items for so many keys or rows
     */
    synchronized void took(long nanos, int items) {
        var each = (double) nanos / Math.max(1, items);
        last = nanos;
        recent = recent == 0 ? each : recent + SMOOTHING * (each - recent);
        usual =
                usual == 0
                        ? recent
                        : usual + (recent > usual ? RISING : FALLING) * (recent - usual);
    }

    /** How long to rest before the next; zero while all is as usual. */
    synchronized Duration rest() {
        if (usual == 0 || last < LEAST_NANOS || recent < TOO_SLOW * usual) {
            return Duration.ZERO;
        }
        var factor = Math.min(LONGEST_FACTOR, recent / usual - 1);
        return Duration.ofNanos((long) Math.min(LONGEST_NANOS, last * factor));
    }
}
