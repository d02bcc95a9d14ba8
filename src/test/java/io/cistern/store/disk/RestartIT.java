package io.cistern.store.disk;

import static io.cistern.store.Entries.entry;
import static io.cistern.store.Entries.text;
import static io.cistern.store.Entries.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.settings.StoreSettings.Fsync;
import io.cistern.store.Entries;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.cistern.store.memory.MemoryStore;
import io.cistern.testing.LogCapture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A memory store on a real folder, over restarts and whatever happens to the folder meanwhile. */
class RestartIT {

    private static final int MANY = 3000;

    @TempDir private Path parent;

    private final TestClock clock = new TestClock();
    private Life life;

    /** One life of a store. */
    private final class Life implements AutoCloseable {
        private final DiskJournal journal;
        private final MemoryStore store;
        private final SyncStore cache;
        private final AtomicLong seen = new AtomicLong(-1);

        Life(Clock by, long bytes) {
            journal =
                    DiskJournal.open(
                            folder(),
                            Fsync.EVERY_SECOND,
                            Limits.of(bytes, Marks.LIMIT),
                            by,
                            seen::set,
                            CompletableFuture.completedFuture(null));
            // Waits until it is open.
            journal.generation();
            store = new MemoryStore(bytes, by, (name, cause) -> {}, Marks.LIMIT, journal);
            cache = new SyncStore(store, "things");
        }

        void awaitRestored() {
            Awaitility.await().until(() -> !journal.isRestoring());
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private Path folder() {
        return parent.resolve("data").resolve("memory-cistern");
    }

    private Life open() {
        life = new Life(clock, 64 << 20);
        return life;
    }

    private Life reopen() {
        life.close();
        return open();
    }

    @AfterEach
    void close() {
        if (life != null) {
            life.close();
        }
    }

    @Test
    void whatWasThereIsThereAndStillGoesWithItsTags() {
        open();
        var at = life.cache.position();
        life.cache.fill(Map.of("a", entry("one", at, "t"), "b", entry("two", at)));
        life.cache.fill("none", negative(at));
        life.cache.fill("user-1", entry("three", at));
        life.cache.fill("user-2", entry("four", at));
        life.cache.fill("x", entry("five", at));
        life.cache.other("others").fill("a", entry("six", life.cache.other("others").position()));
        life.cache.invalidate(Change.key("x"));
        life.cache.invalidate(Change.pattern("*-2"));

        reopen();

        assertThat(text(life.cache.live("a").orElseThrow())).isEqualTo("one");
        assertThat(life.cache.live("none").orElseThrow().negative()).isTrue();
        assertThat(life.cache.live("x")).isEmpty();
        assertThat(life.cache.live("user-1")).isPresent();
        assertThat(life.cache.live("user-2")).isEmpty();
        life.cache.invalidate(Change.tag("t"));
        life.cache.invalidate(Change.pattern("user-*").expiring());
        assertThat(life.cache.live("a")).isEmpty();

        reopen();

        assertThat(life.cache.live("a")).isEmpty();
        assertThat(life.cache.live("b")).isPresent();
        assertThat(life.cache.live("user-1")).isPresent();
        assertThat(life.cache.fresh("user-1")).isEmpty();
        life.cache.invalidate(Change.everything());

        reopen();

        assertThat(life.cache.live("b")).isEmpty();
        assertThat(life.cache.live("none")).isEmpty();
        assertThat(text(life.cache.other("others").live("a").orElseThrow())).isEqualTo("six");
        assertThat(life.journal.trouble()).isEmpty();
    }

    private static Entry negative(Position at) {
        var like = entry("", at);
        return new Entry(
                new byte[0],
                "",
                like.created(),
                like.freshUntil(),
                like.staleUntil(),
                at,
                List.of(),
                "",
                "",
                Entry.NO_VERSION,
                true);
    }

    @Test
    void whatDiedWhileNothingRanIsNotThere() {
        open();
        var at = life.cache.position();
        life.cache.fill("short", until(clock.millis() + 5_000, "v", at));
        life.cache.fill("long", until(clock.millis() + 50_000, "v", at));
        life.close();
        clock.advance(Duration.ofSeconds(6));

        open();

        assertThat(life.cache.read("short").entries()).isEmpty();
        assertThat(life.cache.read("long").entries()).isNotEmpty();
        life.awaitRestored();
        Awaitility.await().until(() -> life.journal.entries() == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ledger-1", "values-1"})
    void aFileThatSomebodyTakesAwayIsWrittenAnew(String name) throws IOException {
        for (var cut : List.of(true, false)) {
            open();
            life.cache.fill("a", entry("v", life.cache.position()));
            life.cache.invalidate(Change.key("b"));
            if (cut) {
                Files.write(folder().resolve(name), new byte[10]);
            } else {
                Files.delete(folder().resolve(name));
            }

            clock.advance(Duration.ofSeconds(2));
            Awaitility.await().until(() -> life.journal.failures() > 0);
            Awaitility.await()
                    .until(
                            () -> {
                                clock.advance(Duration.ofSeconds(1));
                                return life.journal.trouble().isEmpty();
                            });

            reopen();
            assertThat(life.cache.live("a")).isPresent();
            assertThat(life.cache.live("b")).isEmpty();
            life.close();
            delete(folder());
        }
    }

    @Test
    void timeDoesNotGoBackOverARestart() {
        var millis = new AtomicLong(clock.millis());
        var wall =
                new Clock() {
                    @Override
                    public long nanos() {
                        return System.nanoTime();
                    }

                    @Override
                    public long millis() {
                        return millis.get();
                    }
                };
        life = new Life(wall, 64 << 20);
        life.cache.fill("a", entry("v", life.cache.position()));
        life.cache.invalidate(Change.key("b"));
        life.close();

        millis.addAndGet(-30_000);
        life = new Life(wall, 64 << 20);
        assertThat(life.cache.live("a")).isPresent();
        assertThat(life.seen).hasValue(clock.millis());
        life.close();

        millis.addAndGet(-600_000);
        life = new Life(wall, 64 << 20);
        assertThat(life.cache.live("a")).as("of an age that can't be told").isEmpty();
    }

    @Test
    void aSmallerStoreKeepsWhatItHolds() {
        open();
        fillMany(life.cache);
        life.close();

        life = new Life(clock, 1 << 20);
        life.awaitRestored();

        var used = life.store.usage("things");
        assertThat(used.bytes()).isBetween(1L << 19, 1L << 20);
        Awaitility.await()
                .until(() -> life.journal.entries() <= life.store.usage("things").entries());
    }

    private void fillMany(SyncStore cache) {
        var at = cache.position();
        var random = new Random(1);
        for (var i = 0; i < MANY; i++) {
            var value = new byte[1024];
            random.nextBytes(value);
            if (i % 100 == 0) {
                // What comes faster than the disk takes it would be left out.
                Awaitility.await()
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> life.journal.waiting() < 100);
            }
            cache.fill("k" + i, Entries.ofBytes(value, at));
        }
    }

    @Test
    void theFolderDoesNotGrow() {
        life = new Life(clock, 8 << 20);
        for (var round = 0; round < 15; round++) {
            fillMany(life.cache);
            life.cache.invalidate(Change.tag("t" + round));
        }
        var held = life.store.usage("things").bytes();
        // Twice what it holds, two files, and twice the ledger.
        Awaitility.await().until(() -> life.journal.bytes() < 2 * held + (2 << 20) + (6 << 20));
        Awaitility.await().until(() -> size() < 2 * held + (2 << 20) + (6 << 20));
        life.close();

        life = new Life(clock, 8 << 20);
        life.awaitRestored();
        assertThat(life.store.usage("things").entries()).isGreaterThan(MANY / 2);
    }

    private long size() throws IOException {
        try (var files = Files.list(folder())) {
            return files.mapToLong(it -> it.toFile().length()).sum();
        }
    }

    @Test
    void nobodyElseMayReadIt() throws IOException {
        Files.createDirectories(folder());
        Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
        open();
        life.cache.fill("a", entry("v", life.cache.position()));
        life.cache.invalidate(Change.key("b"));

        assertThat(permissions(folder())).isEqualTo("rwx------");
        try (var files = Files.list(folder())) {
            assertThat(files.toList())
                    .hasSizeGreaterThan(3)
                    .allSatisfy(it -> assertThat(permissions(it)).isEqualTo("rw-------"));
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aSecondInstanceSaysSoAndTakesOver() {
        open();
        life.cache.fill("a", entry("of the first", life.cache.position()));
        var first = life;
        try (var log = LogCapture.of(Writer.class.getName())) {
            open();
            assertThat(log.lines()).anyMatch(it -> it.contains("another instance uses it"));
        }
        var second = life;
        second.cache.fill("a", entry("of the second", second.cache.position()));
        second.cache.invalidate(Change.key("c"));
        assertThat(second.journal.trouble()).isPresent();
        assertThat(first.journal.trouble()).isEmpty();

        first.close();
        Awaitility.await()
                .until(
                        () -> {
                            clock.advance(Duration.ofSeconds(1));
                            return second.journal.trouble().isEmpty()
                                    && second.journal.entries() == 1;
                        });
        reopen();

        assertThat(text(life.cache.live("a").orElseThrow())).isEqualTo("of the second");
    }

    @Test
    void whatSomebodyElseMayHaveInvalidatedIsDropped() {
        open();
        life.cache.fill("a", entry("of the first", life.cache.position()));
        var first = life;
        open();
        life.cache.invalidate(Change.key("a"));
        // The first ends while the second runs, and this one before it takes over.
        first.close();
        life.close();

        open();

        assertThat(life.cache.live("a")).isEmpty();
        assertThat(life.journal.trouble()).isEmpty();
    }

    @Test
    void whateverIsInItsFilesLookupsAnswer() throws IOException {
        var random = new Random(7);
        for (var round = 0; round < 60; round++) {
            open();
            fillSome();
            life.close();
            damage(random, round);

            open();
            for (var key : List.of("a", "b", "c", "d")) {
                life.cache
                        .live(key)
                        .ifPresent(it -> assertThat(text(it)).isEqualTo("value of " + key));
            }
            assertThat(life.cache.live("dead")).isEmpty();
            fillSome();
            assertThat(life.cache.live("a")).isPresent();
            life.close();
        }
        try (var files = Files.list(folder())) {
            assertThat(files.filter(it -> it.getFileName().toString().startsWith("damaged-")))
                    .hasSizeBetween(1, 3);
        }
        life = null;
    }

    private void fillSome() {
        var at = life.cache.position();
        for (var key : List.of("a", "b", "c", "d", "dead")) {
            life.cache.fill(key, entry("value of " + key, at));
        }
        life.cache.invalidate(Change.key("dead"));
    }

    private void damage(Random random, int round) throws IOException {
        List<Path> files;
        try (var all = Files.list(folder())) {
            files =
                    all.filter(it -> it.getFileName().toString().matches("(ledger|values|seal).*"))
                            .sorted()
                            .toList();
        }
        var file = files.get(random.nextInt(files.size()));
        var bytes = Files.readAllBytes(file);
        switch (round % 4) {
            case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> random.nextBytes(bytes);
            default -> bytes = "#!/bin/sh\necho foreign\n".getBytes(StandardCharsets.UTF_8);
        }
        Files.write(file, bytes);
    }

    @Test
    void damageIsToldOnceAndShows() throws IOException {
        open();
        fillSome();
        life.close();
        Path ledger;
        try (var files = Files.list(folder())) {
            ledger =
                    files.filter(it -> it.toString().contains("ledger-")).findFirst().orElseThrow();
        }
        Files.write(ledger, new byte[100]);

        try (var log = LogCapture.of(Writer.class.getName())) {
            open();
            assertThat(log.lines().stream().filter(it -> it.contains("damaged"))).hasSize(1);
        }

        assertThat(life.journal.trouble().orElseThrow()).contains("damaged-1");
        assertThat(life.journal.failures()).isEqualTo(1);
        assertThat(life.cache.live("a")).isEmpty();
    }

    @Test
    void aFolderThatVanishesComesBack() throws IOException {
        open();
        fillSome();
        delete(folder());

        Awaitility.await()
                .until(
                        () -> {
                            clock.advance(Duration.ofSeconds(1));
                            return life.journal.failures() > 0;
                        });
        assertThat(life.cache.live("a")).isPresent();
        life.cache.invalidate(Change.key("b"));
        awaitKeptAgain();
        reopen();

        assertThat(life.cache.live("a")).isPresent();
        assertThat(life.cache.live("b")).isEmpty();
        assertThat(life.cache.live("dead")).isEmpty();
    }

    @Test
    void foldersInPlaceOfFilesKeepNothingFromBeingKept() throws IOException {
        Files.createDirectories(folder().resolve("ledger-9").resolve("mine"));
        Files.createDirectories(folder().resolve("values-7").resolve("mine"));

        open();
        fillSome();
        life.cache.invalidate(Change.key("b"));
        awaitKeptAgain();
        reopen();

        assertThat(life.cache.live("a")).isPresent();
        assertThat(life.cache.live("b")).isEmpty();
        try (var files = Files.list(folder())) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("foreign-")))
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(file.resolve("mine")).isDirectory());
        }
    }

    private void awaitKeptAgain() {
        Awaitility.await()
                .until(
                        () -> {
                            clock.advance(Duration.ofSeconds(1));
                            return life.journal.trouble().isEmpty() && life.journal.entries() > 0;
                        });
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void withoutAFolderNothingIsKeptAndNothingRefused() throws IOException {
        Files.writeString(parent.resolve("data"), "a file where the folder should be");

        open();
        fillSome();

        assertThat(life.cache.live("a")).isPresent();
        assertThat(life.journal.trouble()).isPresent();
    }

    @Test
    void aClosedStoreTakesNoChange() {
        open();
        life.close();

        assertThatThrownBy(() -> life.cache.invalidate(Change.key("a")))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void manyChangesAtOnceAreForcedTogether() {
        open();
        var waiting = new HashMap<Integer, CompletableFuture<?>>();
        for (var i = 0; i < 2000; i++) {
            waiting.put(
                    i,
                    life.store
                            .invalidate(new Partition("things", 0), Change.key("k" + i))
                            .toCompletableFuture());
        }
        waiting.values().forEach(SyncStore::await);

        assertThat(life.journal.forces()).isBetween(1L, 1000L);
    }
}
