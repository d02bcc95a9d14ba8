package io.cistern.cache.spi;

import io.cistern.cache.order.Position;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What a store answers to whoever asks for the right to load a key. At most one unexpired lease
 * stands for a key (Gray and Cheriton, "Leases", 1989; for caches: Nishtala et al., "Scaling
 * Memcache at Facebook", 2013).
 */
public sealed interface Lease {

    /** The caller may load, and nobody else until it fills, releases, or the lease runs out. */
    record Granted() implements Lease {
        public static final Granted INSTANCE = new Granted();
    }

    /** Another entry lies there than the one that the caller saw: look again. */
    record Changed() implements Lease {
        public static final Changed INSTANCE = new Changed();
    }

    /**
     * Somebody else loads.
     *
     * @param holder tells leases apart; to be named by whoever takes a doomed one over
     * @param at where the holder's load began
     * @param left how long the lease stands at most
     */
    record Held(String holder, Position at, Duration left) implements Lease {}

    /**
     * What is asked for.
     *
     * @param key the key
     * @param seen the position of the entry that the caller found there, {@link Position#UNKNOWN}
     *     where it found none; null if it wants to load whatever is there
     * @param instead the holder of a lease that is known to be doomed, to be taken over; or null
     */
    record Wanted(String key, Position seen, String instead) {}

    /**
     * The answer for several keys.
     *
     * @param position the partition's
     * @param leases by key
     */
    record Reply(Position position, Map<String, Lease> leases) {}

    /**
     * What became of values that were to be stored.
     *
     * @param stored the keys that are stored
     * @param awaited the keys whose lease ended and for which other instances wait
     */
    record Filled(Set<String> stored, Set<String> awaited) {}
}
