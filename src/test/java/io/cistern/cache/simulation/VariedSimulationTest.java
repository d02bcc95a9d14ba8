package io.cistern.cache.simulation;

import static org.assertj.core.api.Assertions.fail;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random schedules of a cache with conditions; {@code -Dsimulation.seeds} and {@code
 * -Dsimulation.seed} as for {@link SimulationTest}.
 */
class VariedSimulationTest {

    private static final int SEEDS = 3_000;
    private static final int MUTANT_SEEDS = 1_000;

    @Test
    void noScheduleBreaksAPromise() {
        var one = Long.getLong("simulation.seed");
        var first = one == null ? 0 : one;
        var count = one == null ? Integer.getInteger("simulation.seeds", SEEDS) : 1;

        for (var seed = first; seed < first + count; seed++) {
            var violation = new VariedWorld(seed, Set.of(), false).run();
            if (violation != null) {
                fail("seed %d broke %s", seed, violation);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FILL_FORGETS_VARIANTS, false, variants",
        "CHANGES_FORGET_KEYS, false, invalidation",
        "INVALIDATION_RAISES_NOTHING, false, invalidation",
        ", true, environment"
    })
    void whatGuardsAPromiseIsMissed(Mutation mutation, boolean isConfused, String rule) {
        var mutations = mutation == null ? EnumSet.noneOf(Mutation.class) : EnumSet.of(mutation);
        for (var seed = 0; seed < MUTANT_SEEDS; seed++) {
            var violation = new VariedWorld(seed, mutations, isConfused).run();
            if (violation != null && violation.startsWith(rule + ":")) {
                return;
            }
        }
        fail("%s went unnoticed", mutation);
    }
}
