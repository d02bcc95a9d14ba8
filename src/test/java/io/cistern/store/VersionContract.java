package io.cistern.store;

import static io.cistern.store.Entries.entry;
import static io.cistern.store.Entries.versioned;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.spi.Store;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What every store must do with changes that go by the origin's own versions. */
public abstract class VersionContract {

    private SyncStore cache;

    /** A store with nothing in it that remembers so many marks of each kind. */
    protected abstract Store open(int marks);

    @BeforeEach
    void openStore() {
        cache = new SyncStore(open(Marks.LIMIT), "versioned");
    }

    /** Evicts a key unless its entry is newer. */
    private static Change older(String key, long version) {
        return new Change(
                Change.Mode.EVICT, Set.of(key), Map.of(key, version), Set.of(), Set.of(), false);
    }

    @ParameterizedTest
    @CsvSource({
        "7, 6, true",
        "7, 7, false",
        "7, 8, false",
        "-1, -2, true",
        "-2, -1, false",
        "1, -1, true",
        "-1, 1, false",
        "9223372036854775807, 9223372036854775806, true",
        "9223372036854775806, 9223372036854775807, false",
        "9007199254740993, 9007199254740992, true",
        "4294967296, 4294967295, true",
        "4294967295, 4294967296, false",
        "-9223372036854775807, 9223372036854775807, false",
    })
    void whatIsNewerStays(long carried, long told, boolean stays) {
        cache.fill("a", versioned(carried, cache.position(), "t"));

        var at = cache.invalidate(older("a", told));

        assertThat(cache.live("a").isPresent()).isEqualTo(stays);
        assertThat(cache.fresh("a").isPresent()).isEqualTo(stays);
        cache.live("a")
                .ifPresent(entry -> assertThat(entry).isEqualTo(versioned(carried, at, "t")));
    }

    @Test
    void whatCarriesNoVersionGoes() {
        cache.fill("a", entry("1", cache.position()));

        cache.invalidate(older("a", Long.MIN_VALUE + 1));

        assertThat(cache.read("a").entries()).isEmpty();
    }

    @Test
    void loadsUnderWayAreOvertakenAllTheSame() {
        var before = cache.position();
        cache.fill("a", versioned(7, before));

        cache.invalidate(older("a", 6));

        assertThat(cache.fill("a", versioned(5, before))).isEmpty();
        assertThat(cache.live("a")).map(Entry::originVersion).hasValue(7L);
    }

    @Test
    void olderValuesElsewhereAreOvertakenAllTheSame() {
        var before = cache.position();
        var near = versioned(5, before);
        cache.fill("a", versioned(7, before));

        cache.invalidate(older("a", 6));

        var marks = cache.marks();
        assertThat(marks.isLive("a", near.position(), near.tags(), marks.position().version()))
                .isFalse();
    }

    @Test
    void eachKeyHasItsOwnVersion() {
        var at = cache.position();
        cache.fill(
                Map.of(
                        "a", versioned(7, at),
                        "b", versioned(7, at),
                        "c", versioned(7, at),
                        "d", versioned(7, at)));

        cache.invalidate(
                new Change(
                        Change.Mode.EVICT,
                        Set.of("a", "b", "c"),
                        Map.of("a", 6L, "b", 8L),
                        Set.of(),
                        Set.of(),
                        false));

        assertThat(cache.live("a")).isPresent();
        assertThat(cache.live("b")).isEmpty();
        assertThat(cache.live("c")).isEmpty();
        assertThat(cache.live("d")).isPresent();
    }

    @Test
    void expiringSparesWhatIsNewer() {
        var at = cache.position();
        cache.fill(Map.of("a", versioned(7, at), "b", versioned(5, at)));

        cache.invalidate(older("a", 6).expiring());
        cache.invalidate(older("b", 6).expiring());

        assertThat(cache.fresh("a")).isPresent();
        assertThat(cache.fresh("b")).isEmpty();
        assertThat(cache.live("b")).isPresent();
    }

    /** What may have died or expired since the load of an entry. */
    enum Touch {
        TAG(Change.tag("t")),
        PATTERN(Change.pattern("a*")),
        ALL(Change.everything()),
        STALE_KEY(Change.key("a").expiring()),
        STALE_TAG(Change.tag("t").expiring()),
        STALE_PATTERN(Change.pattern("a*").expiring()),
        STALE_ALL(Change.everything().expiring());

        private final Change change;

        Touch(Change change) {
            this.change = change;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatDiedOrExpiredIsNotRevived(Touch touch) {
        cache.fill("a", versioned(7, cache.position(), "s", "t"));
        cache.invalidate(touch.change);

        cache.invalidate(older("a", 6));

        assertThat(cache.fresh("a")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNamedOtherwiseInTheSameChangeGoes(Touch touch) {
        var change = touch.change;
        if (!change.keys().isEmpty() || !change.isEviction()) {
            return;
        }
        cache.fill("a", versioned(7, cache.position(), "s", "t"));

        cache.invalidate(
                new Change(
                        Change.Mode.EVICT,
                        Set.of("a"),
                        Map.of("a", 6L),
                        change.tags(),
                        change.patterns(),
                        change.all()));

        assertThat(cache.live("a")).isEmpty();
    }

    @Test
    void otherTagsDoNotMatter() {
        cache.fill("a", versioned(7, cache.position(), "s", "t"));
        cache.invalidate(Change.tag("other"));
        cache.invalidate(Change.tag("another").expiring());

        cache.invalidate(older("a", 6));

        assertThat(cache.fresh("a")).isPresent();
        cache.invalidate(Change.tag("t"));
        assertThat(cache.live("a")).isEmpty();
    }

    @Test
    void manyKeysAreTakenInSteps() {
        var at = cache.position();
        Map<String, Entry> entries = new HashMap<>();
        Map<String, Long> versions = new HashMap<>();
        for (var i = 0; i < 2_500; i++) {
            entries.put("k" + i, versioned(i % 2, at));
            versions.put("k" + i, 0L);
        }
        cache.fill(entries);

        cache.invalidate(
                new Change(
                        Change.Mode.EVICT, versions.keySet(), versions, Set.of(), Set.of(), false));

        var marks = cache.marks();
        var living =
                cache.readAll(versions.keySet().stream().toList()).entries().entrySet().stream()
                        .filter(
                                it ->
                                        marks.isLive(
                                                it.getKey(),
                                                it.getValue().position(),
                                                it.getValue().tags(),
                                                marks.position().version()))
                        .count();
        assertThat(living).isEqualTo(1_250);
    }

    /** Random changes against a model that knows of each key what it holds. */
    @Test
    void randomChangesDoAsTheModelSays() {
        for (var seed = 0; seed < 30; seed++) {
            new Run(seed).run();
        }
    }

    private final class Run {
        private final Random random;
        private final SyncStore mine;
        private final Map<String, Entry> fresh = new TreeMap<>();

        Run(int seed) {
            this.random = new Random(seed);
            this.mine = cache.other("random-" + seed);
        }

        private String key() {
            return "k" + random.nextInt(4);
        }

        private String tag() {
            return "t" + random.nextInt(3);
        }

        void run() {
            for (var step = 0; step < 60; step++) {
                if (random.nextInt(2) == 0) {
                    fill();
                } else {
                    change();
                }
                for (var key : IntStream.range(0, 4).mapToObj(i -> "k" + i).toList()) {
                    assertThat(mine.fresh(key).map(Entry::originVersion))
                            .as("step %d, %s", step, key)
                            .isEqualTo(
                                    Optional.ofNullable(fresh.get(key)).map(Entry::originVersion));
                }
            }
        }

        private void fill() {
            var key = key();
            var entry = versioned(random.nextInt(5), mine.position(), tag());
            mine.fill(key, entry);
            fresh.put(key, entry);
        }

        private void change() {
            var change =
                    switch (random.nextInt(6)) {
                        case 0 -> Change.tag(tag());
                        case 1 -> Change.key(key());
                        default -> older(key(), random.nextInt(5));
                    };
            mine.invalidate(random.nextBoolean() ? change : change.expiring());
            fresh.entrySet()
                    .removeIf(
                            it ->
                                    change.reaches(it.getKey(), it.getValue().tags())
                                            || change.keys().contains(it.getKey())
                                                    && it.getValue().originVersion()
                                                            <= change.versions()
                                                                    .getOrDefault(
                                                                            it.getKey(),
                                                                            Long.MAX_VALUE));
        }
    }
}
