package io.cistern.warming.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TrafficTest {

    private long lookups = 7;
    private long nanos = Long.MAX_VALUE - 1_000;
    private final Traffic traffic = new Traffic(() -> lookups, () -> nanos);

    private void pass(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void whatWasLookedUpBeforeIsNoTraffic() {
        assertThat(traffic.isThere()).isFalse();
        pass(50);
        assertThat(traffic.isThere()).isFalse();
    }

    @Test
    void aLookupIsSeenSoon() {
        lookups++;
        pass(10);
        assertThat(traffic.isThere()).isTrue();
    }

    @Test
    void itEndsAFifthOfASecondAfterTheLast() {
        lookups++;
        pass(10);
        assertThat(traffic.isThere()).isTrue();
        pass(199);
        assertThat(traffic.isThere()).isTrue();
        pass(1);
        assertThat(traffic.isThere()).isFalse();
    }

    @Test
    void itGoesOnWhileThereAreLookups() {
        for (var i = 0; i < 50; i++) {
            lookups++;
            pass(100);
            assertThat(traffic.isThere()).isTrue();
        }
    }

    @Test
    void isNotCountedForEachRow() {
        lookups++;
        pass(9);
        assertThat(traffic.isThere()).isFalse();
        pass(1);
        assertThat(traffic.isThere()).isTrue();
    }
}
