package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Two instances before one origin, on one Redis. */
class CoherenceIT extends TwoInstancesFixture {
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final Duration SOON = Duration.ofSeconds(2);

    @Override
    protected Instance.Builder caches(Instance.Builder builder) {
        return builder.set("CIRCUIT_BREAKER_ENABLED", "false")
                .route(
                        "items",
                        Routes.http(
                                "items",
                                origin,
                                Map.of("ttl", "10m", "tags", "tag-${header.CisternKey}")))
                .route("batches", Routes.batch("batches", origin, Map.of("batchSize", 50)));
    }

    @Test
    void oneOfAllAsksTheOriginForAColdKey() {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        origin.hang();
        for (var i = 0; i < 100; i++) {
            answers.add(one.looking("items", "cold"));
            answers.add(other.looking("items", "cold"));
        }
        await().atMost(SOON).until(() -> origin.calls("cold") == 1);
        origin.release();

        assertThat(answers).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
        assertThat(origin.calls("cold")).isOne();
        assertThat(answers.stream().map(answer -> answer.join().text()).distinct()).hasSize(1);
    }

    @Test
    void aBatchLoadsOnlyWhatNobodyLoads() {
        var first = one.post("/caches/batches/lookup", "{\"keys\":[\"b1\",\"b2\"]}");
        var second = other.post("/caches/batches/lookup", "{\"keys\":[\"b2\",\"b3\"]}");

        assertThat(first.status()).isEqualTo(200);
        assertThat(second.json().at("/entries/b2/status").asText()).isEqualTo("hit");
        assertThat(origin.batches()).containsExactlyInAnyOrder(List.of("b1", "b2"), List.of("b3"));
    }

    /** Who waits for another instance's load tries by itself once that has failed. */
    @Test
    void aFailureIsNotWaitedFor() {
        origin.failing.add("broken");
        origin.hang();
        var first = one.looking("items", "broken");
        await().atMost(SOON).until(() -> origin.calls("broken") == 1);
        var second = other.looking("items", "broken");
        origin.release();

        assertThat(first.join().status()).isEqualTo(502);
        assertThat(second.join().status()).isEqualTo(502);
        assertThat(origin.calls("broken")).isEqualTo(2);
    }

    @Test
    void whatOneInvalidatesIsGoneFromTheOtherSoon() {
        for (var change :
                List.of(
                        "/entries/gone",
                        "/entries?tag=tag-gone",
                        "/entries?pattern=go*",
                        "/entries")) {
            one.lookup("items", "gone");
            other.lookup("items", "gone");
            assertThat(other.lookup("items", "gone").header("Cache-Status"))
                    .contains("detail=near");
            var before = origin.calls("gone");

            assertThat(one.delete("/caches/items" + change).status()).isEqualTo(204);

            await().atMost(SOON)
                    .until(
                            () ->
                                    !other.lookup("items", "gone")
                                            .header("Cache-Status")
                                            .startsWith("cistern; hit"));
            assertThat(origin.calls("gone")).as(change).isEqualTo(before + 1);
        }
    }

    @Test
    void whoInvalidatesDuringALoadOfTheOtherGetsANewValue() {
        origin.hang();
        var before = one.looking("items", "doomed");
        await().atMost(SOON).until(() -> origin.calls("doomed") == 1);

        other.delete("/caches/items/entries?tag=tag-doomed");
        other.delete("/caches/items/entries/doomed");
        var after = other.looking("items", "doomed");
        await().atMost(SOON).until(() -> origin.calls("doomed") == 2);
        origin.release();

        assertThat(before.join().status()).isEqualTo(200);
        assertThat(after.join().status()).isEqualTo(200);
        assertThat(one.lookup("items", "doomed").text()).isEqualTo(after.join().text());
    }

    @Test
    void aLoadThatOutlastsItsLeaseRenewsIt() {
        origin.hang();
        var first = one.looking("items", "slow");
        await().atMost(SOON).until(() -> origin.calls("slow") == 1);
        var second = other.looking("items", "slow");
        await().during(LEASE.plusMillis(500))
                .atMost(LEASE.plus(SOON))
                .until(() -> origin.calls("slow") == 1);
        origin.release();

        assertThat(first.join().header("Cache-Status")).contains("stored");
        assertThat(second.join().text()).isEqualTo(first.join().text());
        assertThat(origin.calls("slow")).isOne();
    }

    @Test
    void aLeaseThatNobodyHoldsEndsByItself() {
        // As a holder leaves it behind that is killed under its load.
        assertThat(one.lookup("items", "any").status()).isEqualTo(200);
        var order = redis.ask(commands -> commands.hgetall("cistern:{items:0}:m"));
        redis.ask(
                commands ->
                        commands.psetex(
                                "cistern:{items:0}:l:orphan",
                                600,
                                order.get("g") + ":" + order.get("v") + ":killed-1"));

        assertThat(other.lookup("items", "orphan").status()).isEqualTo(200);

        assertThat(origin.calls("orphan")).isOne();
    }
}
