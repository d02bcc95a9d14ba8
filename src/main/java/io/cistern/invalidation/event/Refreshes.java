package io.cistern.invalidation.event;

import io.cistern.cache.Caches;
import io.cistern.cache.Warmer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Keys to be loaded again now. They never take more than a quarter of the calls that a cache's
 * origin may get at once, so that lookups go first; what is too much waits, and is loaded when
 * somebody asks for it where even that is too much.
 */
final class Refreshes {

    private static final int PART = 4;

    private final Caches caches;
    private final int mostKeys;
    private final Map<String, Set<String>> waiting = new HashMap<>();

    /**
     * @param caches whose keys they are
     * @param mostKeys how many keys of a cache wait at most
     */
    Refreshes(Caches caches, int mostKeys) {
        this.caches = caches;
        this.mostKeys = mostKeys;
    }

    /** Loads keys of a cache again, soon. */
    void add(String cache, Collection<String> keys) {
        synchronized (this) {
            var present = waiting.get(cache);
            var queue = present == null ? new LinkedHashSet<String>() : present;
            for (var key : keys) {
                if (queue.size() >= mostKeys) {
                    break;
                }
                queue.add(key);
            }
            if (present != null || queue.isEmpty()) {
                return;
            }
            waiting.put(cache, queue);
        }
        next(cache);
    }

    private void next(String name) {
        var cache = caches.get(name);
        List<String> keys = new ArrayList<>();
        synchronized (this) {
            var queue = waiting.get(name);
            if (cache == null || queue.isEmpty()) {
                waiting.remove(name);
                return;
            }
            var policy = cache.policy();
            var most = Math.max(1, policy.maxConcurrentLoads() / PART) * policy.batchSize();
            var from = queue.iterator();
            while (keys.size() < most && from.hasNext()) {
                keys.add(from.next());
                from.remove();
            }
        }
        loadStale(cache.warmer(), keys).whenCompleteAsync((done, error) -> next(name));
    }

    /** What is fresh was spared by the origin's version of it, or somebody has loaded it since. */
    private static CompletionStage<?> loadStale(Warmer warmer, List<String> keys) {
        return warmer.freshFor(keys)
                .thenCompose(
                        fresh -> {
                            var stale = new ArrayList<>(keys);
                            stale.removeIf(key -> fresh.getOrDefault(key, 0L) > 0);
                            return warmer.load(stale, Map.of());
                        });
    }
}
