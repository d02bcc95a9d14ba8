package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.Environment;
import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Terms;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Entries that apply only where they were made, and under the definition that made them. */
class VariantsTest extends CacheFixture {

    /** Headers {@code cores} and {@code memory} tell the environment. */
    private static final Terms TERMS =
            new Terms() {
                @Override
                public Environment environment(UnaryOperator<String> header) {
                    if ("?".equals(header.apply("cores"))) {
                        throw new IllegalArgumentException("cores: no number");
                    }
                    var values = new java.util.HashMap<String, String>();
                    for (var name : List.of("cores", "memory")) {
                        if (header.apply(name) != null) {
                            values.put(name, header.apply(name));
                        }
                    }
                    return Environment.of(values);
                }

                @Override
                public String fingerprint(UnaryOperator<String> header) {
                    return header.apply("version") == null ? "" : header.apply("version");
                }
            };

    private void openVaried(Policies policy) {
        cache = caches.open("test", policy.build(), origin, TERMS);
    }

    private static UnaryOperator<String> machine(int cores, long memory) {
        return Map.of("cores", "" + cores, "memory", "" + memory)::get;
    }

    private LookupResult get(String key, UnaryOperator<String> header) {
        return get(key, cache.request(LookupRequest.PLAIN, header));
    }

    @Test
    void anEntryMadeElsewhereIsAMissAndStaysForThoseToWhomItApplies() {
        openVaried(policy().environment("cores, memory~20%"));

        assertThat(get("k", machine(8, 1000)).way()).isEqualTo(Way.MISS);
        var other = get("k", machine(4, 1000));
        assertThat(other.way()).isEqualTo(Way.VARIED);
        assertThat(other.stored()).isTrue();

        assertThat(get("k", machine(8, 1000)).way()).isEqualTo(Way.NEAR);
        assertThat(get("k", machine(4, 1000)).way()).isEqualTo(Way.NEAR);
        // Within the tolerance, but not seen here before.
        var within = get("k", machine(8, 1100));
        assertThat(within.way()).isEqualTo(Way.SHARED);
        assertThat(text(within)).isEqualTo(text(get("k", machine(8, 1000))));
        assertThat(get("k", machine(8, 1201)).way()).isEqualTo(Way.VARIED);
        assertThat(origin.calls()).isEqualTo(3);
        assertThat(cache.statistics().lookups(io.cistern.cache.spi.Observer.Lookup.MISS))
                .isEqualTo(3);
    }

    @Test
    void theOriginLearnsForWhomItLoadsAndNothingElse() {
        openVaried(policy().environment("cores"));

        get("k", machine(8, 1000));

        assertThat(origin.last().request().environment())
                .isEqualTo(Environment.of(Map.of("cores", "8")));
    }

    @Test
    void anInvalidationReachesAllOfThem() {
        for (var change :
                List.of(
                        Change.key("k"),
                        Change.tag("t"),
                        Change.pattern("k*"),
                        Change.everything())) {
            origin.script(ask -> ask.answer(FakeOrigin.tagged("v" + ask.number(), "t")));
            openVaried(policy().environment("cores"));
            get("k", machine(8, 1));
            get("k", machine(4, 1));

            now(cache.invalidate(change, "test"));

            assertThat(get("k", machine(8, 1)).way()).as("%s", change).isEqualTo(Way.MISS);
            // What the other one left behind is dead, too.
            assertThat(get("k", machine(4, 1)).way()).as("%s", change).isEqualTo(Way.VARIED);
            caches.close(cache);
            caches.forget(cache);
        }
    }

    @Test
    void eachLivesAndDiesByItsOwnTime() {
        openVaried(
                policy().environment("cores").ttl(Duration.ofSeconds(60)).maxStale(Duration.ZERO));
        get("k", machine(8, 1));
        time.pass(Duration.ofSeconds(40));
        get("k", machine(4, 1));

        time.pass(Duration.ofSeconds(21));

        assertThat(get("k", machine(4, 1)).way()).isEqualTo(Way.NEAR);
        assertThat(get("k", machine(8, 1)).way()).isEqualTo(Way.VARIED);
    }

    @Test
    void aStaleOneStandsInOnlyForItsOwnKind() {
        openVaried(policy().environment("cores").near(0).ttl(SECOND).maxStale(Duration.ofHours(1)));
        get("k", machine(8, 1));
        time.pass(Duration.ofSeconds(2));
        origin.script(ask -> ask.fail(new IllegalStateException("down")));

        assertThat(get("k", machine(8, 1)).way()).isEqualTo(Way.STALE_IF_ERROR);
        assertThat(get("k", machine(4, 1)).way()).isEqualTo(Way.FAILED);
    }

    @Test
    void noneIsServedStaleToWhoOnlyWaitsForTheLoadOfAnother() {
        openVaried(
                policy().environment("cores")
                        .near(0)
                        .ttl(SECOND)
                        .softTimeout(Duration.ofMillis(100))
                        .maxStale(Duration.ofHours(1)));
        get("k", machine(8, 1));
        time.pass(Duration.ofSeconds(2));
        origin.script(ask -> {});

        var eight = ask("k", cache.request(LookupRequest.PLAIN, machine(8, 1)));
        var four = ask("k", cache.request(LookupRequest.PLAIN, machine(4, 1)));
        time.pass(Duration.ofMillis(200));

        assertThat(now(eight).way()).isEqualTo(Way.SOFT_TIMEOUT);
        assertThat(four).isNotDone();
        origin.call(1).answer(FakeOrigin.text("of eight"));
        origin.call(2).answer(FakeOrigin.text("of four"));
        assertThat(text(now(four))).isEqualTo("of four");
    }

    @Test
    void noMoreThanEightLieThereTheOldestMakesWay() {
        openVaried(policy().environment("cores").near(0));
        for (var cores = 1; cores <= 9; cores++) {
            get("k", machine(cores, 1));
            time.pass(SECOND);
        }

        assertThat(get("k", machine(2, 1)).way()).isEqualTo(Way.SHARED);
        assertThat(get("k", machine(9, 1)).way()).isEqualTo(Way.SHARED);
        assertThat(get("k", machine(1, 1)).way()).isEqualTo(Way.VARIED);
    }

    @Test
    void allTogetherAreNoLargerThanOneValueMayBe() {
        openVaried(policy().environment("cores").near(0));
        for (var cores = 1; cores <= 3; cores++) {
            origin.script(ask -> ask.answer(FakeOrigin.text("x".repeat(400))));
            get("k", machine(cores, 1));
            time.pass(SECOND);
        }

        assertThat(store.entry("k").value().length).isEqualTo(400);
        assertThat(store.entry("k").others()).hasSize(1);
        assertThat(get("k", machine(2, 1)).way()).isEqualTo(Way.SHARED);
        assertThat(get("k", machine(1, 1)).way()).isEqualTo(Way.VARIED);
    }

    @Test
    void whoAsksAtTheSameTimeElsewhereNeitherJoinsNorDestroys() {
        origin.script(ask -> {});
        openVaried(policy().environment("cores"));
        var eight = ask("k", cache.request(LookupRequest.PLAIN, machine(8, 1)));
        var four = ask("k", cache.request(LookupRequest.PLAIN, machine(4, 1)));
        var alsoEight = ask("k", cache.request(LookupRequest.PLAIN, machine(8, 1)));

        assertThat(origin.calls()).isEqualTo(1);
        origin.call(0).answer(FakeOrigin.text("of eight"));
        origin.call(1).answer(FakeOrigin.text("of four"));

        assertThat(text(now(eight))).isEqualTo("of eight");
        assertThat(text(now(alsoEight))).isEqualTo("of eight");
        assertThat(text(now(four))).isEqualTo("of four");
        assertThat(get("k", machine(8, 1)).way()).isEqualTo(Way.NEAR);
        assertThat(get("k", machine(4, 1)).way()).isEqualTo(Way.NEAR);
        assertThat(origin.calls()).isEqualTo(2);
    }

    @Test
    void whoSaysNothingGetsWhatWasMadeForNobody() {
        openVaried(policy().environment("cores"));

        get("k", machine(8, 1));

        assertThat(get("k", name -> null).way()).isEqualTo(Way.VARIED);
        assertThat(get("k").way()).isEqualTo(Way.NEAR);
        assertThat(now(cache.warmer().load(List.of("k"), Map.of())).get("k").way())
                .isEqualTo(Way.REFRESH);
        assertThat(get("k", machine(8, 1)).way()).isEqualTo(Way.NEAR);
    }

    @Test
    void whatIsPutIsPutForItsEnvironmentAndReplacesAll() {
        openVaried(policy().environment("cores"));
        get("k", machine(8, 1));

        now(cache.put("k", bytes("put"), "text/plain", null, List.of(), machine(4, 1)));

        assertThat(text(get("k", machine(4, 1)))).isEqualTo("put");
        assertThat(get("k", machine(8, 1)).way()).isEqualTo(Way.VARIED);
    }

    @Test
    void batchesAreForOneEnvironment() {
        openVaried(policy().environment("cores").batchSize(10));
        var eight = cache.request(LookupRequest.PLAIN, machine(8, 1));
        var four = cache.request(LookupRequest.PLAIN, machine(4, 1));
        now(cache.lookupAll(List.of("a", "b"), eight));

        var answers = now(cache.lookupAll(List.of("a", "b"), four));

        assertThat(answers.values()).extracting(LookupResult::way).containsOnly(Way.VARIED);
        assertThat(now(cache.lookupAll(List.of("a", "b"), eight)).values())
                .extracting(LookupResult::way)
                .containsOnly(Way.NEAR);
    }

    @Test
    void anotherFingerprintMakesAMissAndLeavesNothingBehind() {
        openVaried(policy().fingerprint("any"));
        UnaryOperator<String> first = Map.of("version", "1")::get;
        UnaryOperator<String> second = Map.of("version", "2")::get;
        get("k", first);

        assertThat(get("k", second).way()).isEqualTo(Way.MISS);
        assertThat(get("k", second).way()).isEqualTo(Way.NEAR);
        assertThat(now(cache.peek("k", cache.request(LookupRequest.PLAIN, second))).others())
                .isEmpty();
    }

    @Test
    void peekingShowsAllThatLieThere() {
        openVaried(policy().environment("cores"));
        get("k", machine(8, 1));
        get("k", machine(4, 1));

        var mine = now(cache.peek("k", cache.request(LookupRequest.PLAIN, machine(8, 1))));
        assertThat(mine.environment().get("cores")).isEqualTo("8");
        assertThat(mine.others()).extracting(Entry::environment).hasSize(1);
        var nobodys = now(cache.peek("k", cache.request(LookupRequest.PLAIN, machine(2, 1))));
        assertThat(Validity.variants(nobodys)).hasSize(2);
    }

    @Test
    void pruningLeavesARecordOfWhichOneLives() {
        openVaried(
                policy().environment("cores")
                        .near(0)
                        .ttl(Duration.ofSeconds(60))
                        .maxStale(Duration.ZERO));
        origin.script(ask -> ask.answer(FakeOrigin.text("long")));
        get("k", machine(8, 1));
        origin.script(
                ask ->
                        ask.answer(
                                new Loader.Value(
                                        bytes("short"),
                                        "text/plain",
                                        false,
                                        SECOND,
                                        List.of(),
                                        null,
                                        Entry.NO_VERSION)));
        get("k", machine(4, 1));
        time.pass(Duration.ofSeconds(5));

        assertThat(now(cache.prune())).isZero();
        assertThat(get("k", machine(8, 1)).way()).isEqualTo(Way.SHARED);
        time.pass(Duration.ofSeconds(60));
        now(cache.prune());
        assertThat(get("k", machine(8, 1)).way()).isEqualTo(Way.MISS);
    }

    @Test
    void aHeaderThatCannotBeReadIsRefused() {
        openVaried(policy().environment("cores"));

        assertThatThrownBy(() -> cache.request(LookupRequest.PLAIN, name -> "?"))
                .isInstanceOf(UnfitRequestException.class)
                .hasMessage("cores: no number");
    }
}
