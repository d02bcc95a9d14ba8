package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.testing.RedisProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Two instances on a Redis with replicas that take over, under clients that look up and change at
 * random, while one master after another dies, or is cut off from all and comes back.
 */
abstract class FailoversFixture extends ProcessesFixture {

    static final int ROUNDS = Integer.getInteger("processes.rounds", 2);

    /** How soon another master serves is measured by bench/failovers. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The master whose turn it is; as long as it is in its place, the same one. */
    abstract RedisProcess master();

    /** Whether all that live are in their places. */
    abstract boolean isSettled();

    /** Begins a round. */
    void next() {
        // There may be one master only.
    }

    @Override
    boolean replicasLag() {
        return true;
    }

    @Override
    int rounds() {
        return ROUNDS;
    }

    @Test
    void noFailoverFailsALookupOrUndoesAChange() throws Exception {
        try (var clients = new RandomClients(trace, instances, numbers, CLIENTS)) {
            clients.start(CLIENTS, SEED);
            pass(CALM);
            for (var round = 0; round < ROUNDS; round++) {
                next();
                var old = random.nextBoolean() ? killMaster() : freezeMaster();
                pass(CALM);
                assertSharedHits();
                if (round < ROUNDS - 1) {
                    bringBack(old);
                }
            }
        }
        assertAllIsAsPromised();
        assertAllAgree();
        assertAllIsAsPromised();
        assertMuchHappened();
    }

    private RedisProcess killMaster() throws Exception {
        var from = System.nanoTime();
        var old = master();
        old.kill();
        awaitOther(old, from, "killed");
        return old;
    }

    /** One that comes back still thinks that it is the master. */
    private RedisProcess freezeMaster() throws Exception {
        var from = System.nanoTime();
        var old = master();
        old.freeze();
        awaitOther(old, from, "frozen");
        old.thaw();
        return old;
    }

    private void awaitOther(RedisProcess old, long from, String what) throws Exception {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> master() != old);
        for (var instance : instances) {
            instance.awaitUp();
        }
        var to = System.nanoTime();
        trace.add(new Trace.Outage(what, from, to));
    }

    private void assertSharedHits() {
        var now = System.nanoTime();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(trace.all(Trace.Lookup.class))
                                        .anyMatch(
                                                it ->
                                                        it.from() > now
                                                                && it.detail()
                                                                        .contains(
                                                                                "detail=shared")));
    }

    /** As a replica; its return is a disturbance as well, until Sentinels have told it so. */
    private void bringBack(RedisProcess old) throws Exception {
        if (!old.isAlive()) {
            old.start();
        }
        await().atMost(PATIENCE).ignoreExceptions().until(this::isSettled);
    }
}
