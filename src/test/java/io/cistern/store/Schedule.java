package io.cistern.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Glob;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A random schedule of loads, fills, puts, invalidations and reads against one store or several
 * side by side, judged by a model that forgets nothing. Loads begin at one step and end at another.
 */
public final class Schedule {

    private static final List<String> KEYS = List.of("a", "b", "ab", "user-1", "user-2", "x{y}");
    private static final List<String> TAGS = List.of("t", "u", "v");
    private static final List<String> PATTERNS = List.of("user-*", "a*", "?", "[ab]*", "*");

    private static final String STALE = "~";

    private final Random random;
    private final List<Side> sides = new ArrayList<>();
    private final List<Step> history = new ArrayList<>();
    private final List<Load> loads = new ArrayList<>();
    private int values;
    private int served;

    /** An invalidation; the loads that began before it began at a lower step. */
    private record Step(Change change) {
        boolean touches(String key, Set<String> tags) {
            return change.all()
                    || change.keys().contains(key)
                    || change.tags().stream().anyMatch(tags::contains)
                    || change.patterns().stream().anyMatch(it -> Glob.of(it).matches(key));
        }
    }

    /** A load under way, with where each side says that it began. */
    private record Load(String key, int began, List<Position> at) {}

    /** One store, with a replica of its marks such as an instance has. */
    private static final class Side {
        private final SyncStore store;
        private final Marks replica = new Marks();

        /** By value: when its load began, and its tags. */
        private final Map<String, Integer> began = new HashMap<>();

        private final Map<String, Set<String>> tags = new HashMap<>();

        Side(SyncStore store) {
            this.store = store;
        }

        void catchUp() {
            replica.apply(store.changes(replica.position()));
        }

        /** What lives; with a mark behind it if it was told stale. */
        Optional<String> live(String key) {
            var view = store.read(key);
            if (!view.position().equals(replica.position())) {
                catchUp();
            }
            return Optional.ofNullable(view.entries().get(key))
                    .filter(
                            it ->
                                    replica.isLive(
                                            key,
                                            it.position(),
                                            it.tags(),
                                            view.position().version()))
                    .map(
                            it ->
                                    replica.isExpired(key, it.position(), it.tags())
                                            ? Entries.text(it) + STALE
                                            : Entries.text(it));
        }
    }

    public Schedule(long seed, SyncStore... stores) {
        this.random = new Random(seed);
        for (var store : stores) {
            var side = new Side(store);
            side.catchUp();
            sides.add(side);
        }
    }

    /** Something that happens to the stores behind their backs. */
    @FunctionalInterface
    public interface Accident {
        void happen(Random random);
    }

    /**
     * Runs it.
     *
     * @param steps how many
     * @param isExact whether everything that the model takes for alive must be there
     * @param accident what happens now and then; null for nothing
     */
    public void run(int steps, boolean isExact, Accident accident) {
        for (var i = 0; i < steps; i++) {
            switch (random.nextInt(10)) {
                case 0, 1 -> beginLoad();
                case 2, 3, 4 -> endLoads();
                case 5 -> put();
                case 6 -> invalidate();
                default -> {
                    if (accident != null && random.nextInt(2) == 0) {
                        accident.happen(random);
                    }
                }
            }
            look(isExact);
        }
        assertThat(served).as("hits").isGreaterThan(steps / 10);
    }

    private void beginLoad() {
        // Where a lookup finds out that it has to load.
        var positions = new ArrayList<Position>();
        for (var side : sides) {
            side.catchUp();
            positions.add(side.replica.position());
        }
        loads.add(new Load(pick(KEYS), history.size(), positions));
    }

    private void endLoads() {
        var ending = new HashMap<String, Load>();
        while (!loads.isEmpty() && ending.size() < 3 && random.nextInt(4) > 0) {
            var load = loads.remove(random.nextInt(loads.size()));
            ending.put(load.key, load);
        }
        if (ending.isEmpty()) {
            return;
        }
        var value = "v" + values++;
        var tags = tags();
        var stored = new ArrayList<Set<String>>();
        for (var i = 0; i < sides.size(); i++) {
            var side = sides.get(i);
            var index = i;
            var entries = new HashMap<String, Entry>();
            ending.forEach(
                    (key, load) -> {
                        var of = value + key;
                        side.began.put(of, load.began);
                        side.tags.put(of, tags);
                        entries.put(
                                key,
                                Entries.entry(of, load.at.get(index), tags.toArray(String[]::new)));
                    });
            var accepted = new HashSet<>(side.store.fill(entries));
            // What the model knows to be dead or stale may be stored or not: nobody will serve it.
            accepted.removeIf(key -> isTouched(key, ending.get(key).began, tags));
            stored.add(accepted);
        }
        for (var side : sides) {
            ending.keySet()
                    .forEach(
                            key ->
                                    assertLives(
                                            side, key, side.store.fresh(key).map(Entries::text)));
        }
        assertThat(Set.copyOf(stored)).as("fills at step %d", history.size()).hasSize(1);
    }

    private void put() {
        var key = pick(KEYS);
        var value = "v" + values++;
        var tags = tags();
        history.add(new Step(Change.key(key)));
        for (var side : sides) {
            side.began.put(value, history.size());
            side.tags.put(value, tags);
            var entry = Entries.entry(value, Position.UNKNOWN, tags.toArray(String[]::new));
            var at = side.store.put(key, entry);
            side.replica.apply(Change.key(key), at);
        }
    }

    private void invalidate() {
        var change =
                switch (random.nextInt(8)) {
                    case 0 -> Change.everything();
                    case 1, 2 -> Change.tag(pick(TAGS));
                    case 3 -> Change.pattern(pick(PATTERNS));
                    case 4 ->
                            new Change(
                                    Set.of(pick(KEYS)), Set.of(pick(TAGS)), Set.of("zz*"), false);
                    default -> Change.key(pick(KEYS));
                };
        apply(random.nextInt(3) == 0 ? change.expiring() : change);
    }

    private void apply(Change change) {
        history.add(new Step(change));
        for (var side : sides) {
            var at = side.store.invalidate(change);
            if (random.nextBoolean()) {
                side.replica.apply(change, at);
            }
        }
    }

    private void look(boolean isExact) {
        // Somebody who has just come knows no more than the store tells.
        var asked = pick(KEYS);
        if (random.nextInt(4) == 0) {
            for (var side : sides) {
                assertLives(side, asked, side.store.fresh(asked).map(Entries::text));
            }
        }
        for (var key : KEYS) {
            // What a pattern told stale while it was loaded may be stored, stale, or not at all.
            var live =
                    sides.stream()
                            .map(side -> live(side, key).filter(it -> !it.endsWith(STALE)))
                            .collect(Collectors.toSet());
            if (isExact) {
                assertThat(live).as("%s at step %d", key, history.size()).hasSize(1);
            }
        }
    }

    private Optional<String> live(Side side, String key) {
        var value = side.live(key);
        served += value.isPresent() ? 1 : 0;
        assertLives(side, key, value);
        return value;
    }

    private void assertLives(Side side, String key, Optional<String> value) {
        value.ifPresent(
                it -> {
                    var isFresh = !it.endsWith(STALE);
                    var text = it.replace(STALE, "");
                    var began = side.began.get(text);
                    var tags = side.tags.get(text);
                    assertThat(isFresh ? isTouched(key, began, tags) : isDead(key, began, tags))
                            .as("%s of %s is no more at step %d", it, key, history.size())
                            .isFalse();
                });
    }

    private boolean isDead(String key, int began, Set<String> tags) {
        return history.stream()
                .skip(began)
                .anyMatch(step -> step.change.isEviction() && step.touches(key, tags));
    }

    private boolean isTouched(String key, int began, Set<String> tags) {
        return history.stream().skip(began).anyMatch(step -> step.touches(key, tags));
    }

    private Set<String> tags() {
        return TAGS.stream().filter(it -> random.nextInt(3) == 0).collect(Collectors.toSet());
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
