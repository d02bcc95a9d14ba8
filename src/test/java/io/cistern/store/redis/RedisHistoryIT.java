package io.cistern.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.store.Entries;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Redis as a server that took over and lacks the latest, or as an old state that was restored:
 * everybody is connected anew, and what some of them knew is not there.
 */
class RedisHistoryIT extends RedisHistoryFixture {

    @Test
    void whatNobodyMissesGoesOn() {
        var one = instance();
        var other = instance();
        var at = one.cache.position();
        one.cache.fill("a", entry("v", at));
        other.cache.invalidate(Change.key("b"));
        var state = snapshot();

        restore(state);
        one.reconnect();
        other.reconnect();

        assertThat(one.cache.live("a")).isPresent();
        assertThat(other.cache.live("a")).isPresent();
        assertThat(one.cache.position().generation()).isEqualTo(at.generation());
        assertThat(one.cache.position().version()).isGreaterThan(at.version() + 1_000);
    }

    @Test
    void aLostInvalidationIsMissedByWhoMadeItAndHoldsForAll() {
        var one = instance();
        var other = instance();
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        one.cache.invalidate(Change.key("a"));

        restore(state);
        one.reconnect();
        other.reconnect();
        one.cache.position();

        assertThat(other.cache.live("a")).isEmpty();
        assertThat(one.cache.live("a")).isEmpty();
    }

    @Test
    void itIsMissedAsWellByWhoOnlySawThatSomethingWasInvalidated() {
        var one = instance();
        var other = instance();
        one.cache.fill("a", entry("old", one.cache.position()));
        other.cache.read("x");
        var state = snapshot();
        one.cache.invalidate(Change.tag("t"));
        other.cache.read("x");

        restore(state);
        other.reconnect();

        assertThat(other.cache.live("a")).isEmpty();
    }

    @Test
    void numbersThatWereUsedOnceAreNotMistakenForOthers() {
        var one = instance();
        var other = instance();
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        one.cache.invalidate(Change.key("a"));

        restore(state);
        other.reconnect();
        // As many as were lost, and more.
        other.cache.invalidate(Change.key("x"));
        other.cache.invalidate(Change.key("y"));
        assertThat(other.cache.live("a")).as("nobody who knows has come yet").isPresent();
        one.reconnect();

        assertThat(one.cache.live("a")).isEmpty();
        assertThat(other.cache.live("a")).isEmpty();
    }

    @Test
    void aLoadThatBeganInALostHistoryFillsNothing() {
        var one = instance();
        var other = instance();
        other.cache.position();
        var state = snapshot();
        var lost = one.cache.invalidate(Change.key("a"));

        restore(state);
        other.reconnect();
        while (other.cache.position().version() < lost.version()) {
            // Far enough for the number to be one that could have been given here.
            other.reconnect();
        }
        var now = other.cache.invalidate(Change.key("b"));

        assertThat(other.cache.fill("a", entry("v", lost))).isEmpty();
        assertThat(other.cache.fill("a", entry("v", now))).containsExactly("a");
    }

    @Test
    void loadsGoOnOverAReconnectionThatLostNothing() {
        var one = instance();
        var began = one.cache.position();

        one.reconnect();

        assertThat(one.cache.fill("a", entry("v", began))).containsExactly("a");
        assertThat(one.cache.live("a")).isPresent();
    }

    @Test
    void anOldGenerationIsNotTakenForTheLatest() {
        var one = instance();
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        restore(Map.of());
        var second = one.cache.position();
        one.cache.invalidate(Change.key("a"));

        restore(state);
        one.reconnect();
        var third = one.cache.position();

        assertThat(Position.numberOf(third.generation()))
                .isGreaterThan(Position.numberOf(second.generation()));
        assertThat(one.cache.live("a")).isEmpty();
    }

    @Test
    void whoWasAwayWhileManyCameBackFindsItsHistory() {
        var one = instance();
        var other = instance();
        var first = one.cache.position();
        for (var i = 0; i < 20; i++) {
            other.reconnect();
            other.cache.position();
        }
        one.reconnect();

        assertThat(one.cache.position().generation()).isEqualTo(first.generation());
        assertThat(one.cache.fill("a", entry("v", first))).containsExactly("a");
    }

    @Test
    void intervalsAreBoundedAndWhatTheyForgetIsSafe() {
        var one = instance();
        var first = one.cache.position();
        var many =
                IntStream.range(0, 300)
                        .mapToObj(i -> i * 1_000L + 10 + "-" + (i * 1_000L + 20))
                        .collect(Collectors.joining(" "));
        var order = "%s:{c:0}:m".formatted(namespace);
        REDIS.connection().redis().hset(order, Map.of("st", many + " 900000-", "v", "900001"));
        var other = instance();
        other.cache.position();

        assertThat(REDIS.connection().redis().hget(order, "st").split(" ")).hasSize(256);
        assertThat(other.cache.fill("a", entry("v", first))).isEmpty();
        assertThat(other.cache.position().generation()).isEqualTo(first.generation());
        one.reconnect();
        assertThat(one.cache.position().generation()).isNotEqualTo(first.generation());
    }

    @Test
    void anOlderGenerationOnAConnectionThatStandsIsNotTakenForTheLatest() {
        var one = instance();
        var other = instance();
        one.cache.fill("a", entry("old", one.cache.position()));
        var state = snapshot();
        restore(Map.of());
        var second = one.cache.position();
        other.cache.position();
        one.cache.invalidate(Change.key("a"));

        restore(state);

        assertThat(one.cache.read("a").position()).isEqualTo(Position.UNKNOWN);
        assertThat(one.cache.live("a")).isEmpty();
        assertThat(other.cache.live("a")).isEmpty();
        assertThat(Position.numberOf(one.cache.position().generation()))
                .isGreaterThan(Position.numberOf(second.generation()));
    }

    static LongStream seeds() {
        return LongStream.range(0, 12);
    }

    /**
     * Whatever is lost: once all have come back, nothing lives that an acknowledged change took.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void nothingThatWasInvalidatedComesBack(long seed) {
        var random = new Random(seed);
        var all = List.of(instance(), instance(), instance());
        all.stream().filter(each -> seed % 3 != 0).forEach(Instance::remembering);
        var state = new HashMap<String, byte[]>();
        Map<String, Integer> lastChange = new HashMap<>();
        Map<String, Integer> began = new HashMap<>();
        List<Loading> loads = new ArrayList<>();
        var changes = 0;
        var served = 0;
        for (var step = 0; step < 120; step++) {
            var one = all.get(random.nextInt(all.size()));
            var key = "k" + random.nextInt(3);
            switch (random.nextInt(9)) {
                case 0, 1, 2 ->
                        loads.add(new Loading(key, "v" + step, changes, one.cache.position(), one));
                case 3, 4, 5 -> {
                    if (!loads.isEmpty()) {
                        var load = loads.remove(random.nextInt(loads.size()));
                        began.put(load.value, load.changes);
                        load.by.cache.fill(load.key, entry(load.value, load.at));
                    }
                }
                case 6 -> {
                    one.cache.invalidate(Change.key(key));
                    one.learn();
                    lastChange.put(key, ++changes);
                }
                case 7 -> {
                    state.clear();
                    state.putAll(snapshot());
                }
                default -> {
                    if (random.nextInt(3) == 0 && !state.isEmpty()) {
                        restore(state);
                        all.forEach(Instance::reconnect);
                        comeBack(all, random);
                    }
                }
            }
            if (random.nextBoolean()) {
                all.get(random.nextInt(all.size())).learn();
            }
            for (var each : all) {
                served += look(each, "k" + random.nextInt(3), lastChange, began) ? 1 : 0;
            }
        }
        assertThat(served).as("hits").isPositive();
    }

    /** A load under way. */
    private record Loading(String key, String value, int changes, Position at, Instance by) {}

    private void comeBack(List<Instance> all, Random random) {
        var order = new ArrayList<>(all);
        Collections.shuffle(order, random);
        for (var each : order) {
            if (random.nextBoolean()) {
                // Who came first goes on before the others are there.
                order.get(0).cache.invalidate(Change.key("other"));
                order.get(0).learn();
            }
            each.cache.position();
        }
    }

    private boolean look(
            Instance one, String key, Map<String, Integer> lastChange, Map<String, Integer> began) {
        var value = one.cache.live(key).map(Entries::text);
        value.ifPresent(
                it ->
                        assertThat(began.get(it))
                                .as("%s of %s", it, key)
                                .isGreaterThanOrEqualTo(lastChange.getOrDefault(key, 0)));
        return value.isPresent();
    }
}
