package io.cistern.cache.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarksTest {

    private static final Position START = new Position(Position.generation(1, 7), 5);
    private static final List<String> KEYS = List.of("a", "b", "ab", "c");
    private static final List<String> TAGS = List.of("s", "t", "u");
    private static final List<String> PATTERNS = List.of("a*", "?", "[bc]", "none");

    private static Position at(long version) {
        return new Position(START.generation(), version);
    }

    @Test
    void whatNobodyNamedLives() {
        var marks = new Marks(START, Marks.LIMIT);
        marks.invalidate(Change.key("b"));
        marks.invalidate(Change.tag("t"));
        marks.invalidate(Change.pattern("x*"));

        assertThat(marks.position()).isEqualTo(at(8));
        assertThat(marks.isLive("a", START, List.of("s"), 5)).isTrue();
        assertThat(marks.isLive("b", START, List.of(), 5)).isFalse();
        assertThat(marks.isLive("a", START, List.of("s", "t"), 5)).isFalse();
        assertThat(marks.isLive("xy", START, List.of(), 5)).isFalse();
        assertThat(marks.isLive("b", at(6), List.of(), 6)).isTrue();
    }

    @Test
    void nothingOfAnotherGenerationLives() {
        var marks = new Marks(START, Marks.LIMIT);
        var other = new Position(Position.generation(2, 7), 5);

        assertThat(marks.isLive("a", other, List.of(), 5)).isFalse();
        assertThat(marks.mayFill("a", other)).isFalse();
        assertThat(marks.isLive("a", Position.UNKNOWN, List.of(), 0)).isFalse();
    }

    @Test
    void aLoadFromTheFutureDoesNotFill() {
        var marks = new Marks(START, Marks.LIMIT);

        assertThat(marks.mayFill("a", at(5))).isTrue();
        assertThat(marks.mayFill("a", at(6))).isFalse();
    }

    @Test
    void theWholeCacheDiesAtOnce() {
        var marks = new Marks(START, Marks.LIMIT);

        marks.invalidate(Change.everything());

        assertThat(marks.isLive("a", START, List.of(), 5)).isFalse();
        assertThat(marks.mayFill("a", START)).isFalse();
        assertThat(marks.mayFill("a", at(6))).isTrue();
    }

    @Test
    void aGapIsNotJumped() {
        var marks = new Marks(START, Marks.LIMIT);

        assertThat(marks.apply(Change.key("a"), at(7))).isFalse();
        assertThat(marks.position()).isEqualTo(START);
        assertThat(marks.apply(Change.key("a"), at(6))).isTrue();
        assertThat(marks.apply(Change.key("a"), at(6))).as("told twice").isTrue();
        assertThat(marks.apply(Change.key("a"), new Position(1, 7))).isFalse();
        assertThat(marks.position()).isEqualTo(at(6));
    }

    @Test
    void anotherGenerationReplacesAllThatWasKnown() {
        var replica = new Marks(START, Marks.LIMIT);
        replica.invalidate(Change.key("a"));
        var next = new Marks(new Position(Position.generation(2, 9), 3), Marks.LIMIT);
        next.invalidate(Change.tag("t"));

        replica.apply(next.since(replica.position()));

        assertThat(replica.position()).isEqualTo(next.position());
        var born = new Position(next.position().generation(), 3);
        assertThat(replica.isLive("a", born, List.of(), 3)).isTrue();
        assertThat(replica.isLive("a", born, List.of("t"), 3)).isFalse();
        assertThat(replica.isLive("a", START, List.of(), 5)).isFalse();
    }

    /** Small bounds kill more than necessary, and never less; large ones exactly what they must. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, Marks.LIMIT})
    void agreesWithAListOfAllThatHappened(int limit) {
        for (var seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            var marks = new Marks(START, limit);
            var replica = new Marks();
            List<Change> all = new ArrayList<>();
            for (var step = 0; step < 30; step++) {
                var change = anyChange(random);
                var position = marks.invalidate(change);
                all.add(change);
                if (random.nextInt(3) == 0 && !replica.apply(change, position)) {
                    replica.apply(marks.since(replica.position()));
                }
                var key = any(random, KEYS);
                var tags = List.of(any(random, TAGS));
                var began = START.version() + random.nextInt(all.size() + 1);
                var known = began + random.nextInt((int) (position.version() - began) + 1);
                var knownAt = touches(all, key, tags, began, known) ? began : known;

                var lives = !touches(all, key, tags, began, position.version());
                var says = marks.isLive(key, at(began), tags, knownAt);
                assertThat(says && !lives).as("seed %d, step %d: too long", seed, step).isFalse();
                if (limit == Marks.LIMIT) {
                    assertThat(says).as("seed %d, step %d", seed, step).isEqualTo(lives);
                }
                if (replica.position().equals(position)) {
                    assertThat(replica.isLive(key, at(began), tags, knownAt) && !lives)
                            .as("seed %d, step %d: the replica", seed, step)
                            .isFalse();
                }
                var fills = !touches(all, key, List.of(), began, position.version());
                assertThat(marks.mayFill(key, at(began)) && !fills)
                        .as("seed %d, step %d: fills", seed, step)
                        .isFalse();
            }
        }
    }

    private static boolean touches(
            List<Change> all, String key, List<String> tags, long after, long upTo) {
        for (var version = after + 1; version <= upTo; version++) {
            var change = all.get((int) (version - START.version()) - 1);
            if (change.all()
                    || change.keys().contains(key)
                    || tags.stream().anyMatch(change.tags()::contains)
                    || change.patterns().stream().anyMatch(it -> Glob.of(it).matches(key))) {
                return true;
            }
        }
        return false;
    }

    private static Change anyChange(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> Change.everything();
            case 1, 2 -> Change.tag(any(random, TAGS));
            case 3 -> Change.pattern(any(random, PATTERNS));
            case 4 ->
                    new Change(
                            Set.of(any(random, KEYS)), Set.of(any(random, TAGS)), Set.of(), false);
            default -> Change.key(any(random, KEYS));
        };
    }

    private static String any(Random random, List<String> of) {
        return of.get(random.nextInt(of.size()));
    }
}
