package io.cistern.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import io.cistern.settings.StoreSettings.Fsync;
import io.cistern.store.Entries;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.cistern.store.memory.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Far more was kept than a process that is restarted with a smaller heap has room for. */
class SmallHeapIT {

    private static final int KEYS = 600_000;
    private static final int BATCH = 1_000;
    private static final int MARKS = 100;

    @TempDir private Path parent;

    @Test
    void whatFitsComesBack() throws Exception {
        var folder = parent.resolve("memory");
        var bytes = 1L << 30;
        var journal = Child.open(folder, bytes);
        try (var store = Child.open(journal, bytes)) {
            var cache = new SyncStore(store, "things");
            for (var i = 0; i < KEYS; i += BATCH) {
                cache.fill(batch(i, cache.position()));
                Awaitility.await().until(() -> journal.waiting() < 10 * BATCH);
            }
        }
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx48m",
                                // As in the image.
                                "-XX:+ExitOnOutOfMemoryError",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).contains("trouble none").contains("last there").contains("room used");
        assertThat(folder.resolve("damaged-1")).doesNotExist();
    }

    private static Map<String, Entry> batch(int from, Position at) {
        return IntStream.range(from, from + BATCH)
                .boxed()
                .collect(Collectors.toMap(i -> "key-" + i, i -> Entries.entry("v" + i, at)));
    }

    /** Brings back what it can. */
    static final class Child {

        private static final TestClock CLOCK = new TestClock();

        private Child() {}

        static DiskJournal open(Path folder, long bytes) {
            return DiskJournal.open(
                    folder,
                    Fsync.NEVER,
                    Limits.of(bytes, MARKS),
                    CLOCK,
                    seen -> {},
                    CompletableFuture.completedFuture(null));
        }

        static MemoryStore open(DiskJournal journal, long bytes) {
            return new MemoryStore(bytes, CLOCK, (name, cause) -> {}, MARKS, journal);
        }

        public static void main(String[] arguments) {
            var bytes = Runtime.getRuntime().maxMemory() / 4;
            var journal = open(Path.of(arguments[0]), bytes);
            try (var store = open(journal, bytes)) {
                var cache = new SyncStore(store, "things");
                System.out.println(
                        "last " + (cache.live("key-" + (KEYS - 1)).isPresent() ? "there" : "gone"));
                journal.restored().toCompletableFuture().join();
                System.out.println("trouble " + journal.trouble().orElse("none"));
                var held = store.usage("things").bytes();
                System.out.println("room " + (held > bytes / 2 ? "used" : "left"));
            }
        }
    }
}
