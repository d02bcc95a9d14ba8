package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.CachePolicy.WhenCut;
import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.simulation.Weather;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cut off from the shared store. */
class CutTest extends CacheFixture {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration MAX_STALE = Duration.ofSeconds(20);

    /** Between two beats a little is known; after as long as this it is not. */
    private static final Duration LONG = Duration.ofMillis(250);

    private void near(WhenCut whenCut) {
        open(policy().ttl(TTL).maxStale(MAX_STALE).whenCut(whenCut));
        get("a");
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(get("a").cut()).isFalse();
    }

    /** Operations are sent and not answered. */
    private void freeze() {
        store.weather(
                operation ->
                        new Weather.Fate(
                                Duration.ofMinutes(1).toNanos(), 0, Weather.Outcome.SUCCEEDS));
    }

    private void leave(boolean frozen) {
        if (frozen) {
            freeze();
        } else {
            store.leave(true);
        }
        time.pass(LONG);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsNearIsServedAndMarked(boolean frozen) {
        near(WhenCut.SERVE);
        leave(frozen);

        var result = get("a");

        assertThat(result.way()).isEqualTo(Way.NEAR);
        assertThat(result.cut()).isTrue();
        assertThat(getAll(List.of("a")).get("a").cut()).isTrue();
        assertThat(get("a", onlyIfCached(0)).cut()).isTrue();
        assertThat(origin.calls()).isOne();
        assertThat(cache.statistics().cut()).isEqualTo(3);
        assertThat(cache.statistics().lookups(Observer.Lookup.NEAR)).isEqualTo(5);
    }

    @Test
    void upToWhenItIsKnownToBeRightItIsNotMarked() {
        near(WhenCut.SERVE);
        store.leave(true);
        time.pass(Duration.ofMillis(30));

        assertThat(get("a").cut()).isFalse();
    }

    @Test
    void orTheOriginIsAsked() {
        near(WhenCut.BYPASS);
        store.leave(true);
        time.pass(LONG);

        var result = get("a");

        assertThat(result.way()).isEqualTo(Way.BYPASS);
        assertThat(result.cut()).isTrue();
        assertThat(text(result)).isEqualTo("a#1");
        assertThat(text(get("a"))).as("nothing is kept").isEqualTo("a#2");
        assertThat(cache.statistics().lookups(Observer.Lookup.BYPASS)).isEqualTo(2);
    }

    @Test
    void whatIsNotServedDoesNotStandInForTheOriginEither() {
        near(WhenCut.BYPASS);
        store.leave(true);
        time.pass(LONG);
        origin.script(ask -> ask.fail(new IllegalStateException("no")));

        assertThat(get("a").way()).isEqualTo(Way.FAILED);
        assertThat(get("a", onlyIfCached(0)).failure().kind()).isEqualTo(Failure.Kind.NOT_CACHED);
    }

    @Test
    void thoseWhoAskAtOnceShareOneLoad() {
        near(WhenCut.BYPASS);
        store.leave(true);
        time.pass(LONG);
        origin.script(ask -> {});

        var first = ask("a");
        var second = ask("a");
        origin.last().answer();

        assertThat(origin.calls()).isEqualTo(2);
        assertThat(text(now(first))).isEqualTo(text(now(second)));
    }

    @Test
    void whatIsStaleStandsInAndIsMarked() {
        near(WhenCut.SERVE);
        time.pass(TTL.plusMillis(1));
        origin.script(ask -> ask.fail(new IllegalStateException("no")));
        store.leave(true);
        time.pass(LONG);

        var result = get("a");

        assertThat(result.way()).isEqualTo(Way.STALE_IF_ERROR);
        assertThat(result.cut()).isTrue();
    }

    @Test
    void whatIsLoadedMeanwhileIsMarked() {
        near(WhenCut.SERVE);
        store.leave(true);
        time.pass(LONG);

        var result = get("b");

        assertThat(result.way()).isEqualTo(Way.MISS);
        assertThat(result.cut()).isTrue();
        assertThat(get("b").way()).as("kept near").isEqualTo(Way.NEAR);
    }

    @ParameterizedTest
    @EnumSource(WhenCut.class)
    void whoSleptAsksTheStoreBeforeHeServes(WhenCut whenCut) {
        near(whenCut);
        var elsewhere = store.model(0);
        elsewhere.invalidate(Change.key("a"));
        // As after a long pause of the process: nothing of it ran meanwhile.
        time.sleep(LONG);

        var result = get("a");

        assertThat(text(result)).isEqualTo("a#1");
        assertThat(result.cut()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(WhenCut.class)
    void whoSleptFindsWhatIsStoredWithoutTheOrigin(WhenCut whenCut) {
        near(whenCut);
        time.sleep(LONG);

        assertThat(get("a").way()).isEqualTo(whenCut == WhenCut.SERVE ? Way.NEAR : Way.SHARED);
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(get("a").cut()).isFalse();
        assertThat(origin.calls()).isOne();
    }

    @Test
    void manyInDoubtShareOneQuestion() {
        open(policy().ttl(TTL).maxStale(MAX_STALE));
        var keys = IntStream.range(0, 50).mapToObj(i -> "k" + i).toList();
        keys.forEach(this::get);
        store.model(0).invalidate(Change.key("k7"));
        time.sleep(LONG);
        var asked = new ArrayList<Weather.Operation>();
        store.weather(
                operation -> {
                    asked.add(operation);
                    return new Weather.Fate(Pulse.LIMIT.toNanos() / 4, 0, Weather.Outcome.SUCCEEDS);
                });

        var answers = keys.stream().map(this::ask).toList();
        assertThat(asked).containsExactly(Weather.Operation.POSITIONS);
        time.pass(LONG);

        for (var i = 0; i < answers.size(); i++) {
            var answer = now(answers.get(i));
            assertThat(answer.way()).as(keys.get(i)).isEqualTo(i == 7 ? Way.MISS : Way.NEAR);
            assertThat(answer.cut()).as(keys.get(i)).isFalse();
        }
    }

    @Test
    void whoSleptAndWakesToAFrozenStoreDoesNotWaitForIt() {
        near(WhenCut.SERVE);
        freeze();
        time.sleep(LONG);

        var answer = ask("a");
        assertThat(answer).isNotDone();
        time.pass(Pulse.LIMIT);

        assertThat(now(answer).way()).isEqualTo(Way.NEAR);
        assertThat(now(answer).cut()).isTrue();
        time.pass(Heartbeat.PERIOD.plusMillis(1));
        assertThat(get("a").way()).as("at once from now on").isEqualTo(Way.NEAR);
    }

    @Test
    void whoSleptOverTheAnswerToABeatDoesNotTakeTheStoreForSilent() {
        near(WhenCut.SERVE);
        var slow = Duration.ofMillis(20).toNanos();
        store.weather(operation -> new Weather.Fate(slow, slow, Weather.Outcome.SUCCEEDS));
        time.pass(Heartbeat.PERIOD.plusMillis(10));
        store.model(0).invalidate(Change.key("a"));
        // The question is under way; its answer waits until somebody looks.
        time.sleep(Duration.ofSeconds(3));

        var answer = ask("a");
        time.pass(SECOND);

        assertThat(text(now(answer))).isEqualTo("a#1");
        assertThat(now(answer).cut()).isFalse();
    }

    @Test
    void onceTheStoreIsBackNothingIsMarked() {
        near(WhenCut.SERVE);
        store.leave(true);
        time.pass(LONG);
        get("a");

        store.come();
        assertThat(get("a").cut()).isFalse();
        time.pass(LONG);
        assertThat(get("a").cut()).isFalse();
        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(cache.statistics().cut()).isOne();
    }

    @Test
    void aStoreInThisProcessIsNeverOutOfReach() {
        store.tier(Store.Tier.NEAR);
        open(policy().ttl(TTL));
        get("a");
        time.sleep(LONG);

        assertThat(get("a").way()).isEqualTo(Way.NEAR);
        assertThat(get("a").cut()).isFalse();
    }

    @Test
    void bypassesAndFailuresOfTheOriginAreAsEver() {
        open(policy().whenCut(WhenCut.BYPASS));
        origin.script(ask -> ask.answer(FakeOrigin.text("v")));
        assertThat(get("a", bypass()).cut()).isFalse();
        assertThat(get("a").way()).isEqualTo(Way.MISS);
    }
}
