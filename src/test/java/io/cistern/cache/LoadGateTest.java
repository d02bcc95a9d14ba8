package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.simulation.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoadGateTest extends CacheFixture {

    private final List<String> begun = new ArrayList<>();
    private final List<LoadGate.Turn> turns = new ArrayList<>();

    private LoadGate gate(Policies policy) {
        return new LoadGate(policy.build(), time, time);
    }

    private LoadGate.Turn enter(LoadGate gate, String name) {
        return gate.enter(
                turn -> {
                    begun.add(name);
                    turns.add(turn);
                });
    }

    @Test
    void firstComeFirstServed() {
        var gate = gate(policy().maxConcurrentLoads(1));
        for (var name : List.of("a", "b", "c")) {
            enter(gate, name);
        }
        assertThat(begun).containsExactly("a");

        turns.get(0).end();
        assertThat(begun).containsExactly("a", "b");
        turns.get(0).end();
        assertThat(begun).as("ended once").containsExactly("a", "b");
        turns.get(1).end();
        turns.get(2).end();

        assertThat(begun).containsExactly("a", "b", "c");
        assertThat(gate.running()).isZero();
    }

    @Test
    void whoeverLeavesTheQueueIsNotCalled() {
        var gate = gate(policy().maxConcurrentLoads(1));
        enter(gate, "a");
        var b = enter(gate, "b");
        enter(gate, "c");

        b.end();
        turns.get(0).end();

        assertThat(begun).containsExactly("a", "c");
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void tooManyAreTurnedAway() {
        var gate = gate(policy().maxConcurrentLoads(1).maxWaiting(1));
        enter(gate, "a");

        assertThat(enter(gate, "b")).isNotNull();
        assertThat(enter(gate, "c")).isNull();
    }

    @Test
    void theRateIsKeptAndNobodyForgotten() {
        var gate = gate(policy().loadRate(10.0));
        for (var i = 0; i < 5; i++) {
            enter(gate, "n" + i);
        }
        assertThat(begun).hasSize(1);

        time.pass(Duration.ofMillis(99));
        assertThat(begun).hasSize(1);
        time.pass(Duration.ofMillis(1));
        assertThat(begun).hasSize(2);
        time.pass(Duration.ofMillis(300));
        assertThat(begun).hasSize(5);
        time.pass(SECOND);
        enter(gate, "late");
        enter(gate, "later");
        assertThat(begun).as("what was not used is not made up for").hasSize(6);
        time.settle();
        assertThat(begun).hasSize(7);
        assertThat(time.timers()).isZero();
    }

    @Test
    void rateAndConcurrencyTogether() {
        var gate = gate(policy().loadRate(10.0).maxConcurrentLoads(1));
        enter(gate, "a");
        enter(gate, "b");

        time.pass(SECOND);
        assertThat(begun).containsExactly("a");
        turns.get(0).end();
        assertThat(begun).containsExactly("a", "b");
        enter(gate, "c");
        turns.get(1).end();
        assertThat(begun).hasSize(2);
        time.pass(Duration.ofMillis(100));

        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void theSlowestRateIsNoOverflow() {
        var gate = gate(policy().loadRate(1e-18));
        enter(gate, "a");
        enter(gate, "b");

        time.pass(Duration.ofDays(1));

        assertThat(begun).containsExactly("a");
    }

    @Test
    void whoThrowsDoesNotBreakTheGate() {
        var gate = gate(policy().maxConcurrentLoads(1));
        enter(gate, "a");
        gate.enter(
                turn -> {
                    throw new IllegalStateException("rude");
                });
        enter(gate, "b");

        assertThatThrownBy(() -> turns.get(0).end()).hasMessage("rude");

        assertThat(begun).containsExactly("a", "b");
        turns.get(1).end();
        assertThat(gate.running()).isZero();
        assertThat(gate.enter(turn -> turn.end())).isNotNull();
    }

    @Test
    void tenThousandThatAnswerAtOnceDoNotOverflowTheStack() {
        open(policy().maxConcurrentLoads(1));
        origin.script(ask -> {});
        List<CompletableFuture<LookupResult>> all = new ArrayList<>();
        for (var i = 0; i < 10_000; i++) {
            all.add(ask("k" + i));
        }
        origin.script(FakeOrigin.Ask::answer);

        origin.call(0).answer();

        assertThat(all).allMatch(one -> one.isDone() && now(one).hasValue());
        assertThat(isIdle()).isTrue();
    }

    @Test
    void tenThousandThatThrowAtOnceDoNotOverflowTheStack() {
        open(policy().maxConcurrentLoads(1));
        origin.script(ask -> {});
        List<CompletableFuture<LookupResult>> all = new ArrayList<>();
        for (var i = 0; i < 10_000; i++) {
            all.add(ask("k" + i));
        }
        origin.script(
                ask -> {
                    throw new IllegalStateException();
                });

        origin.call(0).answer();

        assertThat(all.subList(1, all.size())).allMatch(one -> now(one).failure() != null);
        assertThat(isIdle()).isTrue();
    }

    @Test
    void tenThousandWhoJoinDoNotOverflowTheStack() {
        open(policy());
        origin.script(ask -> {});
        ask("a");
        List<CompletableFuture<LookupResult>> all = new ArrayList<>();
        for (var i = 0; i < 10_000; i++) {
            all.add(ask("a", LookupRequest.REFRESH));
        }
        origin.script(FakeOrigin.Ask::answer);

        origin.call(0).answer();

        assertThat(all).allMatch(one -> one.isDone() && now(one).hasValue());
        assertThat(isIdle()).isTrue();
    }

    @Test
    void aPlaceIsFreeForThoseWhoAreTold() {
        open(policy().maxConcurrentLoads(1).maxWaiting(0));
        origin.script(ask -> {});
        var chained = ask("a").thenCompose(first -> cache.lookup("b", LookupRequest.PLAIN));
        origin.script(FakeOrigin.Ask::answer);

        origin.call(0).answer();

        assertThat(now(chained).hasValue()).isTrue();
    }

    @Test
    void manyThreadsForgetNobody() throws InterruptedException {
        var gate =
                new LoadGate(policy().maxConcurrentLoads(3).maxWaiting(20_000).build(), time, time);
        var threads = Executors.newFixedThreadPool(8);
        var enders = Executors.newFixedThreadPool(4);
        var begunTogether = new AtomicInteger();
        var most = new AtomicInteger();
        var ended = new CountDownLatch(8 * 2_000);
        for (var i = 0; i < 8 * 2_000; i++) {
            var inline = i % 3 == 0;
            threads.execute(
                    () ->
                            gate.enter(
                                    turn -> {
                                        most.accumulateAndGet(
                                                begunTogether.incrementAndGet(), Math::max);
                                        Runnable end =
                                                () -> {
                                                    begunTogether.decrementAndGet();
                                                    turn.end();
                                                    ended.countDown();
                                                };
                                        if (inline) {
                                            end.run();
                                        } else {
                                            enders.execute(end);
                                        }
                                    }));
        }

        var all = ended.await(60, TimeUnit.SECONDS);
        threads.shutdownNow();
        enders.shutdownNow();

        assertThat(all).as("still waiting: %d", gate.waiting()).isTrue();
        assertThat(most.get()).isLessThanOrEqualTo(3);
        assertThat(gate.running()).isZero();
    }

    @Test
    void theClockMayBeginAnywhere() {
        assertThat(new VirtualTime(1).nanos()).isNegative();
    }
}
