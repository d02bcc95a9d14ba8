package io.cistern.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.Cache;
import io.cistern.cache.Caches;
import io.cistern.cache.LookupRequest;
import io.cistern.cache.Policies;
import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.simulation.FakeStore;
import io.cistern.cache.simulation.VirtualTime;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.invalidation.event.Invalidator;
import io.cistern.invalidation.feed.Delivery;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What is heard of other regions. */
class RegionFeedTest {

    private final VirtualTime time = new VirtualTime(1);
    private final Caches caches =
            new Caches(
                    new FakeStore(time),
                    (name, most) -> NearStore.NONE,
                    time,
                    time,
                    Backplane.NONE,
                    (any, counted) -> Observer.NONE,
                    () -> 0);
    private final Set<String> kept = new HashSet<>();
    private final RegionCounts counts = new RegionCounts();
    private final RegionFeed feed = feed(() -> CompletableFuture.completedStage(kept));

    private RegionFeed feed(Supplier<CompletionStage<Set<String>>> found) {
        return new RegionFeed(
                "cistern/europe",
                new Namesakes("europe", new Own(), time::nanos),
                caches,
                new Invalidator(caches, time, InstantSource.system(), (source, took) -> {}),
                counts,
                found);
    }

    /** Of this region. */
    private static final class Own implements Identity {
        @Override
        public Optional<Made> current() {
            return Optional.of(new Made("own", 0));
        }

        @Override
        public CompletionStage<Void> look() {
            return CompletableFuture.completedStage(null);
        }
    }

    private Cache open(String name) {
        return caches.open(name, Policies.policy().build(), FakeOrigin.immediate());
    }

    private static void fill(Cache cache) {
        var value = "made".getBytes(StandardCharsets.UTF_8);
        cache.put("1", value, "text/plain", null, List.of()).toCompletableFuture().join();
    }

    private static boolean isFilled(Cache cache) {
        return cache.peek("1", LookupRequest.PLAIN).toCompletableFuture().join() != null;
    }

    private void hear(String from, byte[] record) {
        hear(from, null, record);
    }

    private void hear(String from, String id, byte[] record) {
        var delivery = new Delivery();
        feed.read(from, id, 0L, record, delivery);
        feed.apply(delivery.events()).toCompletableFuture().join();
    }

    private void miss() {
        var results = feed.apply(List.of(feed.missed())).toCompletableFuture().join();
        assertThat(results).extracting(Invalidator.Result::status).hasSize(1);
    }

    @Test
    void whatAnotherRegionTellsTakesEffectAndWhatThisOneToldDoesNot() {
        var items = open("items");
        fill(items);
        var record = RecordCodec.encode(new Told("items", Change.key("1")));

        hear("cistern/europe", record);
        assertThat(isFilled(items)).isTrue();
        hear("cistern/asia", record);
        assertThat(isFilled(items)).isFalse();
    }

    @Test
    void whatAnotherRegionOfTheSameNameTellsTakesEffectAsWell() {
        var items = open("items");
        fill(items);
        var record = RecordCodec.encode(new Told("items", Change.key("1")));

        hear("cistern/europe", "own", record);
        assertThat(isFilled(items)).isTrue();
        hear("cistern/europe", "other", record);
        assertThat(isFilled(items)).isFalse();
    }

    @Test
    void whatCantBeReadEmptiesAllCaches() {
        var items = open("items");
        var others = open("others");
        fill(items);
        fill(others);

        hear(null, "nonsense".getBytes(StandardCharsets.UTF_8));

        assertThat(isFilled(items)).isFalse();
        assertThat(isFilled(others)).isFalse();
        assertThat(counts.unreadable()).isEqualTo(1);
        assertThat(counts.emptied()).isEqualTo(1);
    }

    @Test
    void aCacheThatIsKeptButNotOpenHereIsEmptiedOnceWhenSomethingIsMissed() {
        var items = open("items");
        fill(items);
        caches.close(items);
        kept.add("items");

        miss();

        items = open("items");
        assertThat(isFilled(items)).isFalse();
        fill(items);
        caches.close(items);
        assertThat(isFilled(open("items"))).isTrue();
    }

    @Test
    void nothingOfAPollIsAppliedUntilItIsKnownWhatIsKept() {
        var found = new CompletableFuture<Set<String>>();
        var items = open("items");
        fill(items);
        var waiting = feed(() -> found).apply(List.of(feed.missed())).toCompletableFuture();
        assertThat(waiting).isNotDone();
        assertThat(isFilled(items)).isTrue();

        found.completeExceptionally(new StoreUnavailableException("Redis is away"));

        assertThat(waiting).isCompletedExceptionally();
        assertThat(counts.emptied()).isZero();
    }
}
