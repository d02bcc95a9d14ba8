package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeNear;
import io.cistern.cache.simulation.Weather.Fate;
import io.cistern.cache.simulation.Weather.Operation;
import io.cistern.cache.simulation.Weather.Outcome;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Partition;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances, loads that take longer than a lease stands, and a hard time-out of 10 s. */
class LeaseRenewalTest extends CacheFixture {

    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final Fate LOST = new Fate(0, 0, Outcome.FAILS_BEFORE);
    private static final Fate LATE = new Fate(60_000_000_000L, 0, Outcome.SUCCEEDS);

    private int renewals;
    private Cache other;

    @BeforeEach
    void openTwo() {
        origin.script(ask -> {});
        open(policy());
        other =
                new Caches(
                                store,
                                (name, most) -> new FakeNear(most, new Random(1), null),
                                time,
                                time,
                                Backplane.NONE,
                                (any, counted) -> Observer.NONE,
                                () -> random)
                        .open("test", policy().build(), origin);
        weather(Operation.RENEW, Fate.FINE);
    }

    /** One operation fares in some way, all others well; renewals are counted. */
    private void weather(Operation operation, Fate fate) {
        store.weather(
                any -> {
                    renewals += any == Operation.RENEW ? 1 : 0;
                    return any == operation ? fate : Fate.FINE;
                });
    }

    private CompletableFuture<LookupResult> askOther() {
        return other.lookup("a", LookupRequest.PLAIN).toCompletableFuture();
    }

    private Partition partition() {
        return new Partition(cache.name(), 0);
    }

    private Lease lease(String key) {
        var wanted = List.of(new Lease.Wanted(key, null, null));
        return now(store.lease(partition(), wanted, "else", Duration.ofHours(1))).leases().get(key);
    }

    private Duration left(String key) {
        return ((Lease.Held) lease(key)).left();
    }

    @Test
    void aLoadKeepsItsLeaseWhileItRuns() {
        var mine = ask("a");
        var others = askOther();

        for (var second = 0; second < 9; second++) {
            time.pass(SECOND);
            assertThat(left("a")).isGreaterThan(SECOND).isLessThanOrEqualTo(LEASE);
        }
        origin.last().answer();
        time.pass(SECOND);

        assertThat(origin.calls()).isOne();
        assertThat(text(now(mine))).isEqualTo("a#0");
        assertThat(now(mine).stored()).isTrue();
        assertThat(text(now(others))).isEqualTo("a#0");
        assertThat(lease("a")).as("given back").isEqualTo(Lease.Granted.INSTANCE);
        assertThat(isIdle()).isTrue();
    }

    @Test
    void aShortLoadRenewsNothing() {
        var mine = ask("a");
        time.pass(Duration.ofMillis(900));
        origin.last().answer();
        time.pass(LEASE);

        assertThat(now(mine).stored()).isTrue();
        assertThat(renewals).isZero();
        assertThat(time.timers()).isZero();
    }

    @Test
    void othersTakeOverFromAHolderThatIsGone() {
        weather(Operation.RENEW, LOST);
        var mine = ask("a");
        var others = askOther();

        time.pass(LEASE.minusMillis(1));
        assertThat(origin.calls()).isOne();
        time.pass(Duration.ofMillis(102));

        assertThat(origin.calls()).isEqualTo(2);
        origin.last().answer();
        origin.call(0).answer();
        assertThat(text(now(others))).isEqualTo("a#1");
        assertThat(text(now(mine))).as("what it loaded, but stored by nobody").isEqualTo("a#0");
        assertThat(now(mine).stored()).isFalse();
        assertThat(text(now(askOther()))).isEqualTo("a#1");
        assertThat(isIdle()).isTrue();
    }

    @Test
    void oneRenewalThatGetsLostDoesNoHarm() {
        ask("a");
        time.pass(SECOND);
        weather(Operation.RENEW, new Fate(0, 0, Outcome.THROWS));
        time.pass(SECOND);
        weather(Operation.RENEW, Fate.FINE);
        time.pass(SECOND.multipliedBy(5));

        assertThat(left("a")).isGreaterThan(SECOND);
    }

    @Test
    void noLeaseStandsLongerThanALoadAndItsFillMayTake() {
        weather(Operation.FILL, LATE);
        ask("a");
        time.pass(Duration.ofMillis(9_500));
        origin.last().answer();

        time.pass(Duration.ofMillis(1_000));
        assertThat(left("a")).isLessThanOrEqualTo(Duration.ofMillis(500));
        time.pass(Duration.ofMillis(501));
        assertThat(lease("a")).isEqualTo(Lease.Granted.INSTANCE);
        assertThat(renewals).isEqualTo(8);
    }

    @Test
    void whatALoadMayNotOutlastIsLeasedOnce() {
        cache =
                caches.open(
                        "brief", policy().hardTimeout(Duration.ofMillis(1_500)).build(), origin);
        ask("b");

        assertThat(left("b")).isEqualTo(Duration.ofMillis(2_500));
        time.pass(Duration.ofMillis(1_400));
        assertThat(renewals).isZero();
    }

    @Test
    void whatIsTakenFromItIsNotRenewedAnyMore() {
        cache = caches.open("pairs", policy().batchSize(2).build(), origin);
        cache.lookupAll(List.of("a", "b"), LookupRequest.PLAIN);
        now(store.invalidate(partition(), Change.key("a")));
        time.pass(SECOND.multipliedBy(4));
        assertThat(left("b")).isGreaterThan(SECOND);
        assertThat(renewals).isEqualTo(4);

        now(store.invalidate(partition(), Change.key("b")));
        time.pass(SECOND.multipliedBy(4));

        assertThat(renewals).as("one that learns of it").isEqualTo(5);
    }

    @Test
    void aFailedLoadRenewsNothingMore() {
        ask("a");
        weather(Operation.RELEASE, LOST);
        time.pass(SECOND);
        origin.last().fail(new IllegalStateException());
        time.pass(LEASE);

        assertThat(renewals).isOne();
        assertThat(lease("a")).isEqualTo(Lease.Granted.INSTANCE);
    }
}
