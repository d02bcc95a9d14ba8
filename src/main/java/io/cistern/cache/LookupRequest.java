package io.cistern.cache;

import java.util.Map;

/**
 * What a caller asks of a lookup beyond the key.
 *
 * @param refresh load again, whatever is stored, and store it
 * @param bypass ask the origin, and store nothing
 * @param onlyIfCached ask no origin
 * @param maxStale how many milliseconds past its ttl a value may be taken without asking the
 *     origin: 0 for none
 * @param headers those of the client's headers that the cache forwards to its origin
 * @param refusesExpired take nothing that was told stale, not even where the origin fails or is
 *     slow
 * @param validity what an entry has to be to answer it, as {@link Cache#request} found out; null
 *     for what it has to be for a request that says nothing
 */
public record LookupRequest(
        boolean refresh,
        boolean bypass,
        boolean onlyIfCached,
        long maxStale,
        Map<String, String> headers,
        boolean refusesExpired,
        Validity validity) {

    /** Nothing special. */
    public static final LookupRequest PLAIN = new LookupRequest(false, false, false, 0, Map.of());

    /** Load again. */
    public static final LookupRequest REFRESH = new LookupRequest(true, false, false, 0, Map.of());

    /** What was told stale may stand in where the origin fails or is slow. */
    public LookupRequest(
            boolean refresh,
            boolean bypass,
            boolean onlyIfCached,
            long maxStale,
            Map<String, String> headers) {
        this(refresh, bypass, onlyIfCached, maxStale, headers, false, null);
    }

    /** The same, so that nothing is taken that was told stale. */
    LookupRequest refusingExpired() {
        return new LookupRequest(refresh, bypass, onlyIfCached, maxStale, headers, true, validity);
    }

    /** The same of somebody for whom an entry has to be so. */
    LookupRequest under(Validity other) {
        return other == validity
                ? this
                : new LookupRequest(
                        refresh, bypass, onlyIfCached, maxStale, headers, refusesExpired, other);
    }

    /** The same, to be answered by the origin. */
    LookupRequest bypassing() {
        return new LookupRequest(
                refresh, true, onlyIfCached, maxStale, headers, refusesExpired, validity);
    }

    /** Whether a fresh value that is at hand answers it. */
    public boolean takesFresh() {
        return !refresh && !bypass;
    }
}
