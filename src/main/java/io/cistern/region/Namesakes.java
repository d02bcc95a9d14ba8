package io.cistern.region;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people that another region bears the name of this one. Safe for use by many threads. */
public final class Namesakes {

    private static final Logger LOG = LoggerFactory.getLogger(Namesakes.class);

    /** Clocks may differ by that much, and an instance may not know yet what its Redis lost. */
    private static final long DOUBT_MILLIS = Duration.ofMinutes(1).toMillis();

    private static final long QUIET_NANOS = Duration.ofMinutes(5).toNanos();
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final String text;
    private final Identity identity;
    private final LongSupplier nanos;
    private long looked;
    private boolean hasLooked;
    private long met;
    private boolean isMet;

    /**
     * @param name which both bear
     * @param identity of this region
     * @param nanos a monotonic time
     */
    public Namesakes(String name, Identity identity, LongSupplier nanos) {
        this.text =
                "CISTERN_REGION: another region is called %s as well, with another Redis; give each region a name of its own"
                        .formatted(name);
        this.identity = identity;
        this.nanos = nanos;
    }

    /** What people are to know; null unless such a region was met within five minutes. */
    public synchronized String trouble() {
        return isMet && nanos.getAsLong() - met < QUIET_NANOS ? text : null;
    }

    /**
     * Whether a record that names this region was written by another.
     *
     * @param id of who wrote it; null where it says none
     */
    boolean isOther(String id) {
        return id != null && !isOwn(id);
    }

    private boolean isOwn(String id) {
        return identity.current().filter(own -> own.id().equals(id)).isPresent();
    }

    /**
     * A record came of a region that is called the same. It may be of this one, from before its
     * Redis lost all; so Redis is asked first.
     *
     * @param id of who wrote it
     * @param writtenAt when, in milliseconds since the epoch; null where it doesn't say
     */
    void meet(String id, Long writtenAt) {
        if (writtenAt != null && isDue()) {
            identity.look().thenRun(() -> judge(id, writtenAt));
        }
    }

    private synchronized boolean isDue() {
        var now = nanos.getAsLong();
        if (hasLooked && now - looked < LOOK_NANOS) {
            return false;
        }
        hasLooked = true;
        looked = now;
        return true;
    }

    private void judge(String id, long writtenAt) {
        var isLater =
                identity.current()
                        .filter(own -> writtenAt > own.millis() + DOUBT_MILLIS)
                        .isPresent();
        if (isOwn(id) || !isLater) {
            return;
        }
        boolean isNews;
        synchronized (this) {
            isNews = trouble() == null;
            isMet = true;
            met = nanos.getAsLong();
        }
        if (isNews) {
            LOG.warn(text);
        }
    }
}
