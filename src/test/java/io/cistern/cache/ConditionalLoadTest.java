package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.simulation.Weather;
import io.cistern.cache.spi.Loader;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConditionalLoadTest extends CacheFixture {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration MAX_STALE = Duration.ofSeconds(20);

    private static Loader.Value value(String text, String etag) {
        return new Loader.Value(
                bytes(text), "text/plain", false, null, List.of("t"), etag, Entry.NO_VERSION);
    }

    private static Loader.Value notModified() {
        return Loader.Value.notModified(null, null, Entry.NO_VERSION);
    }

    /** A value with the origin's tag "e" has become stale; the origin waits for the test. */
    private void stale(Policies policy) {
        open(policy.ttl(TTL).maxStale(MAX_STALE));
        origin.script(ask -> ask.answer(value("old", "\"e\"")));
        get("a");
        time.pass(TTL.plusMillis(1));
        origin.script(ask -> {});
    }

    private void stale() {
        stale(policy());
    }

    @Test
    void theFirstLoadHasNothingToCompare() {
        stale();

        assertThat(origin.call(0).request().etag()).isNull();
    }

    @Test
    void whatTheOriginConfirmsIsFreshAgain() {
        stale();
        var answer = ask("a");
        assertThat(origin.last().request().etag()).isEqualTo("e");
        time.pass(SECOND);
        origin.last().answer(notModified());

        assertThat(now(answer).way()).isEqualTo(Way.STALE);
        assertThat(now(answer).stored()).isTrue();
        assertThat(text(now(answer))).isEqualTo("old");
        assertThat(now(answer).age()).isZero();
        var entry = store.entry("a");
        assertThat(entry.freshUntil()).isEqualTo(time.millis() + TTL.toMillis());
        assertThat(entry.staleUntil()).isEqualTo(entry.freshUntil() + MAX_STALE.toMillis());
        assertThat(entry.tags()).containsExactly("t");
        assertThat(entry.etag()).isEqualTo("e");
        assertThat(entry.contentType()).isEqualTo("text/plain");
        time.pass(TTL);
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(isIdle()).isTrue();
    }

    @Test
    void theConfirmationMaySayForHowLong() {
        stale();
        var answer = ask("a");
        origin.last()
                .answer(Loader.Value.notModified(Duration.ofSeconds(3), Duration.ofSeconds(4), 7));

        assertThat(now(answer).ttl()).isEqualTo(3);
        assertThat(now(answer).entry().staleUntil()).isEqualTo(time.millis() + 7_000);
        assertThat(now(answer).entry().originVersion()).isEqualTo(7);
    }

    @Test
    void anotherValueIsStoredAsEver() {
        stale();
        var answer = ask("a");
        origin.last().answer(value("new", "f"));

        assertThat(text(now(answer))).isEqualTo("new");
        assertThat(store.entry("a").etag()).isEqualTo("f");
    }

    @Test
    void anEarlyRefreshAndARefreshCompareToo() {
        stale(policy().earlyRefresh(1));
        var answer = ask("a");
        time.pass(Duration.ofMillis(100));
        origin.last().answer(notModified());
        now(answer);

        var refreshed = ask("a", LookupRequest.REFRESH);
        assertThat(origin.last().request().etag()).isEqualTo("e");
        origin.last().answer(notModified());
        assertThat(now(refreshed).way()).isEqualTo(Way.REFRESH);

        time.pass(TTL.minusMillis(1));
        random = 0.999;
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(origin.calls()).isEqualTo(4);
        assertThat(origin.last().request().etag()).isEqualTo("e");
        time.pass(SECOND);
        origin.last().answer(notModified());
        random = 0;
        assertThat(get("a").ttl()).isEqualTo(10);
    }

    @Test
    void whatIsNearComparesWhileTheStoreIsAway() {
        stale();
        store.leave(true);
        var answer = ask("a");

        assertThat(origin.last().request().etag()).isEqualTo("e");
        origin.last().answer(notModified());
        assertThat(text(now(answer))).isEqualTo("old");
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
    }

    static Stream<Change> changes() {
        return Stream.of(
                Change.key("a"), Change.tag("t"), Change.pattern("?"), Change.everything());
    }

    @ParameterizedTest
    @MethodSource("changes")
    void whatWasInvalidatedMeanwhileIsLoadedWithoutComparing(Change change) {
        stale();
        var answer = ask("a");
        now(cache.invalidate(change, "test"));
        origin.last().answer(notModified());

        assertThat(answer).isNotDone();
        assertThat(store.entry("a"))
                .as("no revival")
                .satisfiesAnyOf(
                        entry -> assertThat(entry).isNull(),
                        entry -> assertThat(entry.isFreshAt(time.millis())).isFalse());
        assertThat(origin.calls()).isEqualTo(3);
        assertThat(origin.last().request().etag()).isNull();
        origin.last().answer(value("new", "f"));

        assertThat(text(now(answer))).isEqualTo("new");
        assertThat(text(get("a"))).isEqualTo("new");
        time.settle();
        assertThat(isIdle()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void whatAnotherInstanceInvalidatedMeanwhileIsNotRevived(Change change) {
        stale();
        var answer = ask("a");
        store.model(0).invalidate(change);
        origin.last().answer(notModified());
        now(answer);
        near.clear();
        origin.script(ask -> ask.answer(value("new", "f")));

        assertThat(text(get("a"))).isEqualTo("new");
        assertThat(origin.last().request().etag()).isNull();
    }

    @Test
    void whatWasInvalidatedBeforeIsNotCompared() {
        stale();
        now(cache.invalidate(Change.tag("t"), "test"));
        ask("a");

        assertThat(origin.last().request().etag()).isNull();
    }

    @Test
    void whatIsTooOldByNowIsLoadedWithoutComparing() {
        stale(policy().hardTimeout(Duration.ofSeconds(60)));
        var answer = ask("a");
        time.pass(MAX_STALE);
        origin.last().answer(notModified());

        assertThat(origin.last().request().etag()).isNull();
        origin.last().answer(value("new", "f"));
        assertThat(text(now(answer))).isEqualTo("new");
    }

    @Test
    void anEarlyRefreshOfWhatWasInvalidatedEnds() {
        stale(policy().earlyRefresh(1));
        var answer = ask("a");
        time.pass(Duration.ofMillis(100));
        origin.last().answer(notModified());
        now(answer);
        time.pass(TTL.minusMillis(1));
        random = 0.999;
        get("a");
        var early = origin.last();
        now(cache.invalidate(Change.key("a"), "test"));
        early.answer(notModified());

        assertThat(origin.last()).isSameAs(early);
        assertThat(store.entry("a")).isNull();
        assertThat(cache.flying()).isZero();
    }

    @Test
    void whatTheOriginDidNotTagIsNotCompared() {
        open(policy().ttl(TTL));
        get("a");
        time.pass(TTL.plusMillis(1));
        get("a");

        assertThat(origin.calls()).isEqualTo(2);
        assertThat(origin.last().request().etag()).isNull();
    }

    @Test
    void aBatchIsNotCompared() {
        stale(policy().batchSize(2));
        ask("a");

        assertThat(origin.last().request().etag()).isNull();
    }

    @Test
    void aConfirmationOfNothingIsAFailure() {
        open(policy());
        origin.script(ask -> ask.answer(notModified()));

        assertThat(get("a").failure().kind()).isEqualTo(Failure.Kind.ORIGIN_FAILED);
        assertThat(get("a", bypass()).failure().kind()).isEqualTo(Failure.Kind.ORIGIN_FAILED);
        assertThat(store.held(0)).isEmpty();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void anotherOriginThatTakesManyKeysIsNotAskedToCompare() {
        stale();
        try (var hold = caches.hold(List.of("test"))) {
            var answer = ask("a");
            var other = FakeOrigin.patient();
            caches.close(cache);
            caches.open("test", policy().batchSize(5).build(), other);
            assertThat(other.last().request().etag()).isNull();
            other.last().answer();
            assertThat(text(now(answer))).isEqualTo("a#0");
        }
    }

    @Test
    void aSlowStoreRevivesNothing() {
        stale();
        var answer = ask("a");
        store.weather(operation -> new Weather.Fate(10_000_000, 0, Weather.Outcome.SUCCEEDS));
        origin.last().answer(notModified());
        store.model(0).invalidate(Change.key("a"));
        time.pass(SECOND);

        assertThat(now(answer).stored()).isFalse();
        assertThat(store.entry("a")).isNull();
    }
}
