package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.simulation.Weather;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Partition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EarlyRefreshTest extends CacheFixture {

    private static final Duration TTL = Duration.ofSeconds(60);
    private static final Duration LOAD = Duration.ofMillis(100);
    private static final Partition PARTITION = new Partition("test", 0);

    /** A load took 100 ms, and so much is left of the ttl; the origin waits for the test. */
    private void loaded(Policies policy, Duration left) {
        open(policy.ttl(TTL));
        origin.script(ask -> {});
        var first = ask("a");
        time.pass(LOAD);
        origin.last().answer();
        now(first);
        time.pass(TTL.minus(left));
    }

    /** Draws so that all hits with less than so many times delta left begin a refresh. */
    private void draw(double deltas) {
        random = 1 - Math.exp(-deltas);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 3})
    void aHitRefreshesWithTheChanceOfXFetch(double beta) {
        var early = new EarlyRefresh(beta, new Random(7)::nextDouble);
        early.loaded(Observer.Load.SUCCESS, LOAD.toNanos());
        loaded(policy(), TTL);
        var entry = get("a").entry();

        for (var left : new int[] {1, 20, 100, 400, 2_000}) {
            var due = 0;
            for (var i = 0; i < 20_000; i++) {
                due += early.isDue(entry, entry.freshUntil() - left) ? 1 : 0;
            }
            assertThat(due / 20_000d)
                    .as("%d ms left", left)
                    .isCloseTo(Math.exp(-left / (beta * LOAD.toMillis())), within(0.015));
        }
    }

    @Test
    void howLongLoadsTakeIsAMovingAverageOfThoseThatSucceed() {
        var early = new EarlyRefresh(1, () -> 0.5);
        assertThat(early.pause()).isEqualTo(Duration.ofMillis(10));

        early.loaded(Observer.Load.SUCCESS, Duration.ofMillis(100).toNanos());
        early.loaded(Observer.Load.TIMEOUT, Duration.ofSeconds(10).toNanos());
        early.loaded(Observer.Load.ERROR, 1);
        early.loaded(Observer.Load.REFUSED, 1);
        assertThat(early.pause()).isEqualTo(Duration.ofMillis(100));
        early.loaded(Observer.Load.MISSING, Duration.ofMillis(900).toNanos());

        assertThat(early.pause()).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void offDrawsNothing() {
        loaded(policy(), Duration.ofMillis(1));
        draw(1_000);

        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(origin.calls()).isOne();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void aNearHitIsAnsweredAtOnceAndThenReplaced() {
        loaded(policy().earlyRefresh(1), Duration.ofMillis(150));
        draw(1.4);
        get("a");
        assertThat(origin.calls()).isOne();
        draw(1.6);

        assertThat(text(get("a"))).isEqualTo("a#0");
        assertThat(origin.calls()).isEqualTo(2);
        assertThat(get("a").way()).as("one at a time").isEqualTo(Way.NEAR);
        assertThat(origin.calls()).isEqualTo(2);
        origin.last().answer();

        assertThat(text(get("a"))).isEqualTo("a#1");
        assertThat(get("a").ttl()).isEqualTo(60);
        assertThat(cache.statistics().lookups(Observer.Lookup.NEAR)).isEqualTo(5);
        assertThat(isIdle()).isTrue();
    }

    @Test
    void aSharedHitDoesItToo() {
        loaded(policy().earlyRefresh(1).near(0), Duration.ofMillis(150));
        draw(2);

        assertThat(get("a").way()).isEqualTo(Way.SHARED);
        assertThat(get("a").way()).as("nobody waits for it").isEqualTo(Way.SHARED);
        assertThat(origin.calls()).isEqualTo(2);
        origin.last().answer();
        draw(0);

        assertThat(text(get("a"))).isEqualTo("a#1");
    }

    @Test
    void batchesDoItToo() {
        loaded(policy().earlyRefresh(1), Duration.ofMillis(150));
        draw(2);

        assertThat(getAll(List.of("a", "a")).get("a").way()).isEqualTo(Way.NEAR);

        assertThat(origin.calls()).isEqualTo(2);
    }

    @Test
    void onlyIfCachedAsksNoOrigin() {
        loaded(policy().earlyRefresh(1), Duration.ofMillis(150));
        draw(2);

        get("a", onlyIfCached(0));

        assertThat(origin.calls()).isOne();
    }

    @Test
    void aFailureLeavesTheEntryAndCounts() {
        loaded(policy().earlyRefresh(1), Duration.ofMillis(150));
        draw(2);
        get("a");
        origin.last().fail(new IllegalStateException());

        assertThat(text(get("a"))).isEqualTo("a#0");
        assertThat(cache.statistics().loadErrors()).isOne();
        assertThat(origin.calls()).as("not again at once").isEqualTo(2);
        time.pass(LOAD);
        get("a");
        assertThat(origin.calls()).isEqualTo(3);
        assertThat(cache.statistics().lookups(Observer.Lookup.ERROR)).isZero();
    }

    @Test
    void whoComesAfterTheEndJoinsIt() {
        loaded(policy().earlyRefresh(1), Duration.ofMillis(150));
        draw(2);
        get("a");
        time.pass(Duration.ofMillis(151));

        var late = ask("a");
        assertThat(late).isNotDone();
        assertThat(origin.calls()).isEqualTo(2);
        origin.last().answer();

        assertThat(text(now(late))).isEqualTo("a#1");
        assertThat(now(late).collapsed()).isTrue();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void nobodyWhoComesAfterAnInvalidationJoinsItNorDoesItFill() {
        loaded(policy().earlyRefresh(1), Duration.ofMillis(150));
        draw(2);
        get("a");
        var early = origin.last();
        now(cache.invalidate(Change.key("a"), "test"));

        var late = ask("a");
        assertThat(origin.calls()).isEqualTo(3);
        early.answer();
        assertThat(late).isNotDone();
        assertThat(store.entry("a")).isNull();
        origin.last().answer();

        assertThat(text(now(late))).isEqualTo("a#2");
        draw(0);
        assertThat(text(get("a"))).isEqualTo("a#2");
    }

    @Test
    void whoseTagWasInvalidatedBeforeHeCameIsNotAnsweredByIt() {
        loaded(policy().earlyRefresh(1), Duration.ofMillis(150));
        draw(2);
        get("a");
        var early = origin.last();
        now(cache.invalidate(Change.tag("t"), "test"));
        time.pass(Duration.ofMillis(151));

        var late = ask("a");
        early.answer(FakeOrigin.tagged("old", "t"));
        assertThat(late).isNotDone();
        origin.last().answer();

        assertThat(text(now(late))).isEqualTo("a#2");
    }

    @Test
    void aFullGateDropsIt() {
        loaded(policy().earlyRefresh(1).maxConcurrentLoads(1), Duration.ofMillis(150));
        var other = ask("b");
        draw(2);

        get("a");
        origin.last().answer();

        assertThat(now(other).way()).isEqualTo(Way.MISS);
        assertThat(origin.calls()).isEqualTo(2);
        assertThat(cache.statistics().loads(Observer.Load.REFUSED)).isZero();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void aGateThatFillsMeanwhileDropsItAndTheLeaseIsFree() {
        loaded(policy().earlyRefresh(1).maxConcurrentLoads(1), Duration.ofMillis(150));
        draw(2);
        store.weather(operation -> new Weather.Fate(0, 5_000_000L, Weather.Outcome.SUCCEEDS));
        get("a");
        store.weather(Weather.CALM);
        var other = ask("b");
        time.pass(Duration.ofMillis(40));

        assertThat(origin.calls()).isEqualTo(2);
        origin.last().answer();
        now(other);
        assertThat(cache.flying()).isZero();
        assertThat(now(lease("other")).leases().get("a")).isEqualTo(Lease.Granted.INSTANCE);
    }

    private CompletionStage<Lease.Reply> lease(String owner) {
        return store.lease(
                PARTITION, List.of(new Lease.Wanted("a", null, null)), owner, Duration.ofHours(1));
    }

    @Test
    void anotherInstancesLeaseDropsIt() {
        loaded(policy().earlyRefresh(1), Duration.ofMillis(150));
        now(lease("other"));
        draw(2);

        get("a");

        assertThat(origin.calls()).isOne();
        assertThat(cache.flying()).isZero();
    }

    @Test
    void whatAnotherInstanceRefreshedIsTakenOver() {
        loaded(policy().earlyRefresh(1), Duration.ofMillis(150));
        var old = store.entry("a");
        var newer =
                new Entry(
                        bytes("newer"),
                        old.contentType(),
                        old.created() + 1,
                        old.freshUntil() + 50_000,
                        old.staleUntil() + 50_000,
                        old.position(),
                        old.tags(),
                        "etag",
                        "",
                        old.originVersion(),
                        false);
        assertThat(now(store.fill(PARTITION, Map.of("a", newer), null)).stored())
                .isEqualTo(Set.of("a"));
        draw(2);
        get("a");

        assertThat(origin.calls()).isOne();
        assertThat(text(get("a"))).isEqualTo("newer");
    }

    @Test
    void oneLoadOfAKeyThoughNobodyGivesLeases() {
        loaded(policy().earlyRefresh(1), Duration.ofMillis(150));
        store.leave(true);
        draw(2);

        get("a");
        get("a");
        time.pass(Duration.ofMillis(151));
        var late = ask("a");
        var again = ask("a", LookupRequest.REFRESH);

        assertThat(origin.calls()).isEqualTo(2);
        origin.last().answer();
        assertThat(text(now(late))).isEqualTo("a#1");
        assertThat(origin.calls()).as("a refresh of its own").isEqualTo(3);
        origin.last().answer();
        assertThat(text(now(again))).isEqualTo("a#2");
    }
}
