package io.cistern.store.disk;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import io.cistern.store.memory.Name;
import java.util.concurrent.CompletableFuture;

/** What is to be written. */
sealed interface Op {

    /** An entry is held, unless another one is by the time it is written. */
    record Stored(Name name, Entry entry) implements Op {}

    /** An entry was dropped, unless another one is there by the time it is written. */
    record Dropped(Name name) implements Op {}

    /** What is kept under a name, if anything, is no longer what is held. */
    record Forgotten(Name name) implements Op {}

    /** An invalidation. */
    record Changed(Partition partition, Change change, Position at, CompletableFuture<Void> kept)
            implements Op {}

    /** Somebody waits until all before it is forced. */
    record Settled(CompletableFuture<Void> kept) implements Op {}
}
