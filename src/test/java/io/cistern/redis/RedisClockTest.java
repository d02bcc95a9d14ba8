package io.cistern.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RedisClockTest {
    private static final long REDIS_AT_ZERO = 1_700_000_000_000_000L;

    private long nanos;
    private long wall = 42;
    private final RedisClock clock = new RedisClock(() -> nanos, () -> wall);

    @Test
    void isTheWallClockBeforeTheFirstContact() {
        assertThat(clock.millis()).isEqualTo(42);
    }

    @Test
    void followsRedisWhateverTheWallClockDoes() {
        sample(0, 0, 0);
        wall = 999;
        nanos = millis(1500);

        assertThat(clock.millis()).isEqualTo(REDIS_AT_ZERO / 1000 + 1500);
    }

    @Test
    void trustsTheQuickestRoundTrip() {
        // Slow on the way back: the middle lies 40 ms too early.
        sample(0, 10, 90);
        nanos = millis(1000);
        assertThat(clock.millis()).isEqualTo(REDIS_AT_ZERO / 1000 + 1000 - 40);

        sample(1000, 0, 1);
        sample(2000, 80, 0);

        assertThat(clock.millis()).isBetween(now() - 1, now());
    }

    @Test
    void noticesThatRedisHasAnotherTime() {
        sample(0, 0, 1);
        nanos = millis(5000);
        long later = REDIS_AT_ZERO + 60_000_000L;
        clock.sample(nanos, nanos + millis(2), later + 5_000_000L);

        assertThat(clock.millis()).isBetween(later / 1000 + 4998, later / 1000 + 5001);
    }

    @Test
    void prefersAYoungEstimateWhenAnOldOneMayHaveDrifted() {
        sample(0, 0, 1);
        // After ten minutes 100 ppm are 60 ms; Redis went 30 ms ahead meanwhile.
        nanos = millis(600_000);
        clock.sample(nanos, nanos + millis(4), REDIS_AT_ZERO + 600_032_000L);

        assertThat(clock.millis()).isBetween(now() + 29, now() + 31);
    }

    /** A question sent then, with these milliseconds on the way there and back. */
    private void sample(long sentMillis, long there, long back) {
        clock.sample(
                millis(sentMillis),
                millis(sentMillis + there + back),
                REDIS_AT_ZERO + (sentMillis + there) * 1000);
    }

    private long now() {
        return REDIS_AT_ZERO / 1000 + TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
