package io.cistern.store;

import static io.cistern.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Store;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does that several instances share, so that of all of them one loads. */
public abstract class LeaseContract {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    protected SyncStore cache;
    private Position at;

    /** A store with nothing in it. */
    protected abstract Store open();

    /** Returns once so much time has passed. */
    protected abstract void pass(Duration time);

    @BeforeEach
    void openStore() {
        cache = new SyncStore(open(), "things");
        at = cache.position();
    }

    private Lease ask(String owner) {
        return cache.lease("a", null, owner);
    }

    private Lease.Filled fill(String owner) {
        return cache.fill(Map.of("a", entry("by " + owner, cache.position())), owner);
    }

    private static void assertHeldBy(Lease lease, String owner) {
        assertThat(lease).isInstanceOf(Lease.Held.class);
        assertThat(((Lease.Held) lease).holder()).endsWith(owner);
    }

    @Test
    void oneGetsItAndTheOthersLearnOfIt() {
        assertThat(ask("one")).isEqualTo(Lease.Granted.INSTANCE);

        var held = (Lease.Held) ask("two");

        assertThat(held.holder()).endsWith("one");
        assertThat(held.at()).isEqualTo(at);
        assertThat(held.left()).isBetween(Duration.ofSeconds(1), MINUTE);
        assertHeldBy(ask("one"), "one");
    }

    @Test
    void aFillEndsIt() {
        ask("one");

        assertThat(fill("one").stored()).containsExactly("a");

        assertThat(ask("two")).isEqualTo(Lease.Granted.INSTANCE);
        assertThat(fill("two").awaited()).as("nobody asked meanwhile").isEmpty();
    }

    @Test
    void whoEndsItLearnsThatOthersWait() {
        ask("one");
        ask("two");
        ask("three");
        assertThat(fill("one").awaited()).containsExactly("a");

        ask("two");
        assertThat(cache.release("a", "two")).isEmpty();
        ask("three");
        ask("two");
        assertThat(cache.release("a", "three")).containsExactly("a");
    }

    @Test
    void whoDoesNotHoldItStoresNothingAndEndsNothing() {
        ask("one");

        assertThat(fill("two").stored()).isEmpty();
        assertThat(cache.release("a", "two")).isEmpty();

        assertThat(cache.read("a").entries()).isEmpty();
        assertHeldBy(ask("two"), "one");
        cache.release("a", "one");
        assertThat(fill("one").stored()).as("given back").isEmpty();
    }

    @Test
    void whatNeedsNoLeaseIsStoredWhoeverHoldsIt() {
        ask("one");
        assertThat(cache.fill("a", entry("v", at))).containsExactly("a");
        assertHeldBy(ask("two"), "one");
    }

    @Test
    void itIsNotGivenWhereSomethingElseLiesThanWasSeen() {
        assertThat(cache.lease("a", at, "one")).isEqualTo(Lease.Changed.INSTANCE);
        assertThat(cache.lease("a", Position.UNKNOWN, "one")).isEqualTo(Lease.Granted.INSTANCE);
        fill("one");
        assertThat(cache.lease("a", Position.UNKNOWN, "two")).isEqualTo(Lease.Changed.INSTANCE);
        assertThat(cache.lease("a", at, "two")).isEqualTo(Lease.Granted.INSTANCE);
        assertThat(cache.lease("a", Position.UNKNOWN, "three")).isEqualTo(Lease.Changed.INSTANCE);
        assertHeldBy(cache.lease("a", null, "three"), "two");
    }

    @Test
    void aDoomedOneIsTakenOver() {
        ask("one");
        cache.invalidate(Change.tag("t"));
        var held = (Lease.Held) ask("two");
        assertThat(held.at()).as("where its load began").isEqualTo(at);

        var taken = cache.lease(new Lease.Wanted("a", null, held.holder()), "two", MINUTE);

        assertThat(taken).isEqualTo(Lease.Granted.INSTANCE);
        assertThat(fill("one").stored()).isEmpty();
        assertHeldBy(
                cache.lease(new Lease.Wanted("a", null, held.holder()), "three", MINUTE), "two");
        var filled = fill("two");
        assertThat(filled.stored()).containsExactly("a");
        assertThat(filled.awaited()).as("who waited for the one before").containsExactly("a");
    }

    @Test
    void whatIsInvalidatedByNameIsFree() {
        ask("one");
        cache.invalidate(Change.key("a"));
        assertThat(fill("one").stored()).isEmpty();
        assertThat(ask("two")).isEqualTo(Lease.Granted.INSTANCE);

        cache.put("a", entry("put", Position.UNKNOWN));
        assertThat(fill("two").stored()).isEmpty();
        assertThat(Entries.text(cache.read("a").entries().get("a"))).isEqualTo("put");
        assertThat(ask("three")).isEqualTo(Lease.Granted.INSTANCE);
    }

    @Test
    void aLoadThatWasOvertakenStoresNothingAndMakesRoom() {
        ask("one");
        ask("two");
        cache.invalidate(Change.everything());

        var filled = cache.fill(Map.of("a", entry("old", at)), "one");

        assertThat(filled.stored()).isEmpty();
        assertThat(filled.awaited()).containsExactly("a");
        assertThat(ask("two")).isEqualTo(Lease.Granted.INSTANCE);
    }

    @Test
    void itEndsByItself() {
        var wanted = new Lease.Wanted("a", null, null);
        assertThat(cache.lease(wanted, "one", Duration.ofMillis(60)))
                .isEqualTo(Lease.Granted.INSTANCE);
        ask("two");

        pass(Duration.ofMillis(80));

        assertThat(ask("three")).isEqualTo(Lease.Granted.INSTANCE);
        assertThat(fill("one").stored()).isEmpty();
        assertThat(fill("three").stored()).containsExactly("a");
    }

    @Test
    void whileItIsRenewedItStands() {
        cache.lease(new Lease.Wanted("a", null, null), "one", Duration.ofMillis(60));
        ask("two");

        assertThat(cache.renew(Set.of("a"), "one", MINUTE)).containsExactly("a");
        pass(Duration.ofMillis(80));

        assertHeldBy(ask("three"), "one");
        assertThat(cache.renew(Set.of("a"), "one", Duration.ofMillis(60))).containsExactly("a");
        assertThat(((Lease.Held) ask("three")).left()).isLessThan(Duration.ofSeconds(1));
        var filled = fill("one");
        assertThat(filled.stored()).containsExactly("a");
        assertThat(filled.awaited()).as("who waited before it was renewed").containsExactly("a");
    }

    @Test
    void onlyItsOwnerRenewsIt() {
        cache.lease(new Lease.Wanted("a", null, null), "one", Duration.ofMillis(60));

        assertThat(cache.renew(Set.of("a", "b"), "two", MINUTE)).isEmpty();
        pass(Duration.ofMillis(80));

        assertThat(cache.renew(Set.of("a"), "one", MINUTE)).as("too late").isEmpty();
        assertThat(ask("two")).isEqualTo(Lease.Granted.INSTANCE);
        assertThat(cache.renew(Set.of("a", "b"), "two", MINUTE)).containsExactly("a");
        cache.invalidate(Change.key("a"));
        assertThat(cache.renew(Set.of("a"), "two", MINUTE)).as("invalidated").isEmpty();
        assertThat(ask("three")).isEqualTo(Lease.Granted.INSTANCE);
    }

    @Test
    void keysAreLeasedEachByItself() {
        var keys = IntStream.range(0, 250).mapToObj(i -> "key" + i).toList();
        var some = keys.subList(0, 100);
        assertThat(cache.leaseAll(some, "one").values()).containsOnly(Lease.Granted.INSTANCE);

        var all = new HashMap<>(cache.leaseAll(keys, "two"));

        assertThat(all).hasSize(keys.size());
        some.forEach(key -> assertHeldBy(all.remove(key), "one"));
        assertThat(all.values()).containsOnly(Lease.Granted.INSTANCE);
        assertThat(cache.renew(Set.copyOf(keys), "one", MINUTE))
                .containsExactlyInAnyOrderElementsOf(some);
        assertThat(cache.release("key7", "one")).containsExactly("key7");
    }
}
