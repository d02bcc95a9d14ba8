package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.testing.RedisCluster;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two instances on a real Redis Cluster of three masters, each with two replicas. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisClusterIT {

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<String> KEYS =
            IntStream.range(0, 100).mapToObj(i -> "key-" + i).toList();

    private CountingOrigin origin;
    private RedisCluster redis;
    private Instance one;
    private Instance other;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        redis = RedisCluster.start(2);
        one = instance().start();
        other = instance().start();
    }

    @AfterAll
    void stop() throws Exception {
        one.close();
        other.close();
        redis.close();
        origin.close();
    }

    @BeforeEach
    void empty() {
        await().atMost(PATIENCE).until(redis::isSettled);
        await().atMost(PATIENCE).until(() -> isUp(one) && isUp(other));
        assertThat(one.delete("/caches/items/entries").status()).isEqualTo(204);
        awaitGone(other);
    }

    private Instance.Builder instance() {
        return Instance.on(redis)
                .set("CIRCUIT_BREAKER_ENABLED", "false")
                .route(
                        "items",
                        Routes.http(
                                "items",
                                origin,
                                Map.of("ttl", "10m", "tags", "tag-${header.CisternKey}")))
                .route("batches", Routes.batch("batches", origin, Map.of("batchSize", 50)));
    }

    private static boolean isUp(Instance instance) {
        return instance.manage("/observe/health").status() == 200;
    }

    private static void allAnswer(Instance instance) {
        for (var key : KEYS) {
            assertThat(instance.lookup("items", key).status()).as(key).isEqualTo(200);
        }
    }

    private void awaitGone(Instance instance) {
        await().atMost(SOON).until(() -> KEYS.stream().noneMatch(key -> isCached(instance, key)));
    }

    private boolean isCached(Instance instance, String key) {
        return instance.lookup("items", key, "Cache-Control", "only-if-cached").status() == 200;
    }

    @Test
    void whatOneLoadsTheOtherHasWhereverItLies() {
        var before = origin.calls();
        allAnswer(one);
        allAnswer(other);
        assertThat(origin.calls() - before).isEqualTo(KEYS.size());

        var keys = IntStream.range(0, 200).mapToObj(i -> "\"b" + i + "\"").toList();
        var body = "{\"keys\":" + keys + "}";
        assertThat(one.post("/caches/batches/lookup", body).status()).isEqualTo(200);
        var again = other.post("/caches/batches/lookup", body).json();
        assertThat(again.at("/entries")).hasSize(200);
        assertThat(again.at("/entries"))
                .allSatisfy(entry -> assertThat(entry.at("/status").asText()).isEqualTo("hit"));
    }

    @Test
    void oneOfAllAsksTheOriginForAColdKey() {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        origin.hang();
        for (var i = 0; i < 50; i++) {
            answers.add(one.looking("items", "cold"));
            answers.add(other.looking("items", "cold"));
        }
        await().atMost(SOON).until(() -> origin.calls("cold") == 1);
        origin.release();

        assertThat(answers).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
        assertThat(origin.calls("cold")).isOne();
    }

    @Test
    void whatOneInvalidatesIsGoneFromTheOtherSoon() {
        for (var change :
                List.of(
                        "/entries/key-7",
                        "/entries?tag=tag-key-7",
                        "/entries?pattern=key-*",
                        "/entries")) {
            allAnswer(one);
            allAnswer(other);

            assertThat(one.delete("/caches/items" + change).status()).isEqualTo(204);

            assertThat(isCached(one, "key-7")).as(change).isFalse();
            await().atMost(SOON).until(() -> !isCached(other, "key-7"));
        }
    }

    @Test
    void aMasterThatDiesFailsNoLookupAndUndoesNothing() throws Exception {
        allAnswer(one);
        allAnswer(other);
        assertThat(one.delete("/caches/items/entries?pattern=key-1*").status()).isEqualTo(204);

        var killed = redis.master("{items:3}");
        killed.kill();

        var end = System.nanoTime() + PATIENCE.toNanos();
        do {
            allAnswer(one);
            allAnswer(other);
            assertThat(System.nanoTime()).isLessThan(end);
        } while (!isUp(one) || !isUp(other));
        assertThat(one.delete("/caches/items/entries").status()).isEqualTo(204);
        assertThat(KEYS).noneMatch(key -> isCached(one, key));
        awaitGone(other);
        allAnswer(one);
        var calls = origin.calls();
        allAnswer(other);
        assertThat(origin.calls()).isEqualTo(calls);
        killed.start();
    }

    @Test
    void aFrozenMasterHoldsUpNoLookup() {
        allAnswer(one);
        var frozen = redis.master("{items:5}");
        frozen.freeze();
        try {
            await().atMost(PATIENCE).until(() -> !isUp(one));
            var begin = System.nanoTime();
            allAnswer(one);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE);
            await().atMost(PATIENCE).until(() -> isUp(one));
        } finally {
            frozen.thaw();
        }
        // It is a replica now, and says nothing any more.
        await().atMost(PATIENCE).until(redis::isSettled);
        assertThat(one.delete("/caches/items/entries").status()).isEqualTo(204);
        allAnswer(one);
    }

    @Test
    void slotsMoveUnderLookupsAndInvalidations() {
        allAnswer(one);
        allAnswer(other);
        for (var partition = 0; partition < 4; partition++) {
            var slot = SlotHash.getSlot("{items:" + partition + "}");
            var from = redis.master("{items:" + partition + "}");
            var to =
                    redis.servers().stream()
                            .filter(it -> it != from && redis.isMaster(it))
                            .findFirst()
                            .orElseThrow();
            redis.beginToMove(slot, from, to);
            allAnswer(one);
            redis.moveNames(slot, from, to);
            allAnswer(other);
            redis.endMove(slot, from, to);
            allAnswer(one);
            allAnswer(other);
        }
        await().atMost(PATIENCE).until(() -> isUp(one) && isUp(other));
        await().atMost(PATIENCE).until(() -> one.delete("/caches/items/entries").status() == 204);
        assertThat(KEYS).noneMatch(key -> isCached(one, key));
        awaitGone(other);
    }
}
