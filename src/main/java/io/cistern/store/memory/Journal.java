package io.cistern.store.memory;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.Partition;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * Keeps over a restart what a memory store holds. What concerns one partition is told by one thread
 * at a time, in the order in which it takes effect; nothing here blocks its caller.
 */
public interface Journal extends AutoCloseable {

    /** The generation of every order, now and after a restart that finds all that was kept. */
    long generation();

    /**
     * The order of a partition that was kept, if one was. It is told once, and only this waits
     * until what was kept is open; whatever else concerns a partition is asked or told after that.
     */
    Optional<Marks.Difference> order(Partition partition);

    /**
     * Begins. What was kept comes back from now on, in the background.
     *
     * @param holder the store
     */
    void start(Holder holder);

    /** An entry is held from now on. */
    void stored(Name name, Entry entry);

    /** An entry is held no more, for reasons that are no invalidation. */
    void dropped(Name name);

    /**
     * Ends when all that the caller {@link #stored} is kept as surely as the policy for entries
     * says. Never fails.
     */
    CompletionStage<Void> settled();

    /**
     * An invalidation took effect.
     *
     * @return ends when no restart can undo it; fails with {@link
     *     io.cistern.cache.spi.StoreUnavailableException} where that can't be told
     */
    CompletionStage<Void> changed(Partition partition, Change change, Position at);

    /** Whether some of what was kept is not held yet. */
    boolean isRestoring();

    /** Ends when it is. */
    CompletionStage<Void> restored();

    /**
     * Reads what was kept and is not held yet.
     *
     * @return those of the keys that are there; never fails
     */
    CompletionStage<Map<String, Entry>> read(Partition partition, Collection<String> keys);

    /** Where that is, and how much is there; nothing where nothing is kept. */
    Optional<Location> location();

    /** Keeps what is still to be kept, within seconds. */
    @Override
    void close();

    /** The store, as its journal sees it. Safe for use by many threads. */
    interface Holder {

        /** What is held under a name now; null for nothing. Does not count as a use of it. */
        Entry held(Name name);

        /** Whether there is room at all. */
        boolean hasRoom();

        /**
         * Takes an entry back that was kept, unless others would have to go for it.
         *
         * @param claim asked while nothing else happens to the name's partition; the entry is taken
         *     only if it says so
         * @return whether there was room
         */
        boolean restore(Name name, Entry entry, BooleanSupplier claim);

        /** All that is held. Need not show what comes or goes meanwhile. */
        Iterable<Map.Entry<Name, Entry>> all();
    }
}
