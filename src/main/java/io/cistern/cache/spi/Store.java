package io.cistern.cache.spi;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * Where entries and the order of invalidations are kept. Every operation touches one partition, is
 * atomic there, and never blocks its caller. A stage fails with {@link StoreUnavailableException}
 * where the store can't be reached in time or refuses; then a change may or may not stand, and
 * repeating it is harmless. Implementations are safe for use by many threads.
 */
public interface Store extends AutoCloseable {

    /** Where hits come from, as {@code Cache-Status} tells it. */
    enum Tier {
        /** This process. */
        NEAR,
        /** Something that instances share. */
        SHARED
    }

    Tier tier();

    /** How many partitions each cache has; fixed as long as the store is open. */
    int partitions();

    /** Whether an operation is worth trying; false while the store is known to be away. */
    boolean isAvailable();

    /**
     * Tells when the store is back after it was away: what was learned before may have been missed
     * by others, or the other way round.
     */
    void onReturn(Runnable listener);

    /**
     * Takes note of whom to ask what this process knows of a partition's invalidations. A store
     * that finds out that it lost some of them says them again; without that, everything dies that
     * they may have concerned.
     *
     * @param known empty for a partition of which nothing is known
     */
    default void remembers(Function<Partition, Optional<Marks>> known) {
        // What is in this process loses nothing by itself.
    }

    /**
     * Compresses what is stored of a cache from now on; what is there already stays as it is. A
     * store may leave it.
     *
     * @param above how many bytes a value has at most that is left as it is
     */
    default void compress(String cache, long above) {
        // Within this process it would cost more than it saves.
    }

    /**
     * Reads entries in one round trip.
     *
     * @param partition of whom
     * @param keys whose; all of this partition
     * @return the entries found and the partition's position, as of one moment or the position a
     *     little earlier
     */
    CompletionStage<View> read(Partition partition, List<String> keys);

    /**
     * Where partitions are now, in one round trip.
     *
     * @return in the order of the partitions; {@link Position#UNKNOWN} for one that has no order
     *     yet
     */
    CompletionStage<List<Position>> positions(List<Partition> partitions);

    /**
     * What was invalidated since. A partition that has no order yet, or lost parts of it, gets a
     * safe one first: everything that can't be told to be alive is dead afterwards.
     *
     * @param partition of whom
     * @param known what the caller knows already
     */
    CompletionStage<Marks.Difference> changes(Partition partition, Position known);

    /**
     * Asks for the right to load keys. A lease ends when its owner fills or releases the key, when
     * the key is invalidated by name, and by itself unless it is renewed.
     *
     * @param partition of whom
     * @param wanted keys of this partition
     * @param owner tells this call's leases apart from all others'
     * @param lifetime after which they end by themselves
     */
    CompletionStage<Lease.Reply> lease(
            Partition partition, List<Lease.Wanted> wanted, String owner, Duration lifetime);

    /**
     * Lets leases stand longer, as far as they are still their owner's.
     *
     * @param partition of whom
     * @param keys of this partition
     * @param owner as it was given to {@link #lease}
     * @param lifetime after which they end by themselves, from now
     * @return those of them that still stood
     */
    CompletionStage<Set<String>> renew(
            Partition partition, Set<String> keys, String owner, Duration lifetime);

    /**
     * Gives leases back without a value.
     *
     * @param partition of whom
     * @param keys of this partition
     * @param owner as it was given to {@link #lease}
     * @return those of them for which other instances wait
     */
    CompletionStage<Set<String>> release(Partition partition, Set<String> keys, String owner);

    /**
     * Stores what a load brought, unless an invalidation or a newer load overtook it, or its lease
     * does not stand any more. The lease ends.
     *
     * @param partition of whom
     * @param entries by key; each with the position at which its load began
     * @param owner of the leases; null to store what was loaded without any
     */
    CompletionStage<Lease.Filled> fill(
            Partition partition, Map<String, Entry> entries, String owner);

    /**
     * Stores what was read ahead of any demand, without leases: unless an invalidation overtook it,
     * or what is there was made since the reading began. What the same reading stored may be
     * replaced by it.
     *
     * @param partition of whom
     * @param entries by key; all with the position that was known before the reading began
     * @param readSince when the reading began, in milliseconds of the store's time
     * @return the keys that are stored, each once
     */
    CompletionStage<Collection<String>> warm(
            Partition partition, Map<String, Entry> entries, long readSince);

    /**
     * Invalidates, atomically.
     *
     * @param partition of whom
     * @param change what; its keys that lie in other partitions do no harm
     * @return the position that the change got
     */
    CompletionStage<Position> invalidate(Partition partition, Change change);

    /**
     * Invalidates a key and stores a value under it, atomically.
     *
     * @param partition of whom
     * @param key the key
     * @param entry the value; its position is ignored
     * @return the position that the entry got
     */
    CompletionStage<Position> put(Partition partition, String key, Entry entry);

    /**
     * Deletes entries in bounded steps, without holding others up.
     *
     * @param partition of whom
     * @param dead which; asked with key and entry. What can't be decoded is deleted unasked
     * @return how many were deleted
     */
    CompletionStage<Long> prune(Partition partition, BiPredicate<String, Entry> dead);

    /** What a cache's entries use of this process; nothing where they are kept elsewhere. */
    Usage usage(String cache);

    /**
     * Where a cache's entries lie, and how much they are. A store may have to count them for it,
     * and counts a part of them where that takes longer than a few seconds.
     */
    CompletionStage<List<Location>> locations(String cache);

    @Override
    void close();

    /**
     * An answer to {@link #read}.
     *
     * @param position the partition's; {@link Position#UNKNOWN} where it has none yet
     * @param entries by key, what is there and can be decoded, dead or alive
     * @param age for how many nanoseconds before the question it may have been true no more
     */
    record View(Position position, Map<String, Entry> entries, long age) {

        /** One that is true now. */
        public View(Position position, Map<String, Entry> entries) {
            this(position, entries, 0);
        }

        /** The same, but perhaps true only some nanoseconds ago. */
        public View since(long nanos) {
            return new View(position, entries, nanos);
        }
    }

    /**
     * What is used of this process.
     *
     * @param entries how many
     * @param bytes their size
     */
    record Usage(long entries, long bytes) {
        public static final Usage NONE = new Usage(0, 0);
    }
}
