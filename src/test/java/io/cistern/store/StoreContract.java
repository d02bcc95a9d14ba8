package io.cistern.store;

import static io.cistern.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.Store;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every store must do. */
public abstract class StoreContract {

    protected final TestClock clock = new TestClock();
    protected Store store;
    protected SyncStore cache;

    /** A store with nothing in it that remembers so many marks of each kind. */
    protected abstract Store open(int marks);

    @BeforeEach
    void openStore() {
        store = open(Marks.LIMIT);
        cache = new SyncStore(store, "things");
    }

    static Stream<String> awkwardKeys() {
        return Stream.of(
                "",
                " ",
                "a b/c?d#e%2F",
                "\0",
                "a\0b",
                "{}",
                "}{",
                "{other}:e:x",
                "*",
                "[a-z]?\\",
                "k:t:p:",
                "\r\n",
                "\"quoted\"",
                "żółć-日本語-😀",
                "x".repeat(2048),
                "😀".repeat(512));
    }

    @Test
    void nothingIsThereAtFirst() {
        var view = cache.read("a", "b");

        assertThat(view.entries()).isEmpty();
    }

    @Test
    void filledEntriesAreReadAsTheyWere() {
        var at = cache.position();
        var full =
                new Entry(
                        new byte[] {0, 1, -1},
                        "application/x-thing",
                        1,
                        clock.millis() + 10_000,
                        clock.millis() + 60_000,
                        at,
                        List.of("t1", "żółć"),
                        "etag",
                        "fingerprint",
                        -7,
                        false);
        var negative =
                new Entry(
                        new byte[0], "", 1, 2, clock.millis() + 9, at, List.of(), "", "", 3, true);

        var stored = cache.fill(Map.of("full", full, "negative", negative));
        var view = cache.read("full", "negative", "missing");

        assertThat(stored).containsExactlyInAnyOrder("full", "negative");
        assertThat(view.entries())
                .containsExactlyInAnyOrderEntriesOf(Map.of("full", full, "negative", negative));
        assertThat(view.position()).isEqualTo(at);
    }

    @ParameterizedTest
    @MethodSource("awkwardKeys")
    void everyKeyIsAKey(String key) {
        var at = cache.position();
        var entry = entry("value", at);
        cache.fill("another", entry);

        assertThat(cache.fill(key, entry)).containsExactly(key);
        assertThat(cache.read(key).entries()).containsExactly(Map.entry(key, entry));
        assertThat(cache.read(key, "another").entries()).containsOnlyKeys(key, "another");
        var invalidated = cache.invalidate(Change.key(key));
        assertThat(cache.read(key).entries()).isEmpty();
        assertThat(cache.fill(key, entry)).isEmpty();
        assertThat(cache.changes(at).evicted().keys())
                .containsExactly(Map.entry(key, invalidated.version()));
        cache.put(key, entry);
        assertThat(cache.live(key)).isPresent();
        assertThat(cache.prune((name, it) -> name.equals(key))).isEqualTo(1);
        assertThat(cache.read(key, "another").entries()).containsOnlyKeys("another");
    }

    @Test
    void aLoadThatBeganBeforeItsKeyWasInvalidatedIsNotStored() {
        var before = cache.position();
        var after = cache.invalidate(Change.key("a"));

        var stored = cache.fill(Map.of("a", entry("old", before), "b", entry("other", before)));

        assertThat(stored).containsExactly("b");
        assertThat(cache.fill("a", entry("new", after))).containsExactly("a");
        assertThat(cache.live("a")).hasValue(entry("new", after));
    }

    @Test
    void aLoadThatBeganBeforeAllWasInvalidatedIsNotStored() {
        var before = cache.position();
        cache.fill("a", entry("old", before));
        var after = cache.invalidate(Change.everything());

        assertThat(cache.live("a")).isEmpty();
        assertThat(cache.fill("b", entry("old", before))).isEmpty();
        assertThat(cache.fill("b", entry("new", after))).containsExactly("b");
        assertThat(cache.live("b")).isPresent();
    }

    @Test
    void aLoadOfAnotherHistoryIsNotStored() {
        var at = cache.position();

        var elsewhere = new Position(at.generation() + 1, at.version());
        assertThat(cache.fill("a", entry("v", elsewhere))).isEmpty();
        assertThat(cache.fill("a", entry("v", Position.UNKNOWN))).isEmpty();
        var tomorrow = new Position(at.generation(), at.version() + 1);
        assertThat(cache.fill("a", entry("v", tomorrow))).isEmpty();
    }

    @Test
    void anOlderLoadDoesNotReplaceANewerOne() {
        var older = cache.position();
        var newer = cache.invalidate(Change.key("unrelated"));
        cache.fill("a", entry("newer", newer));

        assertThat(cache.fill("a", entry("older", older))).isEmpty();
        assertThat(cache.fill("a", entry("as new", newer))).containsExactly("a");
        assertThat(cache.live("a")).hasValue(entry("as new", newer));
    }

    @Test
    void whatIsDeadAlreadyIsNotStored() {
        var at = cache.position();

        var stored = cache.fill("a", Entries.until(clock.millis() - 1, "dead", at));

        assertThat(stored).isEmpty();
        assertThat(cache.read("a").entries()).isEmpty();
    }

    @Test
    void aTagTakesItsEntriesAndTheLoadsUnderWay() {
        var before = cache.position();
        cache.fill(Map.of("a", entry("1", before, "x", "y"), "b", entry("2", before, "y")));
        var after = cache.invalidate(Change.tag("x"));
        cache.fill("late", entry("3", before, "x"));
        cache.fill("new", entry("4", after, "x"));

        assertThat(cache.live("a")).isEmpty();
        assertThat(cache.live("b")).isPresent();
        assertThat(cache.live("late")).isEmpty();
        assertThat(cache.live("new")).isPresent();
    }

    @Test
    void aPatternTakesItsEntriesAndTheLoadsUnderWay() {
        var before = cache.position();
        cache.fill(Map.of("user-1", entry("1", before), "other", entry("2", before)));
        var after = cache.invalidate(Change.pattern("user-*"));
        cache.fill("user-late", entry("3", before));
        cache.fill("user-new", entry("4", after));

        assertThat(cache.live("user-1")).isEmpty();
        assertThat(cache.live("other")).isPresent();
        assertThat(cache.live("user-late")).isEmpty();
        assertThat(cache.live("user-new")).isPresent();
    }

    @Test
    void aUnionIsOneVersion() {
        var before = cache.position();
        cache.fill(
                Map.of(
                        "a", entry("1", before),
                        "b", entry("2", before, "x"),
                        "c-1", entry("3", before),
                        "d", entry("4", before)));

        var after = cache.invalidate(new Change(Set.of("a"), Set.of("x"), Set.of("c-*"), false));

        assertThat(after.version()).isEqualTo(before.version() + 1);
        assertThat(after.generation()).isEqualTo(before.generation());
        assertThat(Stream.of("a", "b", "c-1").map(cache::live)).allMatch(it -> it.isEmpty());
        assertThat(cache.live("d")).isPresent();
    }

    @Test
    void aPutTakesEffectAtOnceAndFencesLoads() {
        var before = cache.position();
        cache.fill("a", entry("loaded", before));

        var at = cache.put("a", entry("put", Position.UNKNOWN));

        assertThat(at.version()).isEqualTo(before.version() + 1);
        assertThat(cache.live("a")).hasValue(entry("put", at));
        assertThat(cache.fill("a", entry("late", before))).isEmpty();
        assertThat(cache.live("a")).hasValue(entry("put", at));
        assertThat(cache.changes(before).evicted().keys())
                .containsExactly(Map.entry("a", at.version()));
    }

    @Test
    void aPutOfWhatIsDeadLeavesNothing() {
        cache.put("a", entry("first", Position.UNKNOWN));

        cache.put("a", Entries.until(clock.millis() - 1, "dead", Position.UNKNOWN));

        assertThat(cache.read("a").entries()).isEmpty();
    }

    @Test
    void changesAreThoseSinceAPoint() {
        var start = cache.position();
        var first = cache.invalidate(Change.tag("t1"));
        var second = cache.invalidate(new Change(Set.of("k"), Set.of("t2"), Set.of("p*"), false));

        var all = cache.changes(Position.UNKNOWN);
        var since = cache.changes(first);
        var none = cache.changes(second);

        assertThat(all.evicted().tags())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("t1", first.version(), "t2", second.version()));
        assertThat(since.position()).isEqualTo(second);
        assertThat(since.evicted().tags()).containsExactly(Map.entry("t2", second.version()));
        assertThat(since.evicted().patterns()).containsExactly(Map.entry("p*", second.version()));
        assertThat(since.evicted().keys()).containsExactly(Map.entry("k", second.version()));
        assertThat(since.floor()).isEqualTo(start.version());
        assertThat(none.evicted().tags()).isEmpty();
        assertThat(none.evicted().patterns()).isEmpty();
        assertThat(none.evicted().keys()).isEmpty();
    }

    @Test
    void whatIsToldStaleStaysAndFencesLoads() {
        var before = cache.position();
        cache.fill(
                Map.of(
                        "a", entry("1", before),
                        "b", entry("2", before, "x"),
                        "c-1", entry("3", before),
                        "d", entry("4", before)));

        var after =
                cache.invalidate(
                        new Change(Set.of("a"), Set.of("x"), Set.of("c-*"), false).expiring());

        assertThat(after.version()).isEqualTo(before.version() + 1);
        assertThat(Stream.of("a", "b", "c-1", "d").map(cache::live)).allMatch(Optional::isPresent);
        assertThat(Stream.of("a", "b", "c-1").map(cache::fresh)).allMatch(Optional::isEmpty);
        assertThat(cache.fresh("d")).isPresent();
        assertThat(cache.fill("a", entry("late", before))).isEmpty();
        assertThat(cache.fill("a", entry("new", after))).containsExactly("a");
        assertThat(cache.fresh("a")).isPresent();
        var since = cache.changes(before);
        assertThat(since.expired().keys()).containsExactly(Map.entry("a", after.version()));
        assertThat(since.expired().tags()).containsExactly(Map.entry("x", after.version()));
        assertThat(since.expired().patterns()).containsExactly(Map.entry("c-*", after.version()));
        assertThat(since.evicted().keys()).isEmpty();
    }

    @Test
    void aWholeCacheToldStaleStaysAndFencesLoads() {
        var before = cache.position();
        cache.fill("a", entry("1", before, "x"));

        var after = cache.invalidate(Change.everything().expiring());

        assertThat(cache.live("a")).isPresent();
        assertThat(cache.fresh("a")).isEmpty();
        assertThat(cache.fill("b", entry("late", before))).isEmpty();
        assertThat(cache.fill("b", entry("new", after))).containsExactly("b");
        assertThat(cache.fresh("b")).isPresent();
    }

    @Test
    void whatWasToldStaleAndMadeWayMakesMoreStaleAndNothingDead() {
        var small = new SyncStore(open(10), "things");
        var start = small.position();
        small.fill("tagged", entry("v", start, "tag-0"));
        for (var i = 0; i < 30; i++) {
            small.invalidate(
                    new Change(Set.of("key-" + i), Set.of("tag-" + i), Set.of(), false).expiring());
        }

        assertThat(small.live("tagged")).isPresent();
        assertThat(small.fresh("tagged")).isEmpty();
        assertThat(small.fill("any", entry("late", start))).isEmpty();
        assertThat(small.changes(Position.UNKNOWN).floor()).isEqualTo(start.version());
        assertThat(small.changes(Position.UNKNOWN).expireFloor()).isEqualTo(20);
        assertThat(small.fill("any", entry("new", small.position()))).containsExactly("any");
        assertThat(small.fresh("any")).isPresent();
    }

    @Test
    void cachesHaveNothingToDoWithEachOther() {
        var here = new SyncStore(store, "a*");
        var there = new SyncStore(store, "ab");
        here.fill("k", entry("here", here.position()));
        there.fill("k", entry("there", there.position()));

        here.invalidate(Change.everything());
        var removed = here.prune((key, entry) -> true);

        assertThat(removed).isEqualTo(1);
        assertThat(there.live("k")).isPresent();
    }

    @Test
    void pruningDeletesWhatIsDeadAndNothingElse() {
        var at = cache.position();
        var entries = new HashMap<String, Entry>();
        IntStream.range(0, 1000).forEach(i -> entries.put("k" + i, entry("v" + i, at)));
        cache.fill(entries);

        var removed = cache.prune((key, entry) -> Entries.text(entry).endsWith("7"));

        assertThat(removed).isEqualTo(100);
        entries.keySet().removeIf(key -> key.endsWith("7"));
        assertThat(
                        cache.readAll(IntStream.range(0, 1000).mapToObj(i -> "k" + i).toList())
                                .entries())
                .isEqualTo(entries);
        assertThat(cache.prune((key, entry) -> Entries.text(entry).endsWith("7"))).isZero();
    }

    @Test
    void tellsWhereTheEntriesOfACacheLieAndHowManyTheyAre() {
        var entries = new HashMap<String, Entry>();
        IntStream.range(0, 1500).forEach(i -> entries.put("k" + i, entry("v", cache.position())));
        cache.fill(entries);
        cache.invalidate(Change.key("k7"));
        var other = new SyncStore(store, "thing");
        other.fill("k", entry("v", other.position()));

        var lies = cache.locations().get(0);

        assertThat(lies.extent()).isEqualTo(Location.Extent.CACHE);
        assertThat(lies.entries()).isEqualTo(1499);
        assertThat(lies.bytes()).isGreaterThanOrEqualTo(1499);
        assertThat(lies.where()).isNotEmpty();
        assertThat(other.locations().get(0).entries()).isOne();
        assertThat(new SyncStore(store, "nothing").locations().get(0).entries()).isZero();
    }

    @Test
    void largeValuesPass() {
        var bytes = new byte[8 << 20];
        new Random(1).nextBytes(bytes);
        var loaded = Entries.ofBytes(bytes, cache.position());

        assertThat(cache.fill(Map.of("a", loaded, "b", loaded))).hasSize(2);
        assertThat(cache.read("a").entries().get("a").value()).isEqualTo(bytes);
        assertThat(cache.read("a", "b").entries()).hasSize(2);
        cache.put("a", loaded);
        assertThat(cache.live("a"))
                .hasValueSatisfying(it -> assertThat(it.value()).isEqualTo(bytes));
        assertThat(cache.prune((key, entry) -> Arrays.equals(entry.value(), bytes))).isEqualTo(2);
    }

    @Test
    void veryManyKeysCanBeInvalidatedAtOnce() {
        var at = cache.position();
        var keys = IntStream.range(0, 100_000).mapToObj(i -> "key-" + i).toList();
        cache.fill(
                Map.of("key-0", entry("v", at), "key-99999", entry("v", at), "x", entry("v", at)));

        cache.invalidate(new Change(Set.copyOf(keys), Set.of(), Set.of(), false));

        assertThat(cache.read("key-0", "key-99999", "x").entries()).containsOnlyKeys("x");
        assertThat(cache.live("x")).isPresent();
        assertThat(cache.fill("key-5", entry("late", at))).isEmpty();
        assertThat(cache.fill("key-5", entry("new", cache.position()))).containsExactly("key-5");
    }

    @Test
    void forgottenMarksKillMoreThanNecessaryAndNeverLess() {
        var small = new SyncStore(open(10), "things");
        var start = small.position();
        small.fill("tagged", entry("v", start, "tag-0"));
        small.fill("kept", entry("v", start));
        for (var i = 0; i < 30; i++) {
            small.invalidate(new Change(Set.of("key-" + i), Set.of("tag-" + i), Set.of(), false));
        }

        assertThat(small.live("tagged")).isEmpty();
        assertThat(small.fill("key-0", entry("late", start))).isEmpty();
        assertThat(small.fill("any", entry("late", start))).isEmpty();
        var now = small.position();
        assertThat(small.fill("key-0", entry("new", now, "tag-0"))).containsExactly("key-0");
        assertThat(small.live("key-0")).isPresent();
        assertThat(small.changes(Position.UNKNOWN).evicted().tags()).hasSize(10);
        assertThat(small.changes(Position.UNKNOWN).evicted().keys()).hasSize(10);
        assertThat(small.changes(Position.UNKNOWN).floor()).isEqualTo(20);
        assertThat(small.changes(Position.UNKNOWN).loadFloor()).isEqualTo(20);
    }

    @Test
    void timeAloneDoesNotChangeTheOrder() {
        var at = cache.position();

        clock.advance(Duration.ofDays(400));

        assertThat(cache.position()).isEqualTo(at);
    }
}
