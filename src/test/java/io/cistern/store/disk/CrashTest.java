package io.cistern.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.testing.LogCapture;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** More of it: {@code -Dpersistence.seeds=100000 -Dpersistence.seed=1}. */
class CrashTest {

    private static final int SEEDS = Integer.getInteger("persistence.seeds", 600);
    private static final long FIRST = Long.getLong("persistence.seed", 1);
    private static final Duration LONGEST =
            Duration.ofSeconds(Integer.getInteger("persistence.seconds", 20));

    @Test
    void noEndLosesAnInvalidation() {
        var until = Instant.now().plus(LONGEST);
        var found = 0;
        for (var seed = FIRST; seed < FIRST + SEEDS; seed++) {
            // What is told of all the trouble is not read by anyone.
            try (var log = LogCapture.of(Writer.class.getName())) {
                found += new Lives(seed).run();
            } catch (Throwable e) {
                throw new AssertionError("-Dpersistence.seed=" + seed, e);
            }
            if (SEEDS == 600 && Instant.now().isAfter(until)) {
                break;
            }
        }
        assertThat(found).as("values found after a restart").isPositive();
    }
}
