package io.cistern.store.disk;

import static io.cistern.store.Entries.entry;
import static io.cistern.store.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.order.Change;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.settings.StoreSettings.Fsync;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.cistern.store.memory.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single moments of a journal, step by step. */
class DiskJournalTest {

    private static final Partition PARTITION = new Partition("things", 0);
    private static final int MARKS = 2;

    private final TestClock clock = new TestClock();
    private final FakeFolder folder = new FakeFolder(new Random(1));
    private DiskJournal journal;
    private MemoryStore store;
    private SyncStore cache;

    @BeforeEach
    void open() {
        open(1 << 20);
    }

    private void open(long bytes) {
        var limits = new Limits(bytes, 20_000, 1 << 16, 1 << 16, 1, MARKS);
        journal = DiskJournal.stepwise(folder, Fsync.EVERY_SECOND, limits, clock, seen -> {});
        store = new MemoryStore(bytes, clock, (name, cause) -> {}, MARKS, journal);
        cache = new SyncStore(store, PARTITION.cache());
    }

    private void settle() throws InterruptedException {
        while (journal.step()) {
            // as long as there is something to do
        }
    }

    private boolean isAcknowledged(CompletionStage<?> stage) throws InterruptedException {
        settle();
        var done = stage.toCompletableFuture();
        return done.isDone() && !done.isCompletedExceptionally();
    }

    @Test
    void whatIsInvalidatedBeforeItIsBackStaysAway() throws InterruptedException {
        for (var key : List.of("a", "b", "c", "d", "e", "f")) {
            cache.fill(key, entry(key, cache.position()));
        }
        journal.close();
        open();
        assertThat(journal.isRestoring()).isTrue();

        // The mark of the first one makes way for the others'.
        for (var key : List.of("a", "b", "c", "d")) {
            store.invalidate(PARTITION, Change.key(key));
        }
        assertThat(cache.read("a").entries()).isEmpty();
        settle();

        assertThat(journal.isRestoring()).isFalse();
        assertThat(cache.live("a")).isEmpty();
        assertThat(cache.live("f")).isPresent();
    }

    @Test
    void whatIsFilledBeforeTheOldOneIsBackStays() throws InterruptedException {
        cache.fill("a", entry("old", cache.position()));
        cache.fill("b", entry("other", cache.position()));
        journal.close();
        open();

        cache.fill("a", entry("new", cache.position()));
        settle();

        assertThat(text(cache.live("a").orElseThrow())).isEqualTo("new");
        assertThat(text(cache.live("b").orElseThrow())).isEqualTo("other");
    }

    @Test
    void pruningWaitsUntilAllIsThere() throws InterruptedException {
        cache.fill(Map.of("a", entry("v", cache.position()), "b", entry("v", cache.position())));
        journal.close();
        open();

        var pruned = store.prune(PARTITION, (key, entry) -> key.equals("a")).toCompletableFuture();
        assertThat(pruned).isNotDone();
        settle();

        assertThat(pruned).isCompletedWithValue(1L);
        journal.close();
        open();
        assertThat(cache.live("a")).isEmpty();
        assertThat(cache.live("b")).isPresent();
    }

    @Test
    void aFullDiskLosesEntriesAndNoInvalidation() throws InterruptedException {
        cache.fill("a", entry("v", cache.position()));
        settle();
        folder.fullAfter(10);

        assertThat(isAcknowledged(store.invalidate(PARTITION, Change.key("a")))).isTrue();
        assertThat(journal.trouble().orElseThrow()).contains("No space left");
        assertThat(cache.live("a")).isEmpty();
        cache.fill("b", entry("w", cache.position()));
        folder.loseMachine();
        open();
        assertThat(cache.live("a")).isEmpty();
        assertThat(cache.live("b")).isEmpty();
    }

    @Test
    void onceThereIsSpaceAgainAllIsKeptAgain() throws InterruptedException {
        cache.fill("a", entry("v", cache.position()));
        settle();
        folder.fullAfter(10);
        store.invalidate(PARTITION, Change.key("b"));
        settle();
        assertThat(journal.entries()).isZero();
        assertThat(journal.bytes()).isZero();
        folder.heal();

        clock.advance(Duration.ofSeconds(2));
        settle();

        assertThat(journal.trouble()).isEmpty();
        journal.close();
        folder.loseMachine();
        open();
        assertThat(text(cache.live("a").orElseThrow())).isEqualTo("v");
    }

    @Test
    void aDiskThatStaysFullIsTriedLessAndLess() throws InterruptedException {
        for (var i = 0; i < 40; i++) {
            cache.fill("k" + i, entry("x".repeat(300), cache.position()));
        }
        settle();
        for (var second = 0; second < 120; second++) {
            // Later there is room for the beginning of it, each time.
            folder.fullAfter(second == 0 ? 10 : 3000);
            store.invalidate(PARTITION, Change.key("other"));
            cache.fill("more" + second, entry("x".repeat(300), cache.position()));
            clock.advance(Duration.ofSeconds(1));
            settle();
        }

        assertThat(journal.trouble().orElseThrow()).contains("No space left");
        assertThat(journal.failures()).isBetween(3L, 10L);
    }

    @Test
    void aReadOnlyDiskRefusesChangesUntilItIsNot() throws InterruptedException {
        cache.fill("a", entry("v", cache.position()));
        settle();
        folder.readOnly(true);

        var refused = store.invalidate(PARTITION, Change.key("b"));
        settle();

        assertThatThrownBy(() -> SyncStore.await(refused))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(cache.live("a")).isPresent();
        folder.heal();
        clock.advance(Duration.ofSeconds(2));
        assertThat(isAcknowledged(store.invalidate(PARTITION, Change.key("a")))).isTrue();
        folder.loseMachine();
        open();
        assertThat(cache.live("a")).isEmpty();
    }

    @Test
    void ofMoreThanThereIsRoomForWhatWasWrittenLastComesBack() throws InterruptedException {
        cache.fill("gone", entry("v", cache.position()));
        store.invalidate(PARTITION, Change.key("gone"));
        for (var i = 0; i < 100; i++) {
            cache.fill("k" + i, entry("v" + i, cache.position()));
            settle();
        }
        journal.close();
        open(30_000);
        settle();

        assertThat(journal.trouble()).isEmpty();
        assertThat(cache.live("k0")).isEmpty();
        assertThat(text(cache.live("k99").orElseThrow())).isEqualTo("v99");
        var fit = store.usage(PARTITION.cache()).entries();
        assertThat(fit).isBetween(50L, 90L);
        assertThat(cache.live("k" + (100 - fit))).isPresent();

        // Nor does anything of it come back behind what was stored since.
        cache.fill("k0", entry("newer", cache.position()));
        journal.close();
        folder.loseMachine();
        open();
        settle();
        assertThat(text(cache.live("k0").orElseThrow())).isEqualTo("newer");
        assertThat(cache.live("k1")).isEmpty();
        assertThat(text(cache.live("k99").orElseThrow())).isEqualTo("v99");
        assertThat(cache.live("gone")).isEmpty();
    }

    @Test
    void whatWasShedIsNotReadAgainWhereThereIsRoomLater() throws InterruptedException {
        for (var i = 0; i < 100; i++) {
            cache.fill("k" + i, entry("v" + i, cache.position()));
            settle();
        }
        journal.close();
        open(10_000);
        // Before anything else is written.
        folder.loseProcess();
        open();

        assertThat(cache.live("k0")).isEmpty();
        assertThat(cache.live("k99")).isPresent();
    }

    @Test
    void whatComesTooFastIsLeftOutAndNothingOlderStays() throws InterruptedException {
        cache.fill("a", entry("old", cache.position()));
        settle();
        for (var i = 0; i < 10; i++) {
            cache.fill("k" + i, entry("x".repeat(4000), cache.position()));
        }
        cache.fill("a", entry("new".repeat(1000), cache.position()));
        assertThat(journal.leftOut()).isPositive();
        settle();
        clock.advance(Duration.ofSeconds(1));
        settle();

        folder.loseMachine();
        open();

        assertThat(cache.live("a")).isEmpty();
        assertThat(cache.live("k0")).isPresent();
    }
}
