package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import io.cistern.store.Entries;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisCompressionIT {

    @RegisterExtension static final TestRedis REDIS = new TestRedis();

    private static final String LONG = "la ".repeat(1_000);

    private final String namespace = UUID.randomUUID().toString();
    private final RedisStore store =
            new RedisStore(REDIS.connection(), new TestClock(), "", namespace, RedisLimits.DEFAULT);
    private final SyncStore cache = new SyncStore(store, "things");
    private Position at;

    @BeforeEach
    void compress() {
        store.compress("things", 1_000);
        at = cache.position();
    }

    private long stored(String key) {
        return REDIS.connection().redis().strlen(namespace + ":{things:0}:e:" + key);
    }

    private void assertSmallAndWhole(String key) {
        assertThat(stored(key)).isBetween(50L, 400L);
        assertThat(cache.live(key).map(Entries::text)).contains(LONG);
    }

    @Test
    void whateverStoresALargeValueMakesItSmaller() {
        cache.fill("filled", Entries.entry(LONG, at));
        cache.put("put", Entries.entry(LONG, at));
        var warmed =
                SyncStore.await(
                        store.warm(
                                new Partition("things", 0),
                                Map.of("warmed", Entries.entry(LONG, cache.position())),
                                new TestClock().millis()));

        assertThat(warmed).containsExactly("warmed");
        assertSmallAndWhole("filled");
        assertSmallAndWhole("put");
        assertSmallAndWhole("warmed");
    }

    @Test
    void whatIsSmallStaysAsItIs() {
        var small = "x".repeat(1_000);
        cache.fill("a", Entries.entry(small, at));

        assertThat(stored("a")).isGreaterThan(1_000);
        assertThat(cache.live("a").map(Entries::text)).contains(small);
    }

    @Test
    void whoeverReadsItNeedsNoSetting() {
        cache.fill("a", Entries.entry(LONG, at));
        store.compress("things", Long.MAX_VALUE);
        cache.fill("b", Entries.entry(LONG, at));

        assertSmallAndWhole("a");
        assertThat(stored("b")).isGreaterThan(3_000);
        assertThat(cache.live("b").map(Entry::value)).contains(LONG.getBytes(UTF_8));
    }
}
