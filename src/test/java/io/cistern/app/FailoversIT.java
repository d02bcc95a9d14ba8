package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.testing.RedisProcess;
import io.cistern.testing.SentinelServers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Two instances on a Redis that Sentinels watch, under clients that look up and change at random,
 * while one master after another dies, or is cut off from all and comes back.
 */
class FailoversIT extends ProcessesFixture {

    private static final int ROUNDS = Integer.getInteger("processes.rounds", 2);

    /** Between the death of a master and shared hits. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private SentinelServers redis;

    @Override
    Map<String, String> openRedis() throws Exception {
        redis = SentinelServers.start();
        return Map.of(
                "REDIS_SENTINEL_HOSTS",
                redis.hosts(),
                "REDIS_SERVICE_NAME",
                SentinelServers.SERVICE);
    }

    @Override
    void closeRedis() throws Exception {
        redis.close();
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
        var old = redis.master();
        old.kill();
        awaitOther(old, from, "killed");
        return old;
    }

    /** One that comes back still thinks that it is the master. */
    private RedisProcess freezeMaster() throws Exception {
        var from = System.nanoTime();
        var old = redis.master();
        old.freeze();
        awaitOther(old, from, "frozen");
        old.thaw();
        return old;
    }

    private void awaitOther(RedisProcess old, long from, String what) throws Exception {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> redis.master() != old);
        for (var instance : instances) {
            instance.awaitUp();
        }
        var to = System.nanoTime();
        trace.add(new Trace.Outage(what, from, to));
        assertThat(Duration.ofNanos(to - from)).isLessThan(LONGEST);
    }

    private void assertSharedHits() {
        var now = System.nanoTime();
        await().atMost(LONGEST)
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
        await().atMost(PATIENCE).ignoreExceptions().until(redis::isSettled);
    }
}
