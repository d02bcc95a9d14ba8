package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.spi.Loader;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told stale is not fresh again, and still stands in for loads. */
class ExpireTest extends CacheFixture {

    private static final LookupRequest WITH_ALL_STALE = maxStale(Long.MAX_VALUE);

    /** All that concern the key {@code a} with the tag {@code t}. */
    static Stream<Change> changes() {
        return Stream.of(
                        Change.key("a"),
                        Change.tag("t"),
                        Change.pattern("[a-c]"),
                        Change.everything())
                .map(Change::expiring);
    }

    /** Near and stored: "old", which the origin gave; now the origin fails. */
    private void stored(Policies policy) {
        open(policy);
        origin.script(ask -> ask.answer(FakeOrigin.tagged("old", "t")));
        get("a");
        origin.script(ask -> ask.fail(new IllegalStateException("no")));
    }

    private void expire(Change change) {
        now(cache.invalidate(change, "test"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void itIsLoadedAgainBeforeItIsAnswered(Change change) {
        stored(policy());
        expire(change);
        origin.script(ask -> ask.answer(FakeOrigin.tagged("new", "t")));

        var result = get("a");

        assertThat(result.way()).isEqualTo(Way.STALE);
        assertThat(text(result)).isEqualTo("new");
        assertThat(result.stored()).isTrue();
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(text(get("a"))).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("changes")
    void warmingTakesItForDue(Change change) {
        stored(policy());
        assertThat(now(cache.warmer().freshFor(List.of("a"))).get("a")).isPositive();

        expire(change);

        assertThat(now(cache.warmer().freshFor(List.of("a"))).get("a")).isZero();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void itIsServedWhereTheOriginFails(Change change) {
        stored(policy());
        time.pass(Duration.ofSeconds(5));
        expire(change);

        var result = get("a");

        assertThat(result.way()).isEqualTo(Way.STALE_IF_ERROR);
        assertThat(text(result)).isEqualTo("old");
        assertThat(result.ttl()).as("stale since it was loaded").isEqualTo(-5);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void itIsServedFromNearWhereTheStoreIsAwayAsWell(Change change) {
        stored(policy());
        expire(change);
        store.leave(true);

        assertThat(get("a").way()).isEqualTo(Way.STALE_IF_ERROR);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void itIsServedWhenTheSoftTimeoutPasses(Change change) {
        stored(policy().softTimeout(Duration.ofMillis(100)));
        expire(change);
        origin.script(ask -> {});

        var answer = ask("a");
        time.pass(Duration.ofMillis(100));

        assertThat(now(answer).way()).isEqualTo(Way.SOFT_TIMEOUT);
        assertThat(text(now(answer))).isEqualTo("old");
    }

    @ParameterizedTest
    @MethodSource("changes")
    void itIsNothingForWhoTakesStaleValues(Change change) {
        stored(policy());
        expire(change);
        origin.script(ask -> ask.answer(FakeOrigin.tagged("new", "t")));

        assertThat(get("a", onlyIfCached(Long.MAX_VALUE)).failure().kind())
                .isEqualTo(Failure.Kind.NOT_CACHED);
        assertThat(text(get("a", WITH_ALL_STALE))).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aLoadThatItOvertookFillsNothingAndIsNotJoined(Change change) {
        open(policy());
        origin.script(ask -> {});
        var first = ask("a");
        expire(change);
        var second = ask("a");
        var atOnce = origin.calls();

        origin.call(0).answer(FakeOrigin.tagged("old", "t"));

        assertThat(text(now(first))).isEqualTo("old");
        assertThat(now(first).stored()).isFalse();
        // That a tag concerns it shows only once it is loaded.
        assertThat(atOnce).isEqualTo(change.tags().isEmpty() ? 2 : 1);
        assertThat(second).isNotDone();
        origin.last().answer(FakeOrigin.tagged("new", "t"));
        assertThat(text(now(second))).isEqualTo("new");
        assertThat(text(get("a"))).isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("changes")
    void whoJoinedARefreshOfWhatIsFreshGetsItNoMoreAsFresh(Change change) {
        stored(policy());
        origin.script(ask -> {});
        var refresh = ask("a", LookupRequest.REFRESH);
        expire(change);

        origin.last().fail(new IllegalStateException("no"));

        assertThat(now(refresh).way()).isEqualTo(Way.STALE_IF_ERROR);
    }

    @Test
    void thatTheOriginHasNoSuchValueIsForgotten() {
        open(policy().negativeTtl(Duration.ofSeconds(30)));
        origin.script(ask -> ask.answer(FakeOrigin.none()));
        get("a");
        expire(Change.key("a").expiring());
        origin.script(ask -> ask.fail(new IllegalStateException("no")));

        assertThat(get("a").way()).isEqualTo(Way.FAILED);
    }

    @Test
    void evictedOnceItDoesNotComeBackAsStale() {
        stored(policy());
        expire(Change.key("a").expiring());
        expire(Change.key("a"));

        assertThat(get("a").way()).isEqualTo(Way.FAILED);
    }

    @Test
    void theOriginMayConfirmIt() {
        open(policy());
        origin.script(
                ask ->
                        ask.answer(
                                new Loader.Value(
                                        bytes("old"),
                                        "text/plain",
                                        false,
                                        null,
                                        List.of(),
                                        "\"e\"",
                                        Entry.NO_VERSION)));
        get("a");
        expire(Change.key("a").expiring());
        origin.script(ask -> ask.answer(Loader.Value.notModified(null, null, Entry.NO_VERSION)));

        var result = get("a");

        assertThat(origin.last().request().etag()).isEqualTo("e");
        assertThat(text(result)).isEqualTo("old");
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
    }

    @Test
    void othersAreUntouched() {
        stored(policy());
        expire(Change.key("b").expiring());
        expire(Change.tag("u").expiring());
        expire(Change.pattern("b*").expiring());

        assertThat(get("a").way()).isEqualTo(Way.NEAR);
    }
}
