package io.cistern.invalidation.event;

import io.cistern.cache.CachePolicy;
import io.cistern.cache.Caches;
import io.cistern.cache.Warmer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
    private final Map<String, Map<String, String>> waiting = new HashMap<>();

    /**
     * @param caches whose keys they are
     * @param mostKeys how many keys of a cache wait at most
     */
    Refreshes(Caches caches, int mostKeys) {
        this.caches = caches;
        this.mostKeys = mostKeys;
    }

    /**
     * Loads keys of a cache again, soon.
     *
     * @param keys with the trace of which the load is a part, or null
     */
    void add(String cache, Map<String, String> keys) {
        synchronized (this) {
            var present = waiting.get(cache);
            var queue = present == null ? new LinkedHashMap<String, String>() : present;
            for (var key : keys.entrySet()) {
                if (queue.size() >= mostKeys) {
                    break;
                }
                queue.put(key.getKey(), key.getValue());
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
        Map<String, List<String>> loads;
        synchronized (this) {
            var queue = waiting.get(name);
            if (cache == null || queue.isEmpty()) {
                waiting.remove(name);
                return;
            }
            loads = take(queue, cache.policy());
        }
        var parts =
                loads.entrySet().stream()
                        .map(
                                load ->
                                        loadStale(cache.warmer(), load.getValue(), load.getKey())
                                                .toCompletableFuture())
                        .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(parts).whenCompleteAsync((done, error) -> next(name));
    }

    /** What is fresh was spared by the origin's version of it, or somebody has loaded it since. */
    private static CompletionStage<?> loadStale(Warmer warmer, List<String> keys, String trace) {
        return warmer.freshFor(keys)
                .thenCompose(
                        fresh -> {
                            var stale = new ArrayList<>(keys);
                            stale.removeIf(key -> fresh.getOrDefault(key, 0L) > 0);
                            return warmer.load(stale, headers(trace));
                        });
    }

    /** Keys of different traces don't share a call. */
    private static Map<String, List<String>> take(Map<String, String> queue, CachePolicy policy) {
        var most = Math.max(1, policy.maxConcurrentLoads() / PART);
        var calls = 0;
        Map<String, List<String>> loads = new LinkedHashMap<>();
        var from = queue.entrySet().iterator();
        while (from.hasNext()) {
            var next = from.next();
            var keys = loads.get(next.getValue());
            if (keys == null || keys.size() % policy.batchSize() == 0) {
                if (calls == most) {
                    break;
                }
                calls++;
            }
            loads.computeIfAbsent(next.getValue(), trace -> new ArrayList<>()).add(next.getKey());
            from.remove();
        }
        return loads;
    }

    private static Map<String, String> headers(String trace) {
        return trace == null ? Map.of() : Map.of(TraceContext.HEADER, trace);
    }
}
