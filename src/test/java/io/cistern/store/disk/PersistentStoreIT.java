package io.cistern.store.disk;

import io.cistern.cache.spi.Store;
import io.cistern.settings.StoreSettings.Fsync;
import io.cistern.store.StoreContract;
import io.cistern.store.memory.MemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** What every store must do, kept in a folder meanwhile. */
class PersistentStoreIT extends StoreContract {

    @TempDir private Path folder;

    private final List<Store> opened = new ArrayList<>();

    @Override
    protected Store open(int marks) {
        var limits = Limits.of(64 << 20, marks);
        var journal =
                DiskJournal.open(
                        folder.resolve(Integer.toString(opened.size())),
                        Fsync.ALWAYS,
                        limits,
                        clock,
                        seen -> {},
                        CompletableFuture.completedFuture(null));
        var store = new MemoryStore(64 << 20, clock, (name, cause) -> {}, marks, journal);
        opened.add(store);
        return store;
    }

    @AfterEach
    void close() {
        opened.forEach(Store::close);
    }
}
