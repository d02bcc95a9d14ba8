package io.cistern.cache.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MarksTest {

    private static final long GENERATION = Position.generation(1, 77);
    private static final Position START = new Position(GENERATION, 0);
    private static final List<String> KEYS = List.of("a", "b", "ab", "user-1", "user-2");
    private static final List<String> TAGS = List.of("t", "u", "v");
    private static final List<String> PATTERNS = List.of("user-*", "a*", "?", "zz*");

    /** Remembers every invalidation. */
    private static final class Naive {
        private final List<Change> changes = new ArrayList<>();

        boolean isTouchedAfter(String key, Set<String> tags, long version) {
            return isAfter(key, tags, version, Set.of(Change.Mode.values()));
        }

        boolean isEvictedAfter(String key, Set<String> tags, long version) {
            return isAfter(key, tags, version, Set.of(Change.Mode.EVICT));
        }

        boolean isExpiredAfter(String key, Set<String> tags, long version) {
            return isAfter(key, tags, version, Set.of(Change.Mode.EXPIRE));
        }

        private boolean isAfter(
                String key, Set<String> tags, long version, Set<Change.Mode> modes) {
            return changes.stream()
                    .skip(version)
                    .filter(change -> modes.contains(change.mode()))
                    .anyMatch(
                            change ->
                                    change.all()
                                            || change.keys().contains(key)
                                            || change.tags().stream().anyMatch(tags::contains)
                                            || change.patterns().stream()
                                                    .anyMatch(it -> Glob.of(it).matches(key)));
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    private static Change change(Random random) {
        var change = eviction(random);
        return random.nextInt(3) == 0 ? change.expiring() : change;
    }

    private static Change eviction(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> Change.everything();
            case 1, 2 -> Change.tag(pick(TAGS, random));
            case 3 -> Change.pattern(pick(PATTERNS, random));
            case 4 ->
                    new Change(
                            Set.of(pick(KEYS, random)),
                            Set.of(pick(TAGS, random)),
                            Set.of(pick(PATTERNS, random)),
                            false);
            default -> Change.key(pick(KEYS, random));
        };
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private static Set<String> tags(Random random) {
        return TAGS.stream().filter(it -> random.nextInt(3) == 0).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void withRoomForAllMarksExactlyWhatWasTouchedIsDead(long seed) {
        var random = new Random(seed);
        var marks = new Marks(START, 1000);
        var naive = new Naive();
        for (var i = 0; i < 60; i++) {
            var change = change(random);
            naive.changes.add(change);

            assertThat(marks.invalidate(change)).isEqualTo(new Position(GENERATION, i + 1));

            for (var key : KEYS) {
                var tags = tags(random);
                var version = random.nextInt(i + 2);
                var at = new Position(GENERATION, version);
                var evicted = naive.isEvictedAfter(key, tags, version);
                var expired = naive.isExpiredAfter(key, tags, version);
                assertThat(marks.isLive(key, at, tags, i + 1)).isEqualTo(!evicted);
                assertThat(marks.isExpired(key, at, tags)).isEqualTo(expired);
                assertThat(
                                marks.mayFill(key, at)
                                        && marks.isLive(key, at, tags, version)
                                        && !marks.isExpired(key, at, tags))
                        .isEqualTo(!naive.isTouchedAfter(key, tags, version));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void withLittleRoomNothingThatWasTouchedLives(long seed) {
        var random = new Random(seed);
        var marks = new Marks(START, 1 + random.nextInt(3));
        var naive = new Naive();
        var lives = 0;
        for (var i = 0; i < 300; i++) {
            var change = change(random);
            naive.changes.add(change);
            marks.invalidate(change);

            for (var key : KEYS) {
                var tags = tags(random);
                var version = Math.max(0, i + 1 - random.nextInt(6));
                var at = new Position(GENERATION, version);
                if (marks.mayFill(key, at)) {
                    assertThat(naive.isTouchedAfter(key, Set.of(), version)).isFalse();
                }
                if (marks.isLive(key, at, tags, version)) {
                    lives++;
                    assertThat(naive.isEvictedAfter(key, tags, version)).isFalse();
                }
                if (!marks.isExpired(key, at, tags)) {
                    assertThat(naive.isExpiredAfter(key, tags, version)).isFalse();
                }
            }
        }
        assertThat(lives).as("not everything is dead").isGreaterThan(300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aReplicaKnowsWhatItsAuthorityKnows(long seed) {
        var random = new Random(seed);
        var limit = random.nextBoolean() ? 1000 : 1 + random.nextInt(4);
        var authority = new Marks(START, limit);
        var naive = new Naive();
        var replica = new Marks(Position.UNKNOWN, limit);
        replica.apply(authority.since(replica.position()));
        for (var i = 0; i < 300; i++) {
            var change = change(random);
            naive.changes.add(change);
            var at = authority.invalidate(change);
            if (random.nextInt(3) > 0) {
                var isNext = replica.position().version() + 1 == at.version();
                var before = replica.position();

                assertThat(replica.apply(change, at)).isEqualTo(isNext);
                assertThat(replica.position()).isEqualTo(isNext ? at : before);
            }
            if (random.nextInt(4) == 0) {
                replica.apply(authority.since(replica.position()));
                assertThat(replica.position()).isEqualTo(at);
            }
            if (!replica.position().equals(at)) {
                continue;
            }
            for (var key : KEYS) {
                var tags = tags(random);
                var version = Math.max(0, i + 1 - random.nextInt(8));
                var began = new Position(GENERATION, version);
                var evicted = naive.isEvictedAfter(key, tags, version);
                var expired = naive.isExpiredAfter(key, tags, version);
                var live = replica.isLive(key, began, tags, version);
                var stale = replica.isExpired(key, began, tags);
                if (limit == 1000) {
                    assertThat(live).isEqualTo(!evicted);
                    assertThat(stale).isEqualTo(expired);
                } else {
                    assertThat(live && evicted).isFalse();
                    assertThat(expired && !stale).isFalse();
                }
            }
        }
    }

    @Test
    void anotherGenerationKillsEverything() {
        var replica = new Marks(START, 100);
        var at = replica.invalidate(Change.tag("t"));
        var next = new Marks(new Position(Position.generation(2, 5), 3), 100);
        var later = next.invalidate(Change.key("k"));

        replica.apply(next.since(replica.position()));

        assertThat(replica.position()).isEqualTo(later);
        assertThat(replica.isLive("a", at, List.of(), at.version())).isFalse();
        assertThat(replica.isLive("a", later, List.of("t"), later.version())).isTrue();
        var early = new Position(later.generation(), 3);
        assertThat(replica.isLive("a", early, List.of(), 3)).isTrue();
        assertThat(replica.isLive("k", early, List.of(), 3)).isFalse();
        var below = new Position(later.generation(), 2);
        assertThat(replica.isLive("a", below, List.of(), 2)).isFalse();
        assertThat(replica.mayFill("a", below)).isFalse();
        assertThat(replica.apply(Change.tag("x"), new Position(GENERATION, 5))).isFalse();
    }

    @Test
    void whatIsOldIsNoNews() {
        var marks = new Marks(START, 100);
        var first = marks.invalidate(Change.tag("t"));
        var second = marks.invalidate(Change.tag("u"));

        assertThat(marks.apply(Change.everything(), first)).isTrue();
        assertThat(marks.position()).isEqualTo(second);
        assertThat(marks.isLive("a", first, List.of("t"), 1)).isTrue();
    }

    @Test
    void nothingLivesInAnUnknownOrder() {
        var marks = new Marks();

        assertThat(marks.isLive("a", START, List.of(), 0)).isFalse();
        assertThat(marks.mayFill("a", START)).isFalse();
    }

    @Test
    void loadsThatBeganInTheFutureMayNotFill() {
        var marks = new Marks(START, 100);

        assertThat(marks.mayFill("a", new Position(GENERATION, 1))).isFalse();
        assertThat(marks.mayFill("a", START)).isTrue();
    }

    @Test
    void anEntryThatWasReadAfterItsKeysMarkMadeWayLives() {
        var marks = new Marks(START, 1);
        marks.invalidate(Change.key("x"));
        var now = marks.invalidate(Change.key("y"));

        assertThat(marks.isLive("a", START, List.of(), now.version())).isTrue();
        assertThat(marks.isLive("a", START, List.of(), 0)).isFalse();
        assertThat(marks.mayFill("a", START)).isFalse();
    }

    @Test
    void marksAreBoundedByNamesNotByInvalidations() {
        var marks = new Marks(START, 2);
        marks.invalidate(Change.tag("rare"));
        for (var i = 0; i < 10; i++) {
            marks.invalidate(Change.tag("often"));
        }

        assertThat(marks.since(Position.UNKNOWN).floor()).isZero();
        assertThat(marks.since(Position.UNKNOWN).evicted().tags())
                .containsOnlyKeys("rare", "often");
    }

    @Test
    void aReaderBesideTheWriterNeverSeesTheDeadAlive() throws Exception {
        var touched = new Change(Set.of("key"), Set.of("tag"), Set.of("pat*"), false);
        var others = new Change(Set.of("k"), Set.of("t"), Set.of("p"), false);
        var present = new AtomicReference<>(new Marks());
        var done = new AtomicBoolean();
        var wrong = new AtomicLong();
        var readers = new ArrayList<Thread>();
        for (var key : List.of("key", "tagged", "pattern")) {
            var tags = key.equals("tagged") ? List.of("tag") : List.<String>of();
            var reader =
                    new Thread(
                            () -> {
                                while (!done.get()) {
                                    if (present.get().isLive(key, START, tags, 0)) {
                                        wrong.incrementAndGet();
                                    }
                                }
                            });
            reader.start();
            readers.add(reader);
        }

        for (var i = 0; i < 200_000; i++) {
            var marks = new Marks(START, 1);
            marks.invalidate(touched);
            present.set(marks);
            // The marks make way for others, or for another generation.
            if (i % 2 == 0) {
                marks.invalidate(others);
            } else {
                var next = new Marks(new Position(GENERATION + 1, 0), 1);
                marks.apply(next.since(Position.UNKNOWN));
            }
        }
        done.set(true);
        for (var reader : readers) {
            reader.join();
        }

        assertThat(wrong).hasValue(0);
    }
}
