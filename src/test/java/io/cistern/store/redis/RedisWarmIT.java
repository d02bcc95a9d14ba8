package io.cistern.store.redis;

import static io.cistern.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.cistern.store.WarmContract;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
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

    @Test
    void nothingIsStoredByATransactionWhoseScriptsAreGone() {
        var store = open();
        var partition = new Partition("things", 0);
        var before = cache.position();
        SyncStore.await(
                store.warm(partition, Map.of("b", entry("1", before)), new TestClock().millis()));
        var redis = REDIS.connection().redis();
        cache.invalidate(Change.key("a"));
        redis.scriptFlush();

        var stored =
                SyncStore.await(
                        store.warm(
                                partition,
                                Map.of("a", entry("old", before), "c", entry("2", before)),
                                new TestClock().millis()));

        assertThat(stored).containsExactly("c");
        assertThat(cache.live("a")).isEmpty();
        assertThat(redis.get("%s:{things:0}:w".formatted(namespace))).isEqualTo("shut");
    }

    @Test
    void aForeignGateIsNoObstacle() {
        var gate = "%s:{things:0}:w".formatted(namespace);
        REDIS.connection().redis().rpush(gate, "foreign");

        var stored =
                SyncStore.await(
                        open().warm(
                                        new Partition("things", 0),
                                        Map.of("a", entry("value", cache.position())),
                                        new TestClock().millis()));

        assertThat(stored).containsExactly("a");
        assertThat(REDIS.connection().redis().get(gate)).isEqualTo("shut");
    }

    @Test
    void whereTransactionsAreDeniedAScriptStores() {
        var redis = REDIS.connection().redis();
        redis.aclSetuser("default", AclSetuserArgs.Builder.removeCommand(CommandType.MULTI));
        try {
            var stored =
                    SyncStore.await(
                            open().warm(
                                            new Partition("things", 0),
                                            Map.of("a", entry("value", cache.position())),
                                            new TestClock().millis()));

            assertThat(stored).containsExactly("a");
        } finally {
            redis.aclSetuser("default", AclSetuserArgs.Builder.addCommand(CommandType.MULTI));
        }
    }
}
