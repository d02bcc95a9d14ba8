package io.cistern.warming.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long MILLI = 1_000_000;

    private final Pace pace = new Pace();

    private void answers(int count, long millis) {
        for (var i = 0; i < count; i++) {
            pace.took(millis * MILLI, 100);
        }
    }

    @Test
    void goesOnWithoutRestWhileAllIsAsUsual() {
        assertThat(pace.rest()).isZero();
        answers(50, 10);
        assertThat(pace.rest()).isZero();
        answers(50, 15);
        assertThat(pace.rest()).isZero();
    }

    @Test
    void restsOnceAnswersTakeTwiceAsLong() {
        answers(50, 10);
        answers(20, 25);

        assertThat(pace.rest().toMillis()).isBetween(20L, 40L);
    }

    @Test
    void restsLongerTheSlowerTheyAreButNotForEver() {
        answers(50, 10);
        answers(20, 5_000);

        assertThat(pace.rest()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void doesNotMindWhatIsQuickAnyway() {
        answers(50, 0);
        pace.took(300_000, 100);
        pace.took(300_000, 100);

        assertThat(pace.rest()).isZero();
    }

    @Test
    void takesWhatLastsForUsual() {
        answers(50, 10);
        answers(300, 30);

        assertThat(pace.rest()).isZero();
    }
}
