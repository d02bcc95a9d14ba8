package io.cistern.warming.popular;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cistern.cache.Caches;
import io.cistern.redis.RedisRoutes;
import io.lettuce.core.SetArgs;
import io.lettuce.core.ZStoreArgs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that are asked for most, of those caches that somebody wants to know it of. Instances
 * that share a Redis add up what they saw in a sorted set; what is older counts half every ten
 * minutes.
 */
public final class PopularKeys {

    private static final Logger LOG = LoggerFactory.getLogger(PopularKeys.class);
    private static final int SHARED_AT_ONCE = 1_000;
    private static final int KEPT = 10_000;
    private static final int BEATS_BETWEEN_SHARING = 10;
    private static final long FADE_MILLIS = TimeUnit.MINUTES.toMillis(10);
    private static final long KEPT_SECONDS = TimeUnit.DAYS.toSeconds(7);
    private static final long PATIENCE_MILLIS = 1_000;

    private final Caches caches;
    private final Optional<RedisRoutes> redis;
    private final String base;
    private final Map<String, Popularity> byCache = new HashMap<>();
    private int beats;
    private long faded = System.nanoTime();

    /**
     * @param caches whose lookups are watched
     * @param redis where instances share what they see, if anywhere
     * @param base what names in Redis begin with
     */
    public PopularKeys(Caches caches, Optional<RedisRoutes> redis, String base) {
        this.caches = caches;
        this.redis = redis;
        this.base = base;
    }

    /**
     * Watches the lookups of these caches and of no others; to be called every second.
     *
     * @param names of the caches
     */
    public synchronized void watch(Set<String> names) {
        byCache.keySet()
                .removeIf(
                        name -> {
                            var gone = !names.contains(name);
                            if (gone) {
                                listen(name, null);
                            }
                            return gone;
                        });
        for (var name : names) {
            listen(name, byCache.computeIfAbsent(name, any -> new Popularity()));
        }
        byCache.values().forEach(Popularity::adjust);
        if (++beats % BEATS_BETWEEN_SHARING == 0) {
            byCache.forEach(this::share);
        }
        if (System.nanoTime() - faded > TimeUnit.MILLISECONDS.toNanos(FADE_MILLIS)) {
            faded = System.nanoTime();
            byCache.values().forEach(Popularity::fade);
        }
    }

    /** The object of a cache may be another one after an edit. */
    private void listen(String name, Popularity popularity) {
        caches.find(name).ifPresent(cache -> cache.statistics().audience(popularity));
    }

    /**
     * The keys of a cache that are asked for most, the most popular first.
     *
     * @param cache its name
     * @param count how many at most
     */
    public List<String> top(String cache, int count) {
        Popularity here;
        synchronized (this) {
            here = byCache.get(cache);
        }
        if (here != null) {
            share(cache, here);
        }
        return shared(cache, count)
                .filter(keys -> !keys.isEmpty())
                .orElseGet(() -> here == null ? List.of() : here.top(count));
    }

    private Optional<List<String>> shared(String cache, int count) {
        var set = name(cache, "popular");
        return redis.flatMap(routes -> routes.reach(set))
                .flatMap(
                        server ->
                                ask(
                                        server.commands()
                                                .zrevrange(set, 0, count - 1L)
                                                .toCompletableFuture()))
                .map(keys -> keys.stream().map(key -> new String(key, UTF_8)).toList());
    }

    private void share(String cache, Popularity popularity) {
        var set = name(cache, "popular");
        var server = redis.flatMap(routes -> routes.reach(set));
        if (server.isEmpty()) {
            return;
        }
        var fresh = popularity.takeFresh(SHARED_AT_ONCE);
        if (fresh.isEmpty()) {
            return;
        }
        try {
            var commands = server.get().commands();
            List<CompletableFuture<?>> all = new ArrayList<>();
            fresh.forEach(
                    (key, count) ->
                            all.add(
                                    commands.zincrby(set, count, key.getBytes(UTF_8))
                                            .toCompletableFuture()));
            all.add(commands.zremrangebyrank(set, 0, -KEPT - 1L).toCompletableFuture());
            all.add(commands.expire(set, KEPT_SECONDS).toCompletableFuture());
            ask(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
            // Of all instances one fades the common counts.
            var mine =
                    ask(
                            commands.set(
                                            name(cache, "popular-faded"),
                                            new byte[] {'1'},
                                            SetArgs.Builder.nx().px(FADE_MILLIS))
                                    .toCompletableFuture());
            if (mine.isPresent()) {
                ask(
                        commands.zunionstore(set, ZStoreArgs.Builder.weights(0.5), set)
                                .toCompletableFuture());
            }
        } catch (RuntimeException e) {
            LOG.debug("What is popular can't be shared", e);
        }
    }

    private <T> Optional<T> ask(CompletableFuture<T> answer) {
        try {
            return Optional.ofNullable(answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("Redis does not tell what is popular", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private byte[] name(String cache, String what) {
        return (base + "{" + cache + "}:" + what).getBytes(UTF_8);
    }
}
