package io.cistern.store.disk;

import io.cistern.store.memory.Journal;
import io.cistern.store.memory.Name;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What was kept and is not held yet. Whoever changes an entry says so here first, so that nothing
 * older comes back over it. One thread brings entries back, any may read.
 */
final class Restoring {

    private static final int ROOM_EVERY = 64;

    /** Read before {@link #places}, and exchanged after them. */
    private volatile Set<Name> taken = ConcurrentHashMap.newKeySet();

    private volatile Map<Name, Place> places = Map.of();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final CompletionStage<?> calm;
    private final Executor sorter;
    private CompletableFuture<Iterator<Map.Entry<Name, Place>>> order;
    private long unreadable;
    private volatile boolean isUnderWay;

    /**
     * @param calm until this ends, nothing comes back
     * @param sorter does what would hold others up
     */
    Restoring(CompletionStage<?> calm, Executor sorter) {
        this.calm = calm;
        this.sorter = sorter;
    }

    /**
     * Begins with all places.
     *
     * @param all as they are now and from now on
     * @param section how many bytes of a file are read forwards
     */
    void begin(Map<Name, Place> all, long section) {
        places = all;
        order = calm.thenApplyAsync(any -> sorted(section), sorter).toCompletableFuture();
        isUnderWay = true;
    }

    /** Those written last come first, in case there is no room for all. */
    private Iterator<Map.Entry<Name, Place>> sorted(long section) {
        Comparator<Place> lastFirst =
                Comparator.comparingInt((Place it) -> -it.file())
                        .thenComparingLong(it -> -(it.offset() / section))
                        .thenComparingLong(Place::offset);
        return places.entrySet().stream()
                .map(it -> Map.entry(it.getKey(), it.getValue()))
                .sorted(Map.Entry.comparingByValue(lastFirst))
                .iterator();
    }

    boolean isUnderWay() {
        return isUnderWay;
    }

    CompletableFuture<Void> done() {
        return done;
    }

    /** How many entries were damaged. */
    long unreadable() {
        return unreadable;
    }

    /** Where an entry is that is not held yet; null for one that was changed meanwhile. */
    Place place(Name name) {
        var changed = taken;
        var kept = places;
        return changed.contains(name) ? null : kept.get(name);
    }

    /** What is kept under a name is not what should be held. */
    void take(Name name) {
        if (isUnderWay) {
            taken.add(name);
        }
    }

    /** Nothing more comes back. */
    void end() {
        isUnderWay = false;
        order = null;
        places = Map.of();
        taken = ConcurrentHashMap.newKeySet();
        done.complete(null);
    }

    /**
     * Brings some back.
     *
     * @param bytes about how many
     * @return whether it could; the order may still be made
     */
    boolean proceed(Vault vault, Journal.Holder holder, LongSupplier millis, long bytes) {
        if (!order.isDone()) {
            return false;
        }
        var iterator = order.join();
        var room = holder.hasRoom();
        var left = bytes;
        for (var count = 1; iterator.hasNext() && left > 0; count++) {
            if (count % ROOM_EVERY == 0) {
                room = holder.hasRoom();
            }
            var next = iterator.next();
            var name = next.getKey();
            var place = next.getValue();
            left -= Long.BYTES;
            if (taken.contains(name) || places.get(name) != place) {
                continue;
            }
            left -= place.length();
            var entry = room ? vault.read(place).orElse(null) : null;
            if (entry == null || entry.keptUntil() < millis.getAsLong()) {
                unreadable += room && entry == null ? 1 : 0;
                vault.remove(name);
            } else if (!holder.restore(name, entry, () -> !taken.contains(name))) {
                room = false;
                vault.remove(name);
            }
        }
        if (!iterator.hasNext()) {
            end();
        }
        return true;
    }
}
