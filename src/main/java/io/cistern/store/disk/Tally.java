package io.cistern.store.disk;

import java.time.Instant;
import java.util.Optional;

/** How it goes. */
final class Tally {

    private String trouble;
    private Instant since;
    private String lost;
    private long failures;
    private volatile long forces;
    private volatile long entries;
    private volatile long bytes;
    private volatile long unreadable;

    synchronized void failed(String why) {
        failures++;
        if (trouble == null) {
            since = Instant.now();
        }
        trouble = why;
    }

    synchronized void recovered() {
        trouble = null;
    }

    synchronized void lost(String what) {
        failures++;
        lost = what;
        since = Instant.now();
    }

    /** In words what is wrong; nothing where nothing is. */
    synchronized Optional<String> trouble() {
        return Optional.ofNullable(trouble == null ? lost : trouble);
    }

    /** Since when. */
    synchronized Optional<Instant> since() {
        return trouble().map(any -> since);
    }

    synchronized long failures() {
        return failures;
    }

    void forced() {
        // By one thread only.
        forces = forces + 1;
    }

    long forces() {
        return forces;
    }

    void size(long entriesKept, long bytesUsed) {
        entries = entriesKept;
        bytes = bytesUsed;
    }

    long entries() {
        return entries;
    }

    long bytes() {
        return bytes;
    }

    void unreadable(long count) {
        unreadable = count;
    }

    long unreadable() {
        return unreadable;
    }
}
