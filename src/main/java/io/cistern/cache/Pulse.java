package io.cistern.cache;

import java.time.Duration;

/** Whether the shared store answers the heartbeat. One for all caches of an instance. */
final class Pulse {

    /** How old what is known of invalidations may be to be served by: promised to users. */
    static final Duration LIMIT = Duration.ofMillis(100);

    private static final long LIMIT_NANOS = LIMIT.toNanos();

    private volatile Beat unanswered;

    private record Beat(long sent) {}

    /** A beat is sent, in monotonic nanoseconds. */
    void sent(long nanos) {
        unanswered = new Beat(nanos);
    }

    /** It was answered, or failed. */
    void ended() {
        unanswered = null;
    }

    /** Whether a beat has waited for its answer for so long that the store must be in trouble. */
    boolean isSilent(long nanos) {
        var beat = unanswered;
        return beat != null && nanos - beat.sent > LIMIT_NANOS;
    }
}
