package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.spi.Loader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An origin is exchanged while its cache is in use. */
class ExchangeTest extends CacheFixture {
    private final FakeOrigin next = FakeOrigin.immediate();

    @BeforeEach
    void begin() {
        open(policy());
    }

    private Cache reopen(Policies policy) {
        caches.close(cache);
        return caches.open("test", policy.build(), next);
    }

    @Test
    void hitsAreAnsweredMeanwhileAndLoadsWaitForTheNextOrigin() {
        get("a");
        try (var hold = caches.hold(List.of("test"))) {
            caches.close(cache);

            assertThat(caches.find("test")).containsSame(cache);
            assertThat(get("a").way()).isEqualTo(Way.NEAR);
            var waiting = ask("b");
            assertThat(waiting).isNotDone();

            var reopened = caches.open("test", policy().build(), next);
            assertThat(now(waiting).way()).isEqualTo(Way.MISS);
            assertThat(next.calls()).isOne();
            assertThat(caches.find("test")).containsSame(reopened);
        }
        assertThat(caches.find("test")).get().isNotSameAs(cache);
        assertThat(isIdle()).isTrue();
    }

    @Test
    void aLoadUnderWayEndsWithItsOwnOrigin() {
        origin.script(ask -> {});
        var underway = ask("a");
        try (var hold = caches.hold(List.of("test"))) {
            reopen(policy());
        }
        assertThat(underway).isNotDone();
        origin.last().answer();
        assertThat(now(underway).stored()).isTrue();
        assertThat(next.calls()).isZero();
    }

    @Test
    void aLoadWhoseOriginWasTakenAwayIsMadeAgain() {
        origin.script(ask -> {});
        var underway = ask("a");
        try (var hold = caches.hold(List.of("test"))) {
            origin.last().fail(new Loader.ClosedException("stopped", null));
            assertThat(underway).isNotDone();
            reopen(policy());
        }
        assertThat(now(underway).failure()).isNull();
        assertThat(next.calls()).isOne();
    }

    @Test
    void aSmallerBatchSizeTakesWhatWaitsInParts() {
        caches.close(cache);
        open(policy().batchSize(10));
        try (var hold = caches.hold(List.of("test"))) {
            var waiting = cache.lookupAll(List.of("a", "b", "c"), LookupRequest.PLAIN);
            reopen(policy().batchSize(2));
            assertThat(now(waiting).values()).allMatch(result -> result.failure() == null);
        }
        assertThat(next.calls()).isEqualTo(2);
    }

    @Test
    void whatGetsNoOtherOriginGoesBackToItsOwnOrIsClosed() {
        try (var hold = caches.hold(List.of("test", "unknown"))) {
            assertThat(ask("a")).isNotDone();
        }
        assertThat(origin.calls()).as("what waited went on").isOne();

        try (var hold = caches.hold(List.of("test"))) {
            var waiting = ask("b");
            caches.close(cache);
            hold.close();
            assertThat(now(waiting).failure().kind()).isEqualTo(Failure.Kind.REFUSED);
        }
        assertThat(caches.find("test")).isEmpty();
        assertThat(now(ask("c")).failure().kind()).isEqualTo(Failure.Kind.REFUSED);
        assertThat(isIdle()).isTrue();
    }

    @Test
    void nobodyTakesTheNameOfACacheThatIsNotHeld() {
        assertThatThrownBy(() -> caches.open("test", policy().build(), next))
                .hasMessageContaining("exists already");
    }

    @Test
    void whatWaitsTooLongTimesOut() {
        caches.close(cache);
        open(policy().hardTimeout(SECOND));
        try (var hold = caches.hold(List.of("test"))) {
            var waiting = ask("a");
            time.pass(Duration.ofSeconds(2));
            assertThat(now(waiting).failure().kind()).isEqualTo(Failure.Kind.TIMEOUT);
            reopen(policy());
        }
        assertThat(next.calls()).as("nobody waits for it any more").isZero();
        assertThat(isIdle()).isTrue();
    }

    /** Both caches know what was invalidated through either. */
    @Test
    void anInvalidationThroughTheOldOneHoldsForTheNewOne() {
        get("a");
        Cache reopened;
        try (var hold = caches.hold(List.of("test"))) {
            reopened = reopen(policy());
        }
        assertThat(now(reopened.lookup("a", LookupRequest.PLAIN)).way()).isEqualTo(Way.SHARED);
        assertThat(now(reopened.lookup("a", LookupRequest.PLAIN)).way()).isEqualTo(Way.NEAR);

        now(cache.invalidate(Change.key("a"), "test"));

        assertThat(now(reopened.lookup("a", LookupRequest.PLAIN)).way()).isEqualTo(Way.MISS);
    }

    /** It could not be invalidated by the tags that it ought to have now. */
    @Test
    void whatHasOtherTagsIsAMissUntilTheOldOnesAreBack() {
        caches.close(cache);
        open(policy().tags("old"));
        get("a");
        try (var hold = caches.hold(List.of("test"))) {
            var reopened = reopen(policy().tags("new"));
            assertThat(now(reopened.lookup("b", LookupRequest.PLAIN)).way()).isEqualTo(Way.MISS);
            cache = reopened;
        }
        try (var hold = caches.hold(List.of("test"))) {
            cache = reopen(policy().tags("old"));
            assertThat(get("a").way()).isEqualTo(Way.SHARED);
            assertThat(get("b").way()).isEqualTo(Way.MISS);
        }
        try (var hold = caches.hold(List.of("test"))) {
            cache = reopen(policy().tags("new"));
        }
        assertThat(get("a").way()).isEqualTo(Way.MISS);
    }

    @Test
    void whatIsClosedForGoodIsForgotten() {
        get("a");
        caches.forget(cache);
        assertThat(open("test").statistics().loads()).as("it is open").isOne();

        try (var hold = caches.hold(List.of("test"))) {
            caches.close(cache);
            caches.forget(cache);
            assertThat(caches.find("test")).isPresent();
        }

        assertThat(caches.find("test")).isEmpty();
        assertThat(open(policy()).statistics().loads()).isZero();
    }

    @Test
    void anExchangeThatIsTakenBackLeavesNoGap() {
        get("a");
        try (var hold = caches.hold(List.of("test"))) {
            var reopened = reopen(policy());
            caches.close(reopened);
            caches.forget(reopened);

            assertThat(caches.find("test")).containsSame(reopened);
            var waiting = reopened.lookup("b", LookupRequest.PLAIN).toCompletableFuture();
            assertThat(waiting).isNotDone();
            caches.open("test", policy().build(), origin);
            assertThat(now(waiting).failure()).isNull();
        }
        assertThat(origin.calls()).isEqualTo(2);
    }

    private Cache open(String name) {
        return caches.find(name).orElseThrow();
    }

    @Test
    void statisticsGoOn() {
        get("a");
        try (var hold = caches.hold(List.of("test"))) {
            var reopened = reopen(policy());
            now(reopened.lookupAll(List.of("b"), LookupRequest.PLAIN));
            assertThat(reopened.statistics()).isSameAs(cache.statistics());
        }
        assertThat(cache.statistics().loads()).isEqualTo(2);
    }
}
