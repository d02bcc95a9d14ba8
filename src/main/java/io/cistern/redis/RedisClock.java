package io.cistern.redis;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Redis's clock as seen from here: its TIME against the local monotonic clock, so that no wall
 * clock of an instance decides anything. Redis read its clock somewhere between request and answer;
 * taking the middle is wrong by at most half the round trip, hence the quickest recent round trip
 * counts.
 */
final class RedisClock {
    private static final int SAMPLES = 64;

    /** How far two quartz clocks may drift apart, in parts per million. */
    private static final long DRIFT_PPM = 100;

    private static final long SLACK_MICROS = 1_000;

    private final LongSupplier nanoTime;
    private final LongSupplier wallMillis;
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private volatile Sample best;

    /**
     * @param nanoTime monotonic
     * @param wallMillis what counts before the first answer of Redis
     */
    RedisClock(LongSupplier nanoTime, LongSupplier wallMillis) {
        this.nanoTime = nanoTime;
        this.wallMillis = wallMillis;
    }

    private record Sample(long offsetMicros, long errorMicros, long atMicros) {
        long errorAt(long nowMicros) {
            return errorMicros + Math.max(0, nowMicros - atMicros) * DRIFT_PPM / 1_000_000;
        }
    }

    /** Milliseconds since 1970 by Redis's clock; by the wall clock before the first answer. */
    long millis() {
        var sample = best;
        return sample == null
                ? wallMillis.getAsLong()
                : Math.floorDiv(micros(nanoTime.getAsLong()) + sample.offsetMicros(), 1_000L);
    }

    /**
     * Takes an answer to TIME.
     *
     * @param sentNanos by the monotonic clock
     * @param answeredNanos by the monotonic clock
     * @param redisMicros since 1970
     */
    synchronized void sample(long sentNanos, long answeredNanos, long redisMicros) {
        long sent = micros(sentNanos);
        long answered = micros(answeredNanos);
        var sample =
                new Sample(
                        redisMicros - (sent + (answered - sent) / 2),
                        (answered - sent) / 2 + 1,
                        answered);
        if (best != null && contradict(best, sample)) {
            // Both can't be right: the clock was set, or another server answers now.
            samples.clear();
        }
        if (samples.size() == SAMPLES) {
            samples.removeFirst();
        }
        samples.addLast(sample);
        best =
                samples.stream()
                        .min((a, b) -> Long.compare(a.errorAt(answered), b.errorAt(answered)))
                        .orElse(sample);
    }

    private static boolean contradict(Sample old, Sample now) {
        long allowed = old.errorAt(now.atMicros()) + now.errorMicros() + SLACK_MICROS;
        return Math.abs(old.offsetMicros() - now.offsetMicros()) > allowed;
    }

    private static long micros(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos);
    }
}
