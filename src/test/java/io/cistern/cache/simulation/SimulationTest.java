package io.cistern.cache.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.cistern.cache.spi.Observer;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random schedules, each decided by its seed. {@code -Dsimulation.seeds=100000} runs more of them,
 * {@code -Dsimulation.seed=42} one.
 */
class SimulationTest {

    private static final int SEEDS = 10_000;
    private static final int MUTANT_SEEDS = 4_000;

    @Test
    void noScheduleBreaksAPromise() {
        var one = Long.getLong("simulation.seed");
        var first = one == null ? 0 : one;
        var count = one == null ? Integer.getInteger("simulation.seeds", SEEDS) : 1;
        Map<Observer.Lookup, Integer> seen = new EnumMap<>(Observer.Lookup.class);

        for (var seed = first; seed < first + count; seed++) {
            var world = new World(seed, Set.of());
            var violation = world.run();
            if (violation != null) {
                fail("seed %d broke %s", seed, violation);
            }
            world.kinds().forEach((kind, times) -> seen.merge(kind, times, Integer::sum));
        }

        if (one == null) {
            assertThat(seen)
                    .as("all that can happen happened often")
                    .containsOnlyKeys(EnumSet.allOf(Observer.Lookup.class))
                    .allSatisfy((kind, times) -> assertThat(times).isGreaterThan(count / 10));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FILL_IGNORES_FENCE, fence",
        "FILL_STORES_NOTHING, caches",
        "CHANGES_FORGET_KEYS, invalidation",
        "CHANGES_FORGET_EXPIRIES, invalidation",
        "CHANGES_RUN_AHEAD, fence",
        "INVALIDATION_RAISES_NOTHING, invalidation",
        "NEAR_REVIVES, invalidation",
        "CLOCK_FOLLOWS_WALL, age",
        "TIMERS_GET_LOST, every lookup ends",
        "CONFIRMATION_REVIVES, fence",
        "LEASES_FOR_ALL, single flight",
        "WARMING_REPLACES_NEWER, newer",
        "LEASES_ARE_NOT_RENEWED, single flight",
        "NO_HEARTBEAT, invalidation",
        "HEARTBEAT_LIES, invalidation",
        "HELLO_FORGETS_WHAT_WAS_SEEN, invalidation",
        "HELLO_WITHOUT_STRIDE, invalidation",
        "REPLAY_SAYS_NOTHING, invalidation",
        "REPLAY_STAYS_BELOW, fence",
        "OLD_GENERATION_IS_TAKEN, invalidation",
        "CHANGES_ARE_NOT_CONFIRMED, invalidation",
        "LEFT_BEHIND_IS_BELIEVED, invalidation",
        "PROOFS_NEVER_AGE, invalidation",
        "REPLAY_KNOWS_TOO_LITTLE, invalidation",
        "REPLAY_FORGETS_WHAT_MADE_WAY, invalidation",
        "VERSIONS_ARE_NOT_COMPARED, invalidation",
        "GATE_IS_WIDER, bulkhead",
        "GATE_IS_FASTER, load rate",
        "LOOKUPS_UNSEEN, statistics"
    })
    void whatGuardsAPromiseIsMissed(Mutation mutation, String rule) {
        for (var seed = 0; seed < MUTANT_SEEDS; seed++) {
            var violation = new World(seed, Set.of(mutation)).run();
            if (violation != null && violation.startsWith(rule + ":")) {
                return;
            }
        }
        fail("%s was not caught by the rule on %s", mutation, rule);
    }
}
