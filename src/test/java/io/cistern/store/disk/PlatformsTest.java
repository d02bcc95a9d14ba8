package io.cistern.store.disk;

import static io.cistern.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.settings.StoreSettings.Fsync;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.cistern.store.memory.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Paths, names and folders without permissions, as other platforms have them. */
class PlatformsTest {

    private final TestClock clock = new TestClock();

    static Stream<Arguments> platforms() {
        return Stream.of(
                Arguments.of(Configuration.windows(), "C:\\Users\\Ada L\\AppData\\Local\\cistern"),
                Arguments.of(Configuration.osX(), "/Users/ada/Library/Caches/cistern"));
    }

    private DiskJournal open(Path folder) {
        return DiskJournal.open(
                folder,
                Fsync.ALWAYS,
                Limits.of(1 << 20, Marks.LIMIT),
                clock,
                seen -> {},
                CompletableFuture.completedFuture(null));
    }

    private MemoryStore store(DiskJournal journal) {
        return new MemoryStore(1 << 20, clock, (name, cause) -> {}, Marks.LIMIT, journal);
    }

    private void live(Path folder, Consumer<SyncStore> life) {
        var journal = open(folder);
        try (var store = store(journal)) {
            SyncStore.await(journal.restored());
            life.accept(new SyncStore(store, "things"));
            assertThat(journal.trouble()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("platforms")
    void whatWasKeptIsThereAfterARestart(Configuration platform, String data) throws IOException {
        try (var files = Jimfs.newFileSystem(platform)) {
            var folder = files.getPath(data).resolve("memory-cistern");
            live(
                    folder,
                    store -> {
                        store.fill("a", entry("1", store.position()));
                        store.fill("b", entry("2", store.position()));
                        store.invalidate(Change.key("b"));
                    });

            live(
                    folder,
                    store -> {
                        assertThat(store.live("a")).isPresent();
                        assertThat(store.live("b")).isEmpty();
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("platforms")
    void aDamagedLedgerIsMovedAside(Configuration platform, String data) throws IOException {
        try (var files = Jimfs.newFileSystem(platform)) {
            var folder = files.getPath(data).resolve("memory-cistern");
            live(folder, store -> store.fill("a", entry("1", store.position())));
            try (var list = Files.list(folder)) {
                var ledger =
                        list.filter(file -> file.getFileName().toString().startsWith("ledger-"))
                                .findAny()
                                .orElseThrow();
                Files.write(ledger, new byte[100]);
            }

            var journal = open(folder);
            try (var store = store(journal)) {
                assertThat(new SyncStore(store, "things").live("a")).isEmpty();
                assertThat(journal.trouble()).isPresent();
            }
            try (var list = Files.list(folder)) {
                assertThat(list)
                        .anyMatch(file -> file.getFileName().toString().startsWith("damaged-"));
            }
        }
    }
}
