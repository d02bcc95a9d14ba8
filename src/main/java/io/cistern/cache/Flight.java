package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One look into the shared store and, where that is needed, one load, for everybody who waits for
 * the key (single flight).
 */
final class Flight {

    private final String key;
    private final long order;
    private final boolean refresh;
    private final LookupRequest request;
    private final long since;
    private final Entry early;
    private final CompletableFuture<Landing> landing = new CompletableFuture<>();
    private volatile Position began;
    private volatile Entry stale;
    private volatile long staleKnownAt;
    private volatile List<Entry> elsewhere = List.of();
    private volatile boolean surprised;
    private volatile boolean doubtful;
    private volatile String doomedLease;
    private List<Runnable> onStale = List.of();

    /**
     * @param key of whom
     * @param order rises from flight to flight
     * @param began no later than the position at which its load begins
     * @param request of whom began it
     * @param since when it begins, in monotonic nanoseconds
     * @param early the fresh entry that it is to replace before it expires; null for a flight that
     *     somebody waits for
     */
    Flight(String key, long order, Position began, LookupRequest request, long since, Entry early) {
        this.key = key;
        this.order = order;
        this.began = began;
        this.since = since;
        this.early = early;
        this.refresh = request.refresh();
        this.request = request;
    }

    String key() {
        return key;
    }

    long order() {
        return order;
    }

    /** What an entry has to be for those who wait. */
    Validity validity() {
        return request.validity();
    }

    /** What lives of its key but was made in other environments: it stays beside what is loaded. */
    List<Entry> elsewhere() {
        return elsewhere;
    }

    void elsewhere(List<Entry> entries) {
        elsewhere = entries;
    }

    /** Whether it loads whatever is stored. */
    boolean isRefresh() {
        return refresh;
    }

    /** Whether it replaces what is still fresh, in the background. */
    boolean isEarly() {
        return early != null;
    }

    /** Whether there is nothing left to do for it, since another entry has come. */
    boolean isReplacedBy(Entry entry) {
        return isEarly()
                && (entry.created() != early.created()
                        || !entry.position().equals(early.position()));
    }

    /** When it began, in monotonic nanoseconds. */
    long since() {
        return since;
    }

    LookupRequest request() {
        return request;
    }

    CompletableFuture<Landing> landing() {
        return landing;
    }

    Position began() {
        return began;
    }

    void began(Position position) {
        began = position;
    }

    /** Whether it found another entry than it had read before, once already. */
    boolean isSurprised() {
        return surprised;
    }

    void surprise() {
        surprised = true;
    }

    /** Whether the origin confirmed what did not live any more: it is to give the value itself. */
    boolean isDoubtful() {
        return doubtful;
    }

    void doubt() {
        doubtful = true;
    }

    /** The lease of somebody whose load is of no use any more, to be taken over; or null. */
    String doomedLease() {
        return doomedLease;
    }

    void doomedLease(String holder) {
        doomedLease = holder;
    }

    /** What may be served if the origin fails or is slow; null if there is nothing. */
    Entry stale() {
        return stale;
    }

    /** The version at which the stale entry was known to live. */
    long staleKnownAt() {
        return staleKnownAt;
    }

    void stale(Entry entry, long knownAt) {
        List<Runnable> told;
        synchronized (this) {
            staleKnownAt = knownAt;
            stale = entry;
            told = onStale;
            onStale = List.of();
        }
        told.forEach(Runnable::run);
    }

    /** Runs a task once there is something stale, at once if there is. */
    void whenStale(Runnable task) {
        synchronized (this) {
            if (stale == null) {
                var more = new ArrayList<>(onStale);
                more.add(task);
                onStale = more;
                return;
            }
        }
        task.run();
    }

    /**
     * How a flight ended.
     *
     * @param way {@code SHARED} or {@code NEAR} for a hit, else how it was loaded
     * @param entry what it brought; null on failure
     * @param stored whether that is stored now
     * @param knownAt the version at which the entry was known to live
     * @param failure why it brought nothing; null if it did
     * @param joined whether another flight brought it
     */
    record Landing(
            LookupResult.Way way,
            Entry entry,
            boolean stored,
            long knownAt,
            Failure failure,
            boolean joined) {

        /** It was given up before it came to anything. */
        static final Landing NOTHING = new Landing(null, null, false, 0, null, false);

        static Landing hit(LookupResult.Way way, Entry entry, long knownAt) {
            return new Landing(way, entry, false, knownAt, null, false);
        }

        /** The same for a flight that waited for it. */
        Landing join() {
            return new Landing(way, entry, stored, knownAt, failure, true);
        }

        static Landing failed(Failure failure) {
            return new Landing(LookupResult.Way.FAILED, null, false, 0, failure, false);
        }
    }
}
