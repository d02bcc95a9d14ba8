package io.cistern.cache;

import io.cistern.cache.order.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Which cache is made of which, and what follows when one is invalidated: each cache that depends
 * on it, directly or through others, gets one change, whatever the number of entries. A cache comes
 * after all of which it is made, so that whoever loads it anew finds those as they are now.
 *
 * <p>Of a key the entries follow that say that they are made of it. Which keys a tag, a pattern or
 * a whole cache reaches nobody knows: then all follow that are made of any.
 */
final class Dependents {

    /** An invalidation that names more keys takes all that is made of any. */
    private static final int MOST_KEYS = 1_000;

    /** A cache stands here from when it is first opened until it is forgotten. */
    private final Map<String, Cache> caches = new ConcurrentHashMap<>();

    /** The caches that are made of one, by its name. */
    private volatile Map<String, List<Cache>> dependents = Map.of();

    /**
     * @throws IllegalStateException if a cache would be made of itself, with the way from it to it
     */
    void check(String name, CachePolicy policy) {
        for (var dependency : policy.dependsOn()) {
            var way = way(dependency.cache(), name, new HashSet<>());
            if (way != null) {
                throw new IllegalStateException(
                        "dependsOn: the cache %s would depend on itself: %s -> %s"
                                .formatted(name, name, String.join(" -> ", way)));
            }
        }
    }

    /** From a cache along what it is made of to another one; null if that is not reached. */
    private List<String> way(String from, String to, Set<String> seen) {
        if (from.equals(to)) {
            return List.of(to);
        }
        var cache = caches.get(from);
        // One that is held makes way for what is loaded now.
        if (cache == null || cache.isHeld() || !seen.add(from)) {
            return null;
        }
        for (var dependency : cache.policy().dependsOn()) {
            var rest = way(dependency.cache(), to, seen);
            if (rest != null) {
                var way = new ArrayList<>(List.of(from));
                way.addAll(rest);
                return way;
            }
        }
        return null;
    }

    void opened(Cache cache) {
        caches.put(cache.name(), cache);
        relate();
    }

    void forgotten(String name) {
        caches.remove(name);
        relate();
    }

    private void relate() {
        Map<String, List<Cache>> related = new HashMap<>();
        for (var cache : new TreeMap<>(caches).values()) {
            cache.policy().dependsOn().stream()
                    .map(Dependency::cache)
                    .distinct()
                    .forEach(
                            on -> related.computeIfAbsent(on, any -> new ArrayList<>()).add(cache));
        }
        dependents = related;
    }

    /** The names that no cache bears, but of which caches are made, by the names of these. */
    Map<String, Set<String>> missing() {
        Map<String, Set<String>> missing = new TreeMap<>();
        for (var cache : caches.values()) {
            for (var dependency : cache.policy().dependsOn()) {
                if (!caches.containsKey(dependency.cache())) {
                    missing.computeIfAbsent(cache.name(), any -> new TreeSet<>())
                            .add(dependency.cache());
                }
            }
        }
        return missing;
    }

    /** Whether a cache is made of another one, directly or through others. */
    boolean isMadeOf(String name, String of) {
        var related = dependents;
        return related.containsKey(of) && new Wave(related, of).ranks.containsKey(name);
    }

    /**
     * Takes what follows from a change that took effect.
     *
     * @return ends when that took effect as well
     */
    CompletionStage<Void> follow(String name, Change change) {
        var related = dependents;
        return related.containsKey(name)
                ? new Wave(related, name).run(change)
                : CompletableFuture.completedFuture(null);
    }

    /** What spreads from one cache. */
    private static final class Wave {
        private final Map<String, List<Cache>> related;
        private final String origin;

        /** Those reached, by the longest way there: each after all of which it is made. */
        private final Map<String, Integer> ranks = new HashMap<>();

        private final Map<String, Cache> reached = new HashMap<>();
        private final Map<String, Following> changes = new HashMap<>();

        Wave(Map<String, List<Cache>> related, String origin) {
            this.related = related;
            this.origin = origin;
            rank(origin, 0, new HashSet<>());
            ranks.remove(origin);
        }

        private void rank(String name, int rank, Set<String> path) {
            // Two loads at once may make a circle, for as long as it takes to refuse one of them.
            if (ranks.getOrDefault(name, -1) >= rank || !path.add(name)) {
                return;
            }
            ranks.put(name, rank);
            for (var cache : related.getOrDefault(name, List.of())) {
                reached.put(cache.name(), cache);
                rank(cache.name(), rank + 1, path);
            }
            path.remove(name);
        }

        CompletionStage<Void> run(Change change) {
            spread(origin, change);
            CompletionStage<Void> done = CompletableFuture.completedFuture(null);
            var last = ranks.values().stream().max(Comparator.naturalOrder()).orElse(0);
            for (var rank = 1; rank <= last; rank++) {
                var now = rank;
                done = done.thenCompose(before -> invalidate(now));
            }
            return done;
        }

        /** All of a rank at once. */
        private CompletionStage<Void> invalidate(int rank) {
            var names =
                    ranks.entrySet().stream()
                            .filter(each -> each.getValue() == rank)
                            .map(Map.Entry::getKey)
                            .toList();
            var parts = new CompletableFuture<?>[names.size()];
            for (var i = 0; i < parts.length; i++) {
                var change = changes.get(names.get(i)).change();
                spread(names.get(i), change);
                parts[i] = reached.get(names.get(i)).follow(change).toCompletableFuture();
            }
            return CompletableFuture.allOf(parts);
        }

        private void spread(String name, Change change) {
            for (var cache : related.getOrDefault(name, List.of())) {
                for (var dependency : cache.policy().dependsOn()) {
                    if (dependency.cache().equals(name)) {
                        changes.computeIfAbsent(cache.name(), any -> new Following(change.mode()))
                                .add(dependency, change);
                    }
                }
            }
        }
    }

    /** What follows in one cache. */
    private static final class Following {
        private final Change.Mode mode;
        private final Set<String> tags = new HashSet<>();
        private boolean all;

        Following(Change.Mode mode) {
            this.mode = mode;
        }

        void add(Dependency dependency, Change change) {
            var on = dependency.cache();
            if (dependency.key().isEmpty()) {
                all = true;
                return;
            }
            var areKeys = !change.all() && change.tags().isEmpty() && change.patterns().isEmpty();
            if (areKeys && change.keys().size() <= MOST_KEYS) {
                tags.addAll(
                        change.keys().stream()
                                .map(key -> Dependency.tag(on, key))
                                .collect(Collectors.toSet()));
            } else {
                tags.add(Dependency.tagOfAny(on));
            }
        }

        Change change() {
            return all
                    ? new Change(mode, Set.of(), Set.of(), Set.of(), true)
                    : new Change(mode, Set.of(), tags, Set.of(), false);
        }
    }
}
