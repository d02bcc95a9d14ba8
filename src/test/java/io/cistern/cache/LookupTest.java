package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Store;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LookupTest extends CacheFixture {

    @Test
    void firstFromTheOriginThenNear() {
        open(policy());

        var miss = get("a");
        var hit = get("a");

        assertThat(miss.way()).isEqualTo(Way.MISS);
        assertThat(miss.stored()).isTrue();
        assertThat(miss.collapsed()).isFalse();
        assertThat(text(miss)).isEqualTo("a#0");
        assertThat(hit.way()).isEqualTo(Way.NEAR);
        assertThat(hit.ttl()).isEqualTo(60);
        assertThat(hit.entry()).isEqualTo(miss.entry());
        assertThat(origin.calls()).isOne();
    }

    @Test
    void sharedOnceNearForgot() {
        open(policy());
        get("a");
        near.clear();
        time.pass(SECOND);

        var shared = get("a");

        assertThat(shared.way()).isEqualTo(Way.SHARED);
        assertThat(shared.age()).isEqualTo(1);
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(origin.calls()).isOne();
    }

    @Test
    void aStoreOfThisProcessIsNear() {
        store.tier(Store.Tier.NEAR);
        open(policy());
        get("a");

        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(near).isNull();
    }

    @Test
    void whatTheOriginHasNotIsRememberedForNegativeTtl() {
        open(policy().negativeTtl(Duration.ofSeconds(5)));
        origin.script(ask -> ask.answer(key -> null));

        var first = get("a");
        time.pass(Duration.ofSeconds(5));
        var second = get("a");
        near.clear();
        var third = get("a");
        time.pass(Duration.ofMillis(1));
        get("a");

        assertThat(first.hasValue()).isFalse();
        assertThat(first.failure()).isNull();
        assertThat(second.kind()).isEqualTo(Observer.Lookup.NEGATIVE);
        assertThat(third.way()).isEqualTo(Way.SHARED);
        assertThat(third.kind()).isEqualTo(Observer.Lookup.NEGATIVE);
        assertThat(origin.calls()).isEqualTo(2);
        assertThat(cache.statistics().loads(Observer.Load.MISSING)).isEqualTo(2);
    }

    @Test
    void whatTheOriginHasNotIsRememberedForAsLongAsItSays() {
        open(policy().negativeTtl(Duration.ofSeconds(5)));
        origin.script(ask -> ask.answer(FakeOrigin.none(Duration.ofSeconds(60))));
        get("a");

        assertThat(store.entry("a").freshUntil()).isEqualTo(time.millis() + 60_000);
        assertThat(store.entry("a").staleUntil()).isEqualTo(time.millis() + 60_000);
        time.pass(Duration.ofSeconds(60));
        assertThat(get("a").kind()).isEqualTo(Observer.Lookup.NEGATIVE);
        time.pass(Duration.ofMillis(1));
        get("a");
        assertThat(origin.calls()).isEqualTo(2);
    }

    @Test
    void freshUpToItsTtlAndNoLonger() {
        open(policy().ttl(Duration.ofSeconds(10)));
        get("a");

        time.pass(Duration.ofSeconds(10));
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        time.pass(Duration.ofMillis(1));
        var later = get("a");

        assertThat(later.way()).isEqualTo(Way.STALE);
        assertThat(text(later)).isEqualTo("a#1");
    }

    @Test
    void theOriginsOwnTtlGoesFirst() {
        open(policy());
        origin.script(ask -> ask.answer(FakeOrigin.value(bytes("x"), List.of(), SECOND)));
        get("a");

        time.pass(Duration.ofMillis(1001));

        assertThat(get("a").way()).isEqualTo(Way.STALE);
    }

    @Test
    void absurdTtlsOfAnOriginAreBounded() {
        open(policy());
        var ttl = new Duration[] {Duration.ofSeconds(Long.MAX_VALUE)};
        origin.script(ask -> ask.answer(FakeOrigin.value(bytes("x"), List.of(), ttl[0])));

        assertThat(get("a").entry().freshUntil())
                .isEqualTo(time.millis() + Duration.ofDays(36_500).toMillis());
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        ttl[0] = Duration.ofSeconds(-5);
        var past = get("b");
        assertThat(past.entry().freshUntil()).isEqualTo(past.entry().created());
    }

    @Test
    void jitterShortensByItsPartAtMost() {
        open(policy().ttl(Duration.ofSeconds(100)).jitter(0.1));

        random = 0;
        var longest = get("a").entry();
        random = 0.999999;
        var shortest = get("b").entry();

        assertThat(longest.freshUntil() - longest.created()).isEqualTo(100_000);
        assertThat(shortest.freshUntil() - shortest.created()).isBetween(90_000L, 90_010L);
    }

    @Test
    void nearTtlAsksTheSharedStoreAgain() {
        open(policy().nearTtl(SECOND));
        get("a");

        time.pass(Duration.ofMillis(1001));

        assertThat(get("a").way()).isEqualTo(Way.SHARED);
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
    }

    @Test
    void nearTtlHoldsForThoseWhoTakeOnlyWhatIsCached() {
        open(policy().nearTtl(SECOND));
        get("a");

        time.pass(Duration.ofMillis(1001));

        assertThat(get("a", onlyIfCached(0)).way()).isEqualTo(Way.SHARED);
        time.pass(Duration.ofMillis(1001));
        store.leave(true);
        assertThat(get("a", onlyIfCached(0)).way()).isEqualTo(Way.NEAR);
    }

    @Test
    void refreshLoadsWhateverIsStored() {
        open(policy());
        get("a");

        var again = get("a", LookupRequest.REFRESH);

        assertThat(again.way()).isEqualTo(Way.REFRESH);
        assertThat(again.stored()).isTrue();
        assertThat(text(get("a"))).isEqualTo("a#1");
        near.clear();
        assertThat(text(get("a"))).isEqualTo("a#1");
    }

    @Test
    void bypassStoresNothing() {
        open(policy());

        var past = get("a", bypass());

        assertThat(past.way()).isEqualTo(Way.BYPASS);
        assertThat(past.stored()).isFalse();
        assertThat(store.entry("a")).isNull();
        assertThat(get("a").way()).isEqualTo(Way.MISS);
        assertThat(cache.statistics().lookups(Observer.Lookup.BYPASS)).isOne();
    }

    @Test
    void onlyIfCachedForbidsTheOriginToABypassToo() {
        open(policy());
        var both = new LookupRequest(false, true, true, 0, Map.of());

        assertThat(get("a", both).failure().kind()).isEqualTo(Failure.Kind.NOT_CACHED);
        get("a");
        assertThat(get("a", both).way()).isEqualTo(Way.NEAR);
        assertThat(origin.calls()).isOne();
    }

    @Test
    void whatWasPutIsFound() {
        open(policy());
        get("a");

        now(put("a", "mine"));

        assertThat(text(get("a"))).isEqualTo("mine");
        near.clear();
        var shared = get("a");
        assertThat(shared.way()).isEqualTo(Way.SHARED);
        assertThat(text(shared)).isEqualTo("mine");
        assertThat(origin.calls()).isOne();
    }

    @Test
    void aPutThatIsTooLargeIsRefused() {
        open(policy().maxValueSize(3));

        var refused = put("a", "four").toCompletableFuture();

        assertThatThrownBy(refused::join).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(store.entry("a")).isNull();
    }

    @Test
    void aPutWhoseTagCannotBeStoredFailsItsStage() {
        open(policy());

        var refused =
                cache.put("a", bytes("x"), "text/plain", null, List.of("t".repeat(70_000)))
                        .toCompletableFuture();

        assertThatThrownBy(refused::join).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(store.entry("a")).isNull();
    }

    @Test
    void changesCount() {
        open(policy());

        now(cache.invalidate(Change.key("a"), "http"));
        now(cache.invalidate(Change.tag("t"), "http"));

        assertThat(cache.statistics().invalidations()).isEqualTo(2);
        assertThat(cache.statistics().invalidations("tag", "http")).isOne();
    }

    @Test
    void pruneDropsWhatIsDeadFromBothStores() {
        open(policy().ttl(SECOND).maxStale(Duration.ZERO));
        origin.script(ask -> ask.answer(FakeOrigin.tagged("x", "t")));
        get("old");
        time.pass(Duration.ofMillis(1500));
        get("young");
        get("tagged");
        now(cache.invalidate(Change.tag("t"), "test"));
        origin.script(FakeOrigin.Ask::answer);
        get("new");

        assertThat(now(cache.prune())).isEqualTo(6);
        assertThat(store.held(0)).containsOnlyKeys("new");
        assertThat(get("new").way()).isEqualTo(Way.NEAR);
    }

    @Test
    void pruneLeavesWhatIsOfALaterGenerationAlone() {
        open(policy());
        get("a");
        var known = store.entry("a");
        store.model(0).loseOrder();
        now(cache.invalidate(Change.key("x"), "test"));
        get("b");
        var later = store.entry("b");
        store.model(0).entries().put("c", later.at(new Position(Position.generation(9, 1), 1)));

        now(cache.prune());

        assertThat(known.position().generation()).isNotEqualTo(later.position().generation());
        assertThat(store.held(0)).containsOnlyKeys("b", "c");
    }

    @Test
    void peekAsksNoOriginAndCountsNothing() {
        open(policy());
        assertThat(now(cache.peek("a", LookupRequest.PLAIN))).isNull();
        get("a");

        assertThat(now(cache.peek("a", LookupRequest.PLAIN)).value()).isEqualTo(bytes("a#0"));
        near.clear();
        assertThat(now(cache.peek("a", LookupRequest.PLAIN)).value()).isEqualTo(bytes("a#0"));
        assertThat(cache.statistics().requests()).isOne();
    }

    @Test
    void aNameIsOpenOnce() {
        open(policy());
        get("a");
        var first = near;

        assertThatThrownBy(() -> caches.open("test", policy().build(), origin))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("test");

        assertThat(near).as("no second near store was opened").isSameAs(first);
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        caches.close(cache);
        assertThat(first.isClosed()).isTrue();
        assertThat(caches.find("test")).isEmpty();
        open(policy());
        assertThat(get("a").way()).isEqualTo(Way.SHARED);
    }

    @Test
    void aClosedCacheKeepsNothingNear() {
        open(policy());
        origin.script(ask -> {});
        var late = ask("a");

        caches.close(cache);
        origin.last().answer();

        assertThat(now(late).way()).isEqualTo(Way.MISS);
        assertThat(near.usage().entries()).isZero();
    }

    @Test
    void statisticsOutliveTheCache() {
        open(policy());
        get("a");
        caches.close(cache);
        open(policy());
        get("a");

        assertThat(cache.statistics().requests()).isEqualTo(2);
        assertThat(cache.statistics().hitRatio()).isEqualTo(0.5);
    }

    @Test
    void aNullKeyIsRefusedAndHarmsNobody() {
        open(policy().near(0));

        assertThatThrownBy(() -> cache.lookup(null, LookupRequest.PLAIN))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.lookupAll(Arrays.asList("a", null), LookupRequest.PLAIN))
                .isInstanceOf(NullPointerException.class);

        assertThat(cache.flying()).isZero();
        assertThat(get("a").hasValue()).isTrue();
    }

    @Test
    void aCallerWhoLeavesCountsAndHarmsNobody() {
        open(policy());
        origin.script(ask -> {});
        var leaves = ask("a");
        var stays = ask("a");

        leaves.cancel(true);
        origin.last().answer();

        assertThat(text(now(stays))).isEqualTo("a#0");
        assertThat(cache.statistics().requests()).isEqualTo(2);
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(isIdle()).isTrue();
    }

    @Test
    void theStoresTimeMayJumpWithoutHarmToWhatIsNear() {
        open(policy().ttl(Duration.ofSeconds(10)));
        get("a");

        time.correctMillis(3_600_000);
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        time.correctMillis(-7_200_000);
        time.pass(Duration.ofSeconds(11));
        near.clear();
        var first = get("a");
        time.pass(Duration.ofSeconds(11));

        assertThat(first.way()).as("by the store's time it is young").isEqualTo(Way.SHARED);
        assertThat(get("a").way()).as("near no longer than its whole ttl").isNotEqualTo(Way.NEAR);
    }
}
