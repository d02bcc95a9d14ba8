package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static io.cistern.cache.simulation.Weather.Operation.CHANGES;
import static io.cistern.cache.simulation.Weather.Operation.FILL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.Weather;
import io.cistern.cache.simulation.Weather.Fate;
import io.cistern.cache.simulation.Weather.Outcome;
import io.cistern.cache.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoreTroubleTest extends CacheFixture {

    private static final Fate THROWS = new Fate(0, 0, Outcome.THROWS);

    @Test
    void awayLookupsAreAnsweredAndChangesAreNot() {
        open(policy());
        get("held");
        store.leave(true);

        assertThat(get("held").way()).isEqualTo(Way.NEAR);
        assertThat(get("new").way()).isEqualTo(Way.MISS);
        assertThat(get("new").way()).as("kept near meanwhile").isEqualTo(Way.NEAR);
        assertThatThrownBy(() -> now(cache.invalidate(Change.key("held"), "test")))
                .hasCauseInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> now(put("held", "x")))
                .hasCauseInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> now(cache.prune()))
                .hasCauseInstanceOf(StoreUnavailableException.class);
        assertThat(cache.statistics().invalidations()).isZero();
    }

    @Test
    void awayWithoutANearStoreEveryLookupAsksTheOrigin() {
        open(policy().near(0));
        store.leave(true);

        var first = get("a");

        assertThat(first.way()).isEqualTo(Way.MISS);
        assertThat(first.stored()).isFalse();
        assertThat(get("a").way()).isEqualTo(Way.MISS);
        assertThat(isIdle()).isTrue();
    }

    @Test
    void onReturnWhatIsNearIsForgotten() {
        open(policy());
        get("a");
        store.leave(true);
        get("b");

        store.come();

        assertThat(near.usage().entries()).isZero();
        assertThat(get("a").way()).isEqualTo(Way.SHARED);
        assertThat(get("b").way()).isEqualTo(Way.MISS);
    }

    @Test
    void whatWasReadBeforeAReturnIsNotKeptNear() {
        open(policy());
        get("a");
        near.clear();
        store.weather(operation -> new Fate(0, 1_000_000_000L, Outcome.SUCCEEDS));
        var answer = ask("a");
        time.pass(Duration.ofMillis(500));
        store.leave(true);
        store.come();

        time.settle();

        assertThat(now(answer).way()).isEqualTo(Way.SHARED);
        assertThat(near.usage().entries()).isZero();
    }

    @Test
    void whatTheStoreMayHaveTakenIsDroppedFromNearThoughItSaysNo() {
        open(policy());
        get("a");
        store.weather(operation -> new Fate(0, 0, Outcome.FAILS_AFTER));

        assertThatThrownBy(() -> now(cache.invalidate(Change.pattern("a*"), "test")))
                .hasCauseInstanceOf(StoreUnavailableException.class);
        store.weather(Weather.CALM);

        assertThat(get("a").way()).isEqualTo(Way.MISS);
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"FAILS_BEFORE", "FAILS_AFTER", "THROWS"})
    void noOperationThatEndsBadlyLeavesAKeyStuck(Outcome outcome) {
        for (var bad : Weather.Operation.values()) {
            open(policy().batchSize(2));
            store.weather(operation -> operation == bad ? new Fate(0, 0, outcome) : Fate.FINE);

            assertThat(get("a").hasValue()).isTrue();
            assertThat(getAll(List.of("b", "c", "d"))).allSatisfy((key, it) -> it.hasValue());
            assertThat(get("a", LookupRequest.REFRESH).hasValue()).isTrue();
            assertThat(cache.invalidate(Change.key("a"), "test").toCompletableFuture()).isDone();
            assertThat(put("b", "x").toCompletableFuture()).isDone();
            assertThat(cache.prune().toCompletableFuture()).isDone();
            assertThat(cache.peek("c", LookupRequest.PLAIN).toCompletableFuture()).isDone();
            assertThat(ask("d", maxStale(1))).isDone();
            assertThat(isIdle()).isTrue();

            store.weather(Weather.CALM);
            now(cache.invalidate(Change.everything(), "test"));
            assertThat(get("a").way()).as("heals").isEqualTo(Way.MISS);
            near.clear();
            assertThat(get("a").way()).isEqualTo(Way.SHARED);
            caches.close(cache);
            store.model(0).entries().clear();
        }
    }

    @Test
    void peekSaysSoWhereTheStoreCannotBeAsked() {
        open(policy());
        store.weather(operation -> Fate.FAILED);

        assertThatThrownBy(() -> now(cache.peek("a", LookupRequest.PLAIN)))
                .hasCauseInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void aFillThatThrowsIsAFillThatFailed() {
        open(policy());
        store.weather(operation -> operation == FILL ? THROWS : Fate.FINE);

        var answer = get("a");

        assertThat(answer.way()).isEqualTo(Way.MISS);
        assertThat(store.entry("a")).isNull();
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
    }

    @Test
    void anInvalidationIsNotAcknowledgedBeforeItIsKnownHere() {
        open(policy());
        get("a");
        // Another instance's change lies before it, so that the difference must be fetched.
        store.model(0).invalidate(Change.tag("other"));
        store.weather(operation -> operation == CHANGES ? Fate.FAILED : Fate.FINE);

        assertThatThrownBy(() -> now(cache.invalidate(Change.key("a"), "test")))
                .hasCauseInstanceOf(StoreUnavailableException.class);

        store.weather(Weather.CALM);
        now(cache.invalidate(Change.key("a"), "test"));
        assertThat(get("a").way()).isEqualTo(Way.MISS);
    }

    @Test
    void whatTheStoreRefusedIsNotKeptNear() {
        open(policy());
        origin.script(ask -> {});
        var answer = ask("a");
        // Another instance's change, unknown here when the load ends.
        store.model(0).invalidate(Change.key("a"));

        origin.last().answer();

        assertThat(now(answer).stored()).isFalse();
        assertThat(near.usage().entries()).isZero();
    }

    @Test
    void aNewGenerationKillsWhatWasLoadedBefore() {
        open(policy());
        get("a");
        get("b");
        store.model(0).loseOrder();

        now(cache.invalidate(Change.key("a"), "test"));

        assertThat(get("b").way()).isEqualTo(Way.MISS);
    }

    @Test
    void whatOthersInvalidatedIsSeenWithTheNextRead() {
        open(policy());
        get("a");
        near.clear();
        store.model(0).invalidate(Change.pattern("a"));

        assertThat(get("a").way()).isEqualTo(Way.MISS);
    }
}
