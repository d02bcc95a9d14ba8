package io.cistern.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.spi.Store.Usage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecentUsageTest {
    private int looks;
    private long now = Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(150);

    @Test
    void looksOnceForTheGaugesOfAScrapeAndAgainForTheNext() {
        var recent = new RecentUsage(() -> new Usage(++looks, 10L * looks), () -> now);

        assertThat(recent.get()).isEqualTo(new Usage(1, 10));
        now += TimeUnit.MILLISECONDS.toNanos(99);
        assertThat(recent.get()).isEqualTo(new Usage(1, 10));
        now += TimeUnit.MILLISECONDS.toNanos(1);
        assertThat(recent.get()).isEqualTo(new Usage(2, 20));
        // The monotonic clock may pass the largest number there is.
        now += TimeUnit.MILLISECONDS.toNanos(99);
        assertThat(recent.get()).isEqualTo(new Usage(2, 20));
        assertThat(looks).isEqualTo(2);
    }
}
