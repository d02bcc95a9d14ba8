package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Observer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class TimeoutTest extends CacheFixture {

    private static final Duration HARD = Duration.ofSeconds(2);

    @Test
    void whileItRuns() {
        open(policy().hardTimeout(HARD));
        origin.script(ask -> {});
        var answer = ask("a");

        time.pass(HARD.minusNanos(1));
        assertThat(answer).isNotDone();
        time.pass(Duration.ofNanos(1));

        assertThat(now(answer).failure().kind()).isEqualTo(Failure.Kind.TIMEOUT);
        assertThat(origin.last().expiries()).isOne();
        assertThat(cache.loading()).as("it still burdens the origin").isOne();
        time.pass(HARD);
        assertThat(isIdle()).isTrue();
        assertThat(cache.statistics().loads(Observer.Load.TIMEOUT)).isOne();
    }

    @Test
    void whatComesTooLateIsThrownAway() {
        open(policy().hardTimeout(HARD));
        origin.script(ask -> {});
        ask("a");
        time.pass(HARD);

        origin.last().answer();

        assertThat(store.entry("a")).isNull();
        assertThat(isIdle()).as("its place is free at once, and no timer is left").isTrue();
        assertThat(cache.statistics().loads()).isOne();
    }

    @Test
    void whileItWaitsForItsTurn() {
        open(policy().hardTimeout(HARD).maxConcurrentLoads(1));
        origin.script(ask -> {});
        ask("a");
        time.pass(SECOND);
        var queued = ask("b");
        time.pass(SECOND);
        assertThat(cache.waiting()).isOne();

        time.pass(SECOND);

        assertThat(now(queued).failure().kind()).isEqualTo(Failure.Kind.TIMEOUT);
        assertThat(cache.waiting()).isZero();
        assertThat(origin.calls()).as("the origin was not asked").isOne();
        time.settle();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void anOriginThatHangsGivesItsPlaceAwayInTheEnd() {
        open(policy().hardTimeout(HARD).maxConcurrentLoads(2));
        origin.script(ask -> {});
        ask("a");
        ask("b");

        time.pass(HARD.minusNanos(1));
        var third = ask("c");
        time.pass(HARD);
        assertThat(origin.calls()).isEqualTo(2);
        assertThat(now(third).failure().kind()).isEqualTo(Failure.Kind.TIMEOUT);
        ask("d");
        assertThat(origin.calls()).isEqualTo(2);

        time.pass(Duration.ofNanos(1));

        assertThat(origin.calls()).isEqualTo(3);
    }

    @Test
    void anOriginThatAnswersWithinExpire() {
        open(policy().hardTimeout(HARD));
        var values = new CompletableFuture<Map<String, Loader.Value>>();
        var expiring =
                caches.open(
                        "expiring",
                        policy().hardTimeout(HARD).build(),
                        request ->
                                new Loader.Call() {
                                    @Override
                                    public CompletionStage<Map<String, Loader.Value>> values() {
                                        return values;
                                    }

                                    @Override
                                    public void expire() {
                                        values.completeExceptionally(
                                                new IllegalStateException("ended"));
                                    }
                                });
        var answer = expiring.lookup("a", LookupRequest.PLAIN);

        time.pass(HARD);

        assertThat(now(answer).failure().kind()).isEqualTo(Failure.Kind.TIMEOUT);
        assertThat(expiring.loading()).isZero();
        time.settle();
        assertThat(expiring.flying()).isZero();
    }

    @Test
    void theTimeRunsOutWhileTheCallBegins() {
        open(policy().hardTimeout(HARD).maxConcurrentLoads(1));
        origin.script(ask -> time.pass(HARD));

        var answer = ask("a");

        assertThat(now(answer).failure().kind()).isEqualTo(Failure.Kind.TIMEOUT);
        assertThat(origin.last().expiries()).isOne();
        assertThat(cache.loading()).as("the call runs, and holds its place").isOne();
        time.pass(HARD);
        assertThat(isIdle()).isTrue();
    }

    @Test
    void theTimeRunsOutWhileAQueuedCallBegins() {
        open(policy().hardTimeout(HARD).maxConcurrentLoads(1));
        origin.script(ask -> {});
        ask("a");
        var queued = ask("b");
        origin.script(ask -> time.pass(HARD));

        origin.call(0).answer();

        assertThat(now(queued).failure().kind()).isEqualTo(Failure.Kind.TIMEOUT);
        assertThat(cache.loading()).isOne();
        time.settle();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void endedLookupsLeaveNoTimers() {
        open(policy().softTimeout(SECOND));

        for (var i = 0; i < 100; i++) {
            get("a" + i);
        }

        assertThat(time.timers()).isZero();
    }

    @Test
    void aFullBulkheadRefusesAtOnce() {
        open(policy().maxConcurrentLoads(1).maxWaiting(1));
        origin.script(ask -> {});
        List<CompletableFuture<LookupResult>> all = new ArrayList<>();
        for (var key : List.of("a", "b", "c")) {
            all.add(ask(key));
        }

        assertThat(now(all.get(2)).failure().kind()).isEqualTo(Failure.Kind.BULKHEAD_FULL);
        assertThat(cache.statistics().lookups(Observer.Lookup.REFUSED)).isOne();
        assertThat(cache.flying()).isEqualTo(2);
        origin.script(FakeOrigin.Ask::answer);
        origin.call(0).answer();
        assertThat(now(all.get(1)).hasValue()).isTrue();
        assertThat(get("c").hasValue()).isTrue();
        assertThat(isIdle()).isTrue();
    }
}
