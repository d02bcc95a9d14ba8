package io.cistern.store.memory;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.Partition;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps nothing. */
final class NoJournal implements Journal {

    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

    private final long generation = Position.generation(1, new SecureRandom().nextLong());

    @Override
    public long generation() {
        return generation;
    }

    @Override
    public Optional<Marks.Difference> order(Partition partition) {
        return Optional.empty();
    }

    @Override
    public void start(Holder holder) {
        // nothing to bring back
    }

    @Override
    public void stored(Name name, Entry entry) {
        // not kept
    }

    @Override
    public void dropped(Name name) {
        // was not kept
    }

    @Override
    public CompletionStage<Void> settled() {
        return DONE;
    }

    @Override
    public CompletionStage<Void> changed(Partition partition, Change change, Position at) {
        return DONE;
    }

    @Override
    public boolean isRestoring() {
        return false;
    }

    @Override
    public CompletionStage<Void> restored() {
        return DONE;
    }

    @Override
    public CompletionStage<Map<String, Entry>> read(Partition partition, Collection<String> keys) {
        return CompletableFuture.completedStage(Map.of());
    }

    @Override
    public Optional<Location> location() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // nothing is open
    }
}
