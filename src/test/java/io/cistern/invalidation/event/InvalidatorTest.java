package io.cistern.invalidation.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.Cache;
import io.cistern.cache.Caches;
import io.cistern.cache.LookupRequest;
import io.cistern.cache.Policies;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.simulation.FakeStore;
import io.cistern.cache.simulation.VirtualTime;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.testing.LogCapture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.logging.log4j.Level;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class InvalidatorTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final VirtualTime time = new VirtualTime(1);
    private final AtomicInteger changes = new AtomicInteger();
    private final FakeStore store = new FakeStore(time);
    private final Caches caches =
            new Caches(
                    store,
                    (name, most) -> NearStore.NONE,
                    time,
                    time,
                    Backplane.NONE,
                    (any, counted) -> Observer.NONE,
                    () -> 0);
    private final Map<String, AtomicInteger> loads = new ConcurrentHashMap<>();
    private final FakeOrigin origin = FakeOrigin.immediate();
    private final Loader loader =
            request -> {
                request.keys()
                        .forEach(
                                key ->
                                        loads.computeIfAbsent(key, any -> new AtomicInteger())
                                                .incrementAndGet());
                return origin.load(request);
            };
    private final Cache products = caches.open("products", Policies.policy().build(), loader);
    private final Map<String, List<Duration>> measured = new HashMap<>();
    private final Invalidator invalidator =
            new Invalidator(
                    caches,
                    time,
                    InstantSource.fixed(NOW),
                    (source, took) ->
                            measured.computeIfAbsent(source, any -> new ArrayList<>()).add(took));

    InvalidatorTest() {
        store.probe(
                new FakeStore.Probe() {
                    @Override
                    public FakeStore.Effect changing(int partition) {
                        return master -> changes.incrementAndGet();
                    }
                });
    }

    private static InvalidationEvent keys(
            InvalidationEvent.Mode mode, Duration delay, String... keys) {
        return new InvalidationEvent(
                null,
                "products",
                List.of(keys),
                List.of(),
                null,
                false,
                mode,
                null,
                null,
                delay,
                OptionalLong.empty());
    }

    private static InvalidationEvent evict(String... keys) {
        return keys(InvalidationEvent.Mode.EVICT, Duration.ZERO, keys);
    }

    private static InvalidationEvent older(String key, long version) {
        return older(InvalidationEvent.Mode.EVICT, key, version);
    }

    private static InvalidationEvent older(InvalidationEvent.Mode mode, String key, long version) {
        return new InvalidationEvent(
                null,
                "products",
                List.of(key),
                List.of(),
                null,
                false,
                mode,
                null,
                null,
                Duration.ZERO,
                OptionalLong.of(version));
    }

    private static <T> T now(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    private void load(String... keys) {
        for (var key : keys) {
            now(products.lookup(key, LookupRequest.PLAIN));
        }
    }

    private int loads(String key) {
        var count = loads.get(key);
        return count == null ? 0 : count.get();
    }

    @Test
    void eventsOfOneCacheAreOneChange() {
        load("1", "2", "3");

        var results =
                now(invalidator.apply(List.of(evict("1"), evict("2", "1"), evict("1")), "kafka"));

        assertThat(results)
                .hasSize(3)
                .allMatch(result -> result.status() == Invalidator.Status.APPLIED);
        assertThat(changes).hasValue(1);
        assertThat(store.entry("1")).isNull();
        assertThat(store.entry("2")).isNull();
        assertThat(store.entry("3")).isNotNull();
        assertThat(products.statistics().invalidations("key", "kafka")).isEqualTo(3);
    }

    @Test
    void theHighestVersionOfAKeyCounts() {
        var union = new Union();
        union.add(older("1", 5));
        union.add(older("1", 7));
        union.add(older("1", 6));
        union.add(older("2", 6));
        union.add(evict("2"));
        union.add(evict("3"));
        union.add(older("3", 6));

        assertThat(union.evicting().versions()).isEqualTo(Map.of("1", 7L));
        assertThat(union.evicting().keys()).containsExactlyInAnyOrder("1", "2", "3");
    }

    @Test
    void whatIsGoneMeanwhileIsTold() {
        var other =
                new InvalidationEvent(
                        "e",
                        "others",
                        List.of(),
                        List.of(),
                        null,
                        true,
                        InvalidationEvent.Mode.EVICT,
                        null,
                        null,
                        Duration.ZERO,
                        OptionalLong.empty());

        var results = now(invalidator.apply(List.of(other, evict("1")), "http"));

        assertThat(results)
                .extracting(Invalidator.Result::status)
                .containsExactly(Invalidator.Status.UNKNOWN_CACHE, Invalidator.Status.APPLIED);
    }

    @Test
    void whatTheStoreCannotTakeIsNotAcknowledged() {
        store.leave(true);

        var work = invalidator.apply(List.of(evict("1")), "http").toCompletableFuture();

        assertThat(work)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void aDelayedEventActsOnceMore() {
        load("1");
        now(
                invalidator.apply(
                        List.of(keys(InvalidationEvent.Mode.EVICT, Duration.ofSeconds(5), "1")),
                        "http"));
        load("1");
        assertThat(loads("1")).isEqualTo(2);
        assertThat(invalidator.delayedNames()).isPositive();

        time.pass(Duration.ofSeconds(4));
        assertThat(store.entry("1")).isNotNull();
        time.pass(Duration.ofMillis(1_200));

        assertThat(store.entry("1")).isNull();
        assertThat(invalidator.delayedNames()).isZero();
    }

    @Test
    void aDelayedEventWaitsForTheStore() {
        now(
                invalidator.apply(
                        List.of(keys(InvalidationEvent.Mode.EVICT, Duration.ofSeconds(5), "1")),
                        "http"));
        load("1");
        store.leave(true);
        time.pass(Duration.ofSeconds(60));
        assertThat(store.entry("1")).isNotNull();

        store.come();
        time.pass(Duration.ofSeconds(2));

        assertThat(store.entry("1")).isNull();
        assertThat(invalidator.delayedNames()).isZero();
    }

    @Test
    void whatWaitsIsBounded() {
        var many = IntStream.range(0, 99_999).mapToObj(Integer::toString).toArray(String[]::new);
        var event = keys(InvalidationEvent.Mode.EVICT, Duration.ofMinutes(5), many);
        now(invalidator.apply(List.of(event, event), "http"));
        var before = changes.get();

        var refused = invalidator.apply(List.of(event), "http").toCompletableFuture();

        assertThat(refused)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(changes).hasValue(before);
        time.pass(Duration.ofMinutes(6));
        assertThat(invalidator.delayedNames()).isZero();
    }

    @Test
    void whatWaitsIsDoneAtTheEnd() {
        now(
                invalidator.apply(
                        List.of(keys(InvalidationEvent.Mode.EVICT, Duration.ofHours(1), "1")),
                        "http"));
        load("1");

        invalidator.close();

        assertThat(store.entry("1")).isNull();
    }

    @Test
    void whatIsLostAtTheEndIsCounted() {
        var event = keys(InvalidationEvent.Mode.EVICT, Duration.ofSeconds(5), "1");
        var later = keys(InvalidationEvent.Mode.EVICT, Duration.ofHours(1), "2");
        now(invalidator.apply(List.of(event, event, later), "http"));
        store.leave(true);
        // Two have been tried in vain by then, and one was not due.
        time.pass(Duration.ofSeconds(7));

        try (var log = LogCapture.of(Delays.class.getName())) {
            invalidator.close();
            time.pass(Duration.ofSeconds(5));

            assertThat(log.lines(Level.WARN))
                    .containsExactly("WARN Delayed invalidations that are lost: 3");
        }
        assertThat(invalidator.delayedNames()).isZero();
    }

    @Test
    void refreshedKeysAreLoadedAgainInBoundedNumbers() {
        var keys = IntStream.range(0, 1_000).mapToObj(i -> "k" + i).toArray(String[]::new);

        now(
                invalidator.apply(
                        List.of(keys(InvalidationEvent.Mode.REFRESH, Duration.ZERO, keys)),
                        "http"));

        Awaitility.await().until(() -> loads.size() == 1_000);
        assertThat(loads.values()).allMatch(count -> count.get() == 1);
    }

    @Test
    void whatIsNewerThanTheEventIsNotLoadedAgain() {
        origin.script(ask -> ask.answer(key -> FakeOrigin.versioned(key, 7)));
        load("late", "equal");

        now(
                invalidator.apply(
                        List.of(
                                older(InvalidationEvent.Mode.REFRESH, "late", 6),
                                older(InvalidationEvent.Mode.REFRESH, "equal", 7)),
                        "http"));

        Awaitility.await().until(() -> loads("equal") == 2);
        assertThat(loads("late")).isEqualTo(1);
    }

    @Test
    void timesSinceTheChangeAreMeasured() {
        var event =
                new InvalidationEvent(
                        null,
                        "products",
                        List.of("1"),
                        List.of(),
                        null,
                        false,
                        InvalidationEvent.Mode.EVICT,
                        NOW.minusMillis(40),
                        null,
                        Duration.ZERO,
                        OptionalLong.empty());
        var ahead =
                new InvalidationEvent(
                        null,
                        "products",
                        List.of("1"),
                        List.of(),
                        null,
                        false,
                        InvalidationEvent.Mode.EVICT,
                        NOW.plusSeconds(40),
                        null,
                        Duration.ZERO,
                        OptionalLong.empty());

        now(invalidator.apply(List.of(event, ahead, evict("1")), "jms"));

        assertThat(measured)
                .isEqualTo(Map.of("jms", List.of(Duration.ofMillis(40), Duration.ZERO)));
    }
}
