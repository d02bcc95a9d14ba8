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

    /** For half a second. */
    private void lookUp(int perMillisecond) {
        for (var i = 0; i < 50; i++) {
            lookups += 10L * perMillisecond;
            pass(10);
            traffic.room();
        }
    }

    @Test
    void whatWasLookedUpBeforeIsNoTraffic() {
        assertThat(traffic.room()).isEqualTo(Traffic.Room.ALL);
        pass(50);
        assertThat(traffic.room()).isEqualTo(Traffic.Room.ALL);
    }

    @Test
    void aLookupIsSeenSoon() {
        lookups++;
        pass(10);
        assertThat(traffic.room()).isEqualTo(Traffic.Room.SOME);
    }

    @Test
    void itEndsAFifthOfASecondAfterTheLast() {
        lookups++;
        pass(10);
        assertThat(traffic.room()).isEqualTo(Traffic.Room.SOME);
        pass(199);
        assertThat(traffic.room()).isEqualTo(Traffic.Room.SOME);
        pass(1);
        assertThat(traffic.room()).isEqualTo(Traffic.Room.ALL);
    }

    @Test
    void itGoesOnWhileThereAreLookups() {
        for (var i = 0; i < 50; i++) {
            lookups++;
            pass(100);
            assertThat(traffic.room()).isEqualTo(Traffic.Room.SOME);
        }
    }

    @Test
    void isNotCountedForEachRow() {
        lookups++;
        pass(9);
        assertThat(traffic.room()).isEqualTo(Traffic.Room.ALL);
        pass(1);
        assertThat(traffic.room()).isEqualTo(Traffic.Room.SOME);
    }

    @Test
    void theMoreIsLookedUpTheMoreRoomIsLeft() {
        lookups += 10;
        pass(100);
        var inLittle = traffic.room();
        lookUp(1);
        var inMuch = traffic.room();
        assertThat(inLittle).isEqualTo(Traffic.Room.SOME);
        assertThat(inMuch).isEqualTo(Traffic.Room.LEAST);
    }

    @Test
    void manyLookupsAreForgottenWithinASecond() {
        lookUp(10);
        for (var i = 0; i < 100; i++) {
            lookups += i % 2;
            pass(10);
            traffic.room();
        }
        assertThat(traffic.room()).isEqualTo(Traffic.Room.SOME);
    }
}
