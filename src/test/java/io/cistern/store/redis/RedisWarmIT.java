package io.cistern.store.redis;

import static io.cistern.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.cistern.store.WarmContract;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisWarmIT extends WarmContract {

    /** Where the script looks for the time at which an entry was created. */
    private static final int CREATED = 29;

    @RegisterExtension static final TestRedis REDIS = new TestRedis();

    private final String namespace = UUID.randomUUID().toString();

    @Override
    protected Store open() {
        return new RedisStore(
                REDIS.connection(), new TestClock(), "", namespace, RedisLimits.DEFAULT);
    }

    @Test
    void theScriptLooksWhereTheRecordHasIt() {
        var entry = entry("value", new Position(1, 2));

        assertThat(ByteBuffer.wrap(EntryFormat.encode(entry)).getLong(CREATED))
                .isEqualTo(entry.created());
    }

    @Test
    void entriesExpireByThemselves() {
        var store = open();
        SyncStore.await(
                store.warm(
                        new Partition("things", 0),
                        Map.of("a", entry("value", cache.position())),
                        new TestClock().millis()));

        var name = "%s:{things:0}:e:a".formatted(namespace);
        assertThat(REDIS.connection().redis().pttl(name)).isBetween(3_000_000L, 3_600_001L);
    }

    @Test
    void whatIsNoEntryIsReplaced() {
        var name = "%s:{things:0}:e:a".formatted(namespace);
        REDIS.connection().redis().hset(name, "field", "value");

        var stored =
                SyncStore.await(
                        open().warm(
                                        new Partition("things", 0),
                                        Map.of("a", entry("value", cache.position())),
                                        new TestClock().millis()));

        assertThat(stored).containsExactly("a");
    }
}
