package io.cistern.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.settings.StoreSettings.Fsync;
import io.cistern.store.Entries;
import io.cistern.store.EvictionListener;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.cistern.store.memory.MemoryStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Several lives of a memory store over one folder, each of which ends at a random moment, judged by
 * a model that forgets nothing. All in one thread, and all from one seed.
 */
final class Lives {

    private static final List<String> KEYS =
            Stream.concat(
                            Stream.of(
                                    "a", "b", "ab", "user-1", "user-2", "", "\uD800", "\uD801",
                                    "żółć"),
                            IntStream.range(0, 20).mapToObj(i -> "k" + i))
                    .toList();
    private static final List<String> TAGS = List.of("t", "u");
    private static final List<String> PATTERNS = List.of("user-*", "a*", "?");
    private static final Partition PARTITION = new Partition("things", 0);
    private static final long SECOND = 1_000_000_000L;

    private final Random random;
    private final FakeFolder folder;
    private final Fsync fsync;
    private final boolean isExact;
    private final double writerShare;
    private final double changeShare;
    private final boolean hasFaults;
    private final boolean isSmall;
    private final TestClock clock = new TestClock();
    private final List<Done> changes = new ArrayList<>();
    private final Map<String, Made> made = new HashMap<>();

    /** By key, what was stored last. */
    private final Map<String, Made> latest = new HashMap<>();

    private final List<Throwable> refusals = new ArrayList<>();
    private MemoryStore store;
    private DiskJournal journal;
    private SyncStore cache;
    private int step;
    private int found;
    private boolean wasTroubled;

    /** An invalidation, at which step, and whether it was acknowledged. */
    private static final class Done {
        private final Change change;
        private final int at;
        private boolean isAcknowledged;

        Done(Change change, int at) {
            this.change = change;
            this.at = at;
        }

        boolean touches(Made value) {
            return at > value.began
                    && (change.keys().contains(value.key) || change.reaches(value.key, value.tags));
        }
    }

    /** A value, and what must not be lost of it. */
    private static final class Made {
        private final String key;
        private final Set<String> tags;
        private final int began;
        private final long staleUntil;
        private final long nanos;
        private boolean isAcknowledged;

        /** A step of the writer ended after it, and one a second after it. */
        private boolean isWritten;

        private boolean isAged;

        Made(String key, Set<String> tags, int began, long staleUntil, long nanos) {
            this.key = key;
            this.tags = tags;
            this.began = began;
            this.staleUntil = staleUntil;
            this.nanos = nanos;
        }
    }

    Lives(long seed) {
        random = new Random(seed);
        folder = new FakeFolder(random);
        fsync = Fsync.values()[random.nextInt(3)];
        hasFaults = random.nextInt(3) == 0;
        isSmall = random.nextInt(4) == 0;
        isExact = !isSmall && !hasFaults;
        writerShare = new double[] {0.05, 0.2, 0.5}[random.nextInt(3)];
        changeShare = new double[] {0.01, 0.1, 0.4}[random.nextInt(3)];
    }

    /** How many values were found after a restart. */
    int run() throws InterruptedException {
        for (var life = 0; life < 6; life++) {
            // One that dies while it starts is a life as well.
            if (random.nextInt(4) == 0) {
                folder.killAfter(random.nextInt(30));
            }
            try {
                live();
            } catch (FakeFolder.Killed killed) {
                // as it may be
            }
            end();
        }
        folder.heal();
        open();
        judge();
        return found;
    }

    private void live() throws InterruptedException {
        open();
        if (random.nextBoolean()) {
            judge();
        }
        var steps = 10 + random.nextInt(250);
        if (random.nextInt(3) == 0) {
            folder.killAfter(random.nextInt(600));
        }
        for (var i = 0; i < steps; i++) {
            act();
        }
        if (random.nextInt(3) == 0) {
            judge();
        }
        if (random.nextInt(4) == 0) {
            journal.close();
            latest.values().forEach(it -> it.isWritten = it.isAged = true);
        }
    }

    private void open() {
        // A small one may get smaller than what is kept.
        var maxBytes = isSmall && random.nextBoolean() ? 2000 : 1 << 20;
        var limits =
                new Limits(
                        maxBytes,
                        isSmall ? 1500 : 1 << 20,
                        1 << 11,
                        1 << 9,
                        60,
                        isSmall ? 2 : 10_000);
        journal = DiskJournal.stepwise(folder, fsync, limits, clock, seen -> {});
        EvictionListener nobody = (name, cause) -> {};
        store = new MemoryStore(maxBytes, clock, nobody, limits.marks(), journal);
        cache = new SyncStore(store, PARTITION.cache());
        wasTroubled = journal.trouble().isPresent();
        assertThat(hasFaults || !wasTroubled).as("trouble %s", journal.trouble()).isTrue();
    }

    private void end() {
        assertThat(refusals)
                .allSatisfy(
                        it ->
                                assertThat(it instanceof CompletionException ? it.getCause() : it)
                                        .isInstanceOf(StoreUnavailableException.class));
        assertThat(hasFaults || refusals.isEmpty()).as("refused %s", refusals).isTrue();
        if (random.nextBoolean()) {
            folder.loseProcess();
            expect(made -> made.isWritten);
        } else {
            folder.loseMachine();
            expect(
                    made ->
                            switch (fsync) {
                                case ALWAYS -> made.isAcknowledged || made.isAged;
                                case EVERY_SECOND -> made.isAged;
                                case NEVER -> false;
                            });
        }
        clock.advance(Duration.ofMillis(random.nextInt(3000)));
    }

    /** From now on the others may be lost, and with them that they replaced what was before. */
    private void expect(Predicate<Made> survives) {
        latest.values().removeIf(it -> !survives.test(it));
    }

    private void act() throws InterruptedException {
        if (random.nextDouble() < writerShare) {
            turn();
        } else if (random.nextDouble() < changeShare) {
            if (random.nextInt(3) == 0) {
                put();
            } else {
                invalidate();
            }
        } else {
            switch (random.nextInt(6)) {
                case 0 -> clock.advance(Duration.ofMillis(random.nextInt(1500)));
                case 1 -> fault();
                default -> fill();
            }
        }
    }

    private void turn() throws InterruptedException {
        journal.step();
        wasTroubled |= journal.trouble().isPresent();
        for (var each : latest.values()) {
            each.isWritten = true;
            each.isAged |= clock.nanos() - each.nanos >= SECOND;
        }
    }

    private void fault() {
        if (hasFaults) {
            switch (random.nextInt(5)) {
                case 0 -> folder.fullAfter(random.nextInt(2000));
                case 1 -> folder.readOnly(true);
                case 2 -> folder.vanish();
                default -> folder.heal();
            }
        }
    }

    private Entry make(String key, Position at) {
        step++;
        var tags = random.nextInt(3) == 0 ? Set.of(TAGS.get(random.nextInt(2))) : Set.<String>of();
        var until = clock.millis() + (random.nextInt(4) == 0 ? 1000 : 1_000_000);
        var value = key + "#" + step + "x".repeat(random.nextInt(300));
        var entry = entry(value, at, until, tags);
        var it = new Made(key, tags, step, until, clock.nanos());
        made.put(value, it);
        latest.put(key, it);
        return entry;
    }

    private static Entry entry(String value, Position at, long until, Set<String> tags) {
        var plain = Entries.until(until, value, at);
        return new Entry(
                bytes(value),
                plain.contentType(),
                plain.created(),
                plain.freshUntil(),
                plain.staleUntil(),
                at,
                List.copyOf(tags),
                plain.etag(),
                plain.fingerprint(),
                plain.originVersion(),
                false);
    }

    /** Char by char, since not all of them are well formed. */
    private static byte[] bytes(String value) {
        var bytes = ByteBuffer.allocate(2 * value.length());
        bytes.asCharBuffer().put(value);
        return bytes.array();
    }

    private static String text(Entry entry) {
        return ByteBuffer.wrap(entry.value()).asCharBuffer().toString();
    }

    private void fill() {
        var key = pick(KEYS);
        var entry = make(key, cache.position());
        var value = latest.get(key);
        store.fill(PARTITION, Map.of(key, entry), null)
                .thenAccept(filled -> value.isAcknowledged = true);
    }

    private void put() {
        var key = pick(KEYS);
        step++;
        var change = new Done(Change.key(key), step);
        changes.add(change);
        var entry = make(key, cache.position());
        var value = latest.get(key);
        acknowledge(change, store.put(PARTITION, key, entry))
                .thenAccept(done -> value.isAcknowledged = true);
    }

    private void invalidate() {
        step++;
        var change =
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> Change.key(pick(KEYS));
                    case 3, 4 -> Change.tag(pick(TAGS));
                    case 5, 6 -> Change.pattern(pick(PATTERNS));
                    default -> Change.everything();
                };
        var done = new Done(random.nextInt(4) == 0 ? change.expiring() : change, step);
        changes.add(done);
        acknowledge(done, store.invalidate(PARTITION, done.change));
    }

    private CompletionStage<?> acknowledge(Done change, CompletionStage<?> by) {
        return by.whenComplete(
                (done, error) -> {
                    change.isAcknowledged = error == null;
                    if (error != null) {
                        refusals.add(error);
                    }
                });
    }

    /** What is found must be right, and what may not be lost must be found. */
    private void judge() throws InterruptedException {
        for (var key : KEYS) {
            judge(key);
        }
        // From the disk at first; once more when all of it is back.
        for (var i = 0; i < 300; i++) {
            journal.step();
        }
        assertThat(journal.isRestoring()).isFalse();
        assertThat(journal.unreadable()).isLessThanOrEqualTo(KEYS.size());
        KEYS.forEach(this::judge);
    }

    private void judge(String key) {
        var isThere = false;
        var living = cache.live(key).filter(it -> !it.isDeadAt(clock.millis()));
        if (living.isPresent()) {
            var text = text(living.get());
            var value = made.get(text);
            assertThat(value).as("the value %s of %s", text, key).isNotNull();
            assertThat(value.key).isEqualTo(key);
            var isFresh = cache.fresh(key).isPresent();
            for (var change : changes) {
                var kills = change.change.isEviction() || isFresh;
                assertThat(kills && change.isAcknowledged && change.touches(value))
                        .as("%s comes back after the invalidation %s", text, change.change)
                        .isFalse();
            }
            found++;
            isThere = value == latest.get(key);
        }
        var wanted = latest.get(key);
        var mayBeGone =
                !isExact
                        || wasTroubled
                        || wanted == null
                        || wanted.staleUntil < clock.millis()
                        || changes.stream().anyMatch(it -> it.touches(wanted));
        assertThat(isThere || mayBeGone).as("%s is there", key).isTrue();
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
