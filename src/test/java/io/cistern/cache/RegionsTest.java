package io.cistern.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeNear;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.simulation.FakeStore;
import io.cistern.cache.simulation.VirtualTime;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Regions;
import io.cistern.cache.spi.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Invalidations that cross from one region to another, each with a store of its own. */
class RegionsTest {

    private final VirtualTime time = new VirtualTime(1);
    private final List<String> told = new ArrayList<>();
    private final Caches there = caches(new FakeStore(time), Regions.NONE);
    private final FakeStore store = new FakeStore(time);
    private final Caches here = caches(store, this::tell);
    private CompletableFuture<Void> written = CompletableFuture.completedFuture(null);

    private Caches caches(FakeStore store, Regions regions) {
        return new Caches(
                store,
                (name, entries) -> new FakeNear(entries, new Random(1), null),
                time,
                time,
                Backplane.NONE,
                regions,
                (any, counted) -> Observer.NONE,
                () -> 0);
    }

    private CompletableFuture<Void> tell(String cache, Change change) {
        told.add(cache + " " + change.kind() + " " + change.mode());
        return written.thenCompose(
                done ->
                        there.receive(cache, change, "region", List.of(change.kind()))
                                .toCompletableFuture());
    }

    private static Cache open(Caches caches, String name, Policies policy) {
        return caches.open(name, policy.build(), FakeOrigin.immediate());
    }

    private static void fill(Cache cache, String key, String... tags) {
        CacheFixture.now(
                cache.put(key, CacheFixture.bytes("made"), "text/plain", null, List.of(tags)));
    }

    private static boolean has(Cache cache, String key) {
        return CacheFixture.now(
                                cache.lookup(key, CacheFixture.onlyIfCached(0))
                                        .toCompletableFuture())
                        .failure()
                == null;
    }

    static Stream<Change> changes() {
        var of =
                Stream.of(
                        Change.key("42"),
                        Change.tag("t"),
                        Change.pattern("4*"),
                        Change.everything());
        return of.flatMap(change -> Stream.of(change, change.expiring()));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void whatIsInvalidatedHereIsGoneThere(Change change) {
        var own = open(here, "products", Policies.policy());
        var other = open(there, "products", Policies.policy());
        fill(other, "42", "t");

        CacheFixture.now(own.invalidate(change, "test"));

        assertThat(has(other, "42")).isFalse();
        assertThat(told).containsExactly("products " + change.kind() + " " + change.mode());
        assertThat(other.statistics().invalidations()).isEqualTo(1);
    }

    @Test
    void aValueThatIsStoredHereIsGoneThere() {
        var own = open(here, "products", Policies.policy());
        var other = open(there, "products", Policies.policy());
        fill(other, "42");

        fill(own, "42");

        assertThat(has(own, "42")).isTrue();
        assertThat(has(other, "42")).isFalse();
    }

    @Test
    void dependentsFollowInEachRegionByThemselves() {
        var own = open(here, "products", Policies.policy());
        open(here, "offers", Policies.policy().dependsOn("products"));
        open(there, "products", Policies.policy());
        var offers = open(there, "offers", Policies.policy().dependsOn("products"));
        fill(offers, "a");

        CacheFixture.now(own.invalidate(Change.key("42"), "test"));

        assertThat(has(offers, "a")).isFalse();
        assertThat(told).containsExactly("products key EVICT");
    }

    @Test
    void itIsAcknowledgedWhenTheOthersWillHearOfIt() {
        var own = open(here, "products", Policies.policy());
        written = new CompletableFuture<>();

        var acknowledged = own.invalidate(Change.key("42"), "test").toCompletableFuture();

        assertThat(acknowledged).isNotDone();
        written.complete(null);
        assertThat(acknowledged).isCompleted();
    }

    @Test
    void itFailsWhereTheOthersCantBeToldAndIsGoneHereAllTheSame() {
        var own = open(here, "products", Policies.policy());
        fill(own, "42");
        written = CompletableFuture.failedFuture(new StoreUnavailableException("no broker"));

        var refused = own.invalidate(Change.key("42"), "test").toCompletableFuture();

        assertThat(refused).isCompletedExceptionally();
        assertThat(has(own, "42")).isFalse();
    }

    @Test
    void whatIsToldOfACacheThatIsNotOpenHoldsWhenItIs() {
        var own = open(here, "products", Policies.policy());
        var other = open(there, "products", Policies.policy());
        var menu = open(there, "menu", Policies.policy().dependsOn("products"));
        fill(other, "42");
        fill(menu, "a");
        there.close(other);

        CacheFixture.now(own.invalidate(Change.key("42"), "test"));

        assertThat(has(menu, "a")).isFalse();
        assertThat(has(open(there, "products", Policies.policy()), "42")).isFalse();
    }
}
