package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.simulation.Weather;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Observer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StaleTest extends CacheFixture {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration MAX_STALE = Duration.ofSeconds(20);

    private void stale() {
        open(policy().ttl(TTL).maxStale(MAX_STALE));
        get("a");
        time.pass(TTL.plusMillis(1));
    }

    private static Loader.Value value(Duration maxStale) {
        return new Loader.Value(
                bytes("v"),
                "text/plain",
                false,
                null,
                maxStale,
                List.of(),
                null,
                Entry.NO_VERSION,
                false);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 5", "60, 60", "-7, 0"})
    void theOriginMaySayHowLongAValueMayBeStale(int said, int seconds) {
        open(policy().ttl(TTL).maxStale(MAX_STALE));
        origin.script(ask -> ask.answer(value(Duration.ofSeconds(said))));
        get("a");
        origin.script(ask -> ask.fail(new IllegalStateException("no")));

        time.pass(TTL.plusSeconds(seconds));
        if (seconds > 0) {
            assertThat(get("a").way()).isEqualTo(Way.STALE_IF_ERROR);
        }
        time.pass(Duration.ofMillis(1));
        assertThat(get("a").failure().kind()).isEqualTo(Failure.Kind.ORIGIN_FAILED);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                failure(
                        "fails",
                        ask -> ask.fail(new IllegalStateException("no")),
                        Failure.Kind.ORIGIN_FAILED),
                failure(
                        "throws",
                        ask -> {
                            throw new IllegalStateException("no");
                        },
                        Failure.Kind.ORIGIN_FAILED),
                failure(
                        "throws an error",
                        ask -> {
                            throw new StackOverflowError();
                        },
                        Failure.Kind.ORIGIN_FAILED),
                failure(
                        "refuses",
                        ask -> ask.fail(new Loader.RefusedException("open", Duration.ofSeconds(7))),
                        Failure.Kind.REFUSED),
                failure(
                        "refuses by throwing",
                        ask -> {
                            throw new Loader.RefusedException("open", Duration.ofSeconds(7));
                        },
                        Failure.Kind.REFUSED),
                failure("answers null", ask -> ask.answerAll(null), Failure.Kind.ORIGIN_FAILED),
                failure(
                        "answers garbage",
                        ask ->
                                ask.answer(
                                        new Loader.Value(null, null, false, null, null, null, 0L)),
                        Failure.Kind.ORIGIN_FAILED),
                failure("hangs", ask -> {}, Failure.Kind.TIMEOUT));
    }

    private static Arguments failure(
            String name, Consumer<FakeOrigin.Ask> script, Failure.Kind kind) {
        return Arguments.of(name, (FakeOrigin.Script) script::accept, kind);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void servedWhereTheOriginFails(String name, FakeOrigin.Script script, Failure.Kind kind) {
        stale();
        origin.script(script);

        var answer = ask("a");
        time.pass(SECOND.multipliedBy(10));

        assertThat(now(answer).way()).isEqualTo(Way.STALE_IF_ERROR);
        assertThat(text(now(answer))).isEqualTo("a#0");
        assertThat(now(answer).ttl()).isNegative();
        assertThat(cache.statistics().lookups(Observer.Lookup.STALE)).isOne();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void aFailureOnceNothingStaleIsLeft(String name, FakeOrigin.Script script, Failure.Kind kind) {
        stale();
        origin.script(script);
        time.pass(MAX_STALE);

        var answer = ask("a");
        time.settle();

        assertThat(now(answer).failure().kind()).isEqualTo(kind);
        assertThat(now(answer).entry()).isNull();
        assertThat(isIdle()).isTrue();
        origin.script(FakeOrigin.Ask::answer);
        assertThat(get("a").way()).as("no key is stuck").isEqualTo(Way.MISS);
    }

    @Test
    void errorsOverAndOverDoNotStretchMaxStale() {
        stale();
        origin.script(ask -> ask.fail(new IllegalStateException()));

        for (var i = 0; i < 20; i++) {
            assertThat(get("a").way()).isEqualTo(Way.STALE_IF_ERROR);
            time.pass(Duration.ofMillis(999));
        }
        time.pass(SECOND);

        assertThat(get("a").failure()).isNotNull();
    }

    @Test
    void notServedAfterItsInvalidation() {
        stale();
        origin.script(ask -> ask.fail(new IllegalStateException()));
        now(cache.invalidate(Change.pattern("?"), "test"));

        assertThat(get("a").failure()).isNotNull();
    }

    @Test
    void notServedWhereTheInvalidationComesWhileTheOriginFails() {
        stale();
        origin.script(ask -> {});
        var answer = ask("a");

        now(cache.invalidate(Change.key("a"), "test"));
        origin.last().fail(new IllegalStateException());

        assertThat(now(answer).failure().kind()).isEqualTo(Failure.Kind.ORIGIN_FAILED);
    }

    @Test
    void aRefreshThatFailsServesWhatIsFresh() {
        open(policy());
        get("a");
        near.clear();
        origin.script(ask -> ask.fail(new IllegalStateException()));

        assertThat(get("a", LookupRequest.REFRESH).way()).isEqualTo(Way.SHARED);
    }

    @Test
    void theSoftTimeoutServesStaleAndTheLoadGoesOn() {
        open(policy().ttl(TTL).maxStale(MAX_STALE).softTimeout(SECOND));
        get("a");
        time.pass(TTL.plusMillis(1));
        origin.script(ask -> {});

        var answer = ask("a");
        time.pass(Duration.ofMillis(999));
        assertThat(answer).isNotDone();
        time.pass(Duration.ofMillis(1));
        assertThat(now(answer).way()).isEqualTo(Way.SOFT_TIMEOUT);
        assertThat(text(now(answer))).isEqualTo("a#0");

        origin.last().answer();
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(text(get("a"))).isEqualTo("a#1");
        assertThat(isIdle()).isTrue();
    }

    @Test
    void theSoftTimeoutServesNothingThatWasInvalidated() {
        open(policy().ttl(TTL).softTimeout(SECOND));
        get("a");
        time.pass(TTL.plusMillis(1));
        origin.script(ask -> {});
        var answer = ask("a");

        now(cache.invalidate(Change.everything(), "test"));
        time.pass(SECOND);

        assertThat(answer).isNotDone();
        origin.last().answer();
        assertThat(now(answer).way()).isEqualTo(Way.STALE);
    }

    @Test
    void theSoftTimeoutServesWhatASlowStoreFindsAfterIt() {
        open(policy().ttl(TTL).softTimeout(SECOND));
        get("a");
        near.clear();
        time.pass(TTL.plusMillis(1));
        origin.script(ask -> {});
        store.weather(operation -> new Weather.Fate(0, 2_000_000_000L, Weather.Outcome.SUCCEEDS));

        var answer = ask("a");
        time.pass(Duration.ofMillis(1999));
        assertThat(answer).isNotDone();
        time.pass(Duration.ofMillis(1));

        assertThat(now(answer).way()).isEqualTo(Way.SOFT_TIMEOUT);
    }

    @Test
    void maxStaleTakesNoMoreThanItSays() {
        stale();
        time.pass(Duration.ofMillis(4999));

        assertThat(get("a", maxStale(5000)).way()).isEqualTo(Way.MAX_STALE);
        near.clear();
        assertThat(get("a", maxStale(5000)).way()).isEqualTo(Way.MAX_STALE);
        time.pass(Duration.ofMillis(1));
        assertThat(get("a", maxStale(5000)).way()).isEqualTo(Way.STALE);
    }

    @Test
    void maxStaleNeverReachesBeyondThePolicys() {
        stale();
        time.pass(MAX_STALE);

        assertThat(get("a", maxStale(Long.MAX_VALUE)).way()).isEqualTo(Way.MISS);
    }

    @Test
    void onlyIfCachedAsksNoOrigin() {
        open(policy().ttl(TTL));
        assertThat(get("a", onlyIfCached(0)).failure().kind()).isEqualTo(Failure.Kind.NOT_CACHED);
        get("a");

        assertThat(get("a", onlyIfCached(0)).way()).isEqualTo(Way.NEAR);
        near.clear();
        assertThat(get("a", onlyIfCached(0)).way()).isEqualTo(Way.SHARED);
        time.pass(TTL.plusMillis(1));
        assertThat(get("a", onlyIfCached(0)).failure()).isSameAs(Failure.NOT_CACHED);
        assertThat(get("a", onlyIfCached(1000)).way()).isEqualTo(Way.MAX_STALE);
        assertThat(origin.calls()).isOne();
        assertThat(cache.statistics().lookups(Observer.Lookup.REFUSED)).isEqualTo(2);
    }

    @Test
    void whatIsReadLateDoesNotReplaceWhatIsNewer() {
        open(policy().ttl(TTL));
        get("a");
        near.clear();
        store.weather(operation -> new Weather.Fate(0, 1_000_000_000L, Weather.Outcome.SUCCEEDS));
        var slow = ask("a", onlyIfCached(0));
        time.pass(Duration.ofMillis(500));
        store.weather(Weather.CALM);
        time.pass(Duration.ofMillis(100));
        get("a", LookupRequest.REFRESH);

        time.settle();

        assertThat(text(now(slow))).isEqualTo("a#0");
        assertThat(text(get("a"))).isEqualTo("a#1");
    }
}
