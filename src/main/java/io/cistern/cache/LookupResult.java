package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.spi.Observer;

/**
 * The answer to a lookup: an entry, which may say that the origin has no such value, or a failure.
 *
 * @param way how it came about
 * @param entry the entry; null on failure
 * @param failure why there is none; null where there is an entry
 * @param stored whether a value that was just loaded is stored now
 * @param collapsed whether it came from a load that somebody else had begun
 * @param cut whether it was given without knowing of all invalidations: the shared store was out of
 *     reach
 * @param now the moment of the answer, in milliseconds of the store's time
 */
public record LookupResult(
        Way way,
        Entry entry,
        Failure failure,
        boolean stored,
        boolean collapsed,
        boolean cut,
        long now) {

    /** How an answer came about. */
    public enum Way {
        /** Fresh, from this process. */
        NEAR,
        /** Fresh, from the shared store. */
        SHARED,
        /** Stale, because the origin failed. */
        STALE_IF_ERROR,
        /** Stale, because the origin took longer than the soft time-out. */
        SOFT_TIMEOUT,
        /** Stale, because the caller takes that. */
        MAX_STALE,
        /** Loaded: nothing was stored. */
        MISS,
        /** Loaded: what was stored was made in other environments than the caller's. */
        VARIED,
        /** Loaded: what was stored is stale. */
        STALE,
        /** Loaded, because the caller wanted that. */
        REFRESH,
        /** From the origin, past all stores. */
        BYPASS,
        /** No answer. */
        FAILED;

        /** Whether a store gave the answer. */
        public boolean isHit() {
            return ordinal() <= MAX_STALE.ordinal();
        }
    }

    static LookupResult of(Way way, Entry entry, long now) {
        return new LookupResult(way, entry, null, false, false, false, now);
    }

    static LookupResult failed(Failure failure, long now) {
        return new LookupResult(Way.FAILED, null, failure, false, false, false, now);
    }

    /** The same, given while the shared store was out of reach. */
    LookupResult cutOff() {
        return new LookupResult(way, entry, failure, stored, collapsed, true, now);
    }

    /** Whether a store gave it, and it was no older than its ttl. */
    boolean isFresh() {
        return way == Way.NEAR || way == Way.SHARED;
    }

    /** Whether there is a value to give. */
    public boolean hasValue() {
        return entry != null && !entry.negative();
    }

    /**
     * Seconds for which the entry stays fresh, negative once it is stale: since when, or since it
     * was loaded if it was told stale before its time.
     */
    public long ttl() {
        return entry.isExpired()
                ? Math.min(-1, -age())
                : Math.floorDiv(entry.freshUntil() - now, 1000L);
    }

    /** Seconds since the entry was loaded. */
    public long age() {
        return Math.max(0, (now - entry.created()) / 1000);
    }

    /** Under which result it counts. */
    public Observer.Lookup kind() {
        return switch (way) {
            case NEAR -> entry.negative() ? Observer.Lookup.NEGATIVE : Observer.Lookup.NEAR;
            case SHARED -> entry.negative() ? Observer.Lookup.NEGATIVE : Observer.Lookup.SHARED;
            case STALE_IF_ERROR, SOFT_TIMEOUT, MAX_STALE -> Observer.Lookup.STALE;
            case MISS, VARIED, STALE, REFRESH -> Observer.Lookup.MISS;
            case BYPASS -> Observer.Lookup.BYPASS;
            case FAILED ->
                    switch (failure.kind()) {
                        case ORIGIN_FAILED, TIMEOUT -> Observer.Lookup.ERROR;
                        case REFUSED, BULKHEAD_FULL, NOT_CACHED, UNFIT_KEY ->
                                Observer.Lookup.REFUSED;
                    };
        };
    }
}
