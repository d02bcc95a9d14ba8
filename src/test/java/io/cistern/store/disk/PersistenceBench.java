package io.cistern.store.disk;

import io.cistern.cache.order.Marks;
import io.cistern.cache.spi.Clock;
import io.cistern.settings.StoreSettings.Fsync;
import io.cistern.store.Entries;
import io.cistern.store.SyncStore;
import io.cistern.store.memory.MemoryStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * How long a start takes with many entries on the disk, and what keeping them costs. Arguments: a
 * folder, and {@code fill <entries>}, {@code start} or {@code hits}.
 */
final class PersistenceBench {

    private static final int VALUE = 1024;
    private static final int LOOKUPS = 2_000;
    private static final int READS = 3_000_000;
    private static final int ROUNDS = 8;

    private static final Clock CLOCK =
            new Clock() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public long millis() {
                    return System.currentTimeMillis();
                }
            };

    private PersistenceBench() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[1].equals("hits")) {
            hits(Path.of(arguments[0]));
            return;
        }
        var bytes = Runtime.getRuntime().maxMemory() / 2;
        var began = System.nanoTime();
        var journal =
                DiskJournal.open(
                        Path.of(arguments[0]),
                        Fsync.EVERY_SECOND,
                        Limits.of(bytes, Marks.LIMIT),
                        CLOCK,
                        seen -> {},
                        CompletableFuture.completedFuture(null));
        var store = new MemoryStore(bytes, CLOCK, (name, cause) -> {}, Marks.LIMIT, journal);
        var cache = new SyncStore(store, "things");
        if (arguments[1].equals("fill")) {
            fill(cache, journal, Integer.parseInt(arguments[2]), began);
        } else {
            start(cache, store, journal, began);
        }
        began = System.nanoTime();
        store.close();
        System.out.printf("closed within %.2f s%n", since(began));
    }

    /** Hits of a store that is kept beside those of one that is not, in turn. */
    private static void hits(Path folder) {
        var bytes = 64L << 20;
        var limits = Limits.of(bytes, Marks.LIMIT);
        var journal =
                DiskJournal.open(
                        folder,
                        Fsync.EVERY_SECOND,
                        limits,
                        CLOCK,
                        seen -> {},
                        CompletableFuture.completedFuture(null));
        try (var kept = new MemoryStore(bytes, CLOCK, (name, cause) -> {}, Marks.LIMIT, journal);
                var plain = new MemoryStore(bytes, CLOCK, (name, cause) -> {})) {
            for (var round = 0; round < ROUNDS; round++) {
                System.out.printf(
                        "%.0f ns a hit, %.0f ns where nothing is kept%n",
                        hit(new SyncStore(kept, "things")), hit(new SyncStore(plain, "things")));
            }
        }
    }

    private static double hit(SyncStore cache) {
        cache.fill("key-7", Entries.ofBytes(new byte[VALUE], cache.position()));
        var began = System.nanoTime();
        for (var i = 0; i < READS; i++) {
            cache.read("key-7");
        }
        return since(began) * 1e9 / READS;
    }

    private static void fill(SyncStore cache, DiskJournal journal, int entries, long began)
            throws InterruptedException {
        var random = new Random(1);
        var at = cache.position();
        var longest = 0L;
        for (var i = 0; i < entries; i++) {
            var value = new byte[VALUE];
            random.nextBytes(value);
            var one = System.nanoTime();
            cache.fill("key-" + i, Entries.ofBytes(value, at));
            longest = Math.max(longest, System.nanoTime() - one);
            while (journal.waiting() > 10_000) {
                Thread.onSpinWait();
            }
        }
        System.out.printf(
                "%d entries filled within %.1f s, the slowest within %.1f ms; left out %d%n",
                entries, since(began), longest / 1e6, journal.leftOut());
    }

    private static void start(SyncStore cache, MemoryStore store, DiskJournal journal, long began) {
        System.out.printf("open after %.2f s%n", since(began));
        var random = new Random(2);
        var times = new long[LOOKUPS];
        var found = 0;
        var fromDisk = 0;
        for (var i = 0; i < LOOKUPS; i++) {
            fromDisk += journal.isRestoring() ? 1 : 0;
            var one = System.nanoTime();
            found += cache.read("key-" + random.nextInt(1_000_000)).entries().size();
            times[i] = System.nanoTime() - one;
        }
        Arrays.sort(times);
        System.out.printf(
                "%d of %d random lookups found at once, %d of them while it read:"
                        + " median %.0f us, 99%% %.0f us%n",
                found,
                LOOKUPS,
                fromDisk,
                times[LOOKUPS / 2] / 1e3,
                times[LOOKUPS * 99 / 100] / 1e3);
        journal.restored().toCompletableFuture().join();
        System.out.printf(
                "all %d entries in memory after %.1f s; %d MB on the disk%n",
                store.usage("things").entries(), since(began), journal.bytes() >> 20);
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
