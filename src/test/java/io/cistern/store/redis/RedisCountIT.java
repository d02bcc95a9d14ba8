package io.cistern.store.redis;

import static io.cistern.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Location;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Counting entries takes no longer than it may. */
class RedisCountIT {

    private static final int ENTRIES = 5_000;

    @RegisterExtension static final TestRedis REDIS = new TestRedis();

    private final TestClock clock = new TestClock();

    @Test
    void whatCantBeCountedInTimeIsToldToBeAPart() {
        // Each look at the clock takes two seconds, so that it ends after three pages or so.
        var slow =
                new Clock() {
                    @Override
                    public long nanos() {
                        clock.advance(Duration.ofSeconds(2));
                        return clock.nanos();
                    }

                    @Override
                    public long millis() {
                        return clock.millis();
                    }
                };
        try (var store = new RedisStore(REDIS.connection(), clock, "", "n", RedisLimits.DEFAULT)) {
            var cache = new SyncStore(store, "many");
            var position = cache.position();
            var entries = new HashMap<String, Entry>();
            IntStream.range(0, ENTRIES).forEach(i -> entries.put("k" + i, entry("v", position)));
            cache.fill(entries);
            assertThat(cache.locations().get(0).entries()).isEqualTo(ENTRIES);
        }
        try (var store = new RedisStore(REDIS.connection(), slow, "", "n", RedisLimits.DEFAULT)) {
            var told = new SyncStore(store, "many").locations().get(0);

            assertThat(told.extent()).isEqualTo(Location.Extent.PART);
            assertThat(told.entries()).isBetween(500L, ENTRIES - 500L);
        }
    }
}
