package io.cistern.cache;

import io.cistern.cache.simulation.FakeNear;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.simulation.FakeStore;
import io.cistern.cache.simulation.VirtualTime;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Observer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One cache before fakes on calm days: what is not held back happens at once. */
class CacheFixture {

    static final Duration SECOND = Duration.ofSeconds(1);

    final VirtualTime time = new VirtualTime(1);
    final FakeStore store = new FakeStore(time);
    final FakeOrigin origin = FakeOrigin.immediate();
    FakeNear near;
    double random;
    final Caches caches =
            new Caches(
                    store,
                    this::near,
                    time,
                    time,
                    Backplane.NONE,
                    (any, counted) -> Observer.NONE,
                    () -> random);
    Cache cache;

    private NearStore near(String name, long maxEntries) {
        near = new FakeNear(maxEntries, new Random(1), null);
        return near;
    }

    private final Heartbeat heartbeat = new Heartbeat(caches, store, time.ticking(), time);

    CacheFixture() {
        heartbeat.start();
    }

    Cache open(Policies policy) {
        cache = caches.open("test", policy.build(), origin);
        return cache;
    }

    CompletableFuture<LookupResult> ask(String key) {
        return ask(key, LookupRequest.PLAIN);
    }

    CompletableFuture<LookupResult> ask(String key, LookupRequest request) {
        return cache.lookup(key, request).toCompletableFuture();
    }

    /** The answer to a lookup that ends at once. */
    LookupResult get(String key) {
        return now(ask(key));
    }

    LookupResult get(String key, LookupRequest request) {
        return now(ask(key, request));
    }

    Map<String, LookupResult> getAll(Collection<String> keys) {
        return now(cache.lookupAll(keys, LookupRequest.PLAIN));
    }

    CompletionStage<Void> put(String key, String value) {
        return cache.put(key, bytes(value), "text/plain", null, List.of());
    }

    /** What a stage ended with; fails where it is under way. */
    static <T> T now(CompletionStage<T> stage) {
        var future = stage.toCompletableFuture();
        if (!future.isDone()) {
            throw new AssertionError("it has not ended");
        }
        return future.join();
    }

    static String text(LookupResult result) {
        return new String(result.entry().value(), StandardCharsets.UTF_8);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static LookupRequest bypass() {
        return new LookupRequest(false, true, false, 0, Map.of());
    }

    static LookupRequest onlyIfCached(long maxStale) {
        return new LookupRequest(false, false, true, maxStale, Map.of());
    }

    static LookupRequest maxStale(long millis) {
        return new LookupRequest(false, false, false, millis, Map.of());
    }

    boolean isIdle() {
        return cache.loading() == 0
                && cache.waiting() == 0
                && cache.flying() == 0
                && time.timers() == 0;
    }
}
