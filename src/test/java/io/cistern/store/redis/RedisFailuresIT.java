package io.cistern.store.redis;

import static io.cistern.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.redis.RedisFailure.Kind;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.cistern.testing.RedisServers;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a store whose Redis does not do what it should; each test has its own. */
class RedisFailuresIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private RedisServers.Running server;
    private TestConnection link;
    private RedisStore store;
    private SyncStore cache;
    private Position at;

    @BeforeEach
    void start() throws Exception {
        server = RedisServers.start();
        link = new TestConnection(server.port(), TIMEOUT);
        store = new RedisStore(link, new TestClock(), "", "ns", RedisLimits.DEFAULT);
        cache = new SyncStore(store, "things");
        at = cache.position();
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
        server.close();
    }

    private Stream<ThrowingCallable> changes() {
        return Stream.of(
                () -> cache.fill("a", entry("v", at)),
                () -> cache.invalidate(Change.key("a")),
                () -> cache.put("a", entry("v", at)));
    }

    private Stream<ThrowingCallable> operations() {
        return Stream.concat(
                changes(),
                Stream.of(
                        () -> cache.read("a"),
                        () -> cache.read("a", "b"),
                        () -> cache.changes(at),
                        () -> cache.prune((key, entry) -> true)));
    }

    private static void assertFails(ThrowingCallable operation, String reason) {
        assertThatThrownBy(operation)
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage(reason)
                .hasNoCause();
    }

    @Test
    void aStoppedRedisIsToldAtOnce() throws Exception {
        server.close();
        await().until(() -> !store.isAvailable());

        operations()
                .forEach(operation -> assertFails(operation, "there is no connection to Redis"));
        assertThat(link.failures(Kind.CONNECTION)).as("nothing was sent").isZero();

        link.pretendUp();
        operations().forEach(operation -> assertFails(operation, "Redis: connection lost"));
        assertThat(link.failures(Kind.CONNECTION)).isEqualTo(7);
    }

    @Test
    void aFrozenRedisIsToldInTime() {
        link.redis().clientPause(2_500);

        assertFails(() -> cache.read("a"), "Redis: time-out");
        assertFails(() -> cache.invalidate(Change.key("a")), "Redis: time-out");

        await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> cache.read("a").position().generation() == at.generation());
        assertThat(link.failures(Kind.TIMEOUT)).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aFullRedisTakesNoChanges() {
        cache.fill(Map.of("a", entry("v", at), "b", entry("v", at)));
        link.redis().configSet("maxmemory-policy", "noeviction");
        link.redis().configSet("maxmemory", "1");

        changes().forEach(change -> assertFails(change, "Redis: out of memory"));
        assertThat(link.failures(Kind.OUT_OF_MEMORY)).isEqualTo(3);
        assertThat(cache.read("a", "b").entries()).as("nothing half done").hasSize(2);
        assertThat(cache.read("a").position()).isEqualTo(at);

        link.redis().configSet("maxmemory", "0");
        assertThat(cache.invalidate(Change.key("a")).version()).isEqualTo(at.version() + 1);
    }

    @Test
    void aReplicaTakesNoChanges() throws Exception {
        try (var master = RedisServers.start()) {
            link.redis().replicaof("127.0.0.1", master.port());
            await().ignoreExceptions().until(() -> link.redis().info().contains("role:slave"));

            assertFails(() -> cache.invalidate(Change.key("a")), "Redis: read-only replica");
            assertFails(() -> cache.put("a", entry("v", at)), "Redis: read-only replica");
        }
    }

    @Test
    void aUserWithoutRightsIsToldWithoutSecrets() {
        link.redis()
                .dispatch(
                        CommandType.ACL,
                        new StatusOutput<>(StringCodec.UTF8),
                        new CommandArgs<>(StringCodec.UTF8)
                                .add("SETUSER")
                                .add("default")
                                .add("-evalsha")
                                .add("-getrange"));

        assertFails(() -> cache.invalidate(Change.key("s3cret")), "Redis: not permitted");
        assertFails(() -> cache.read("s3cret"), "Redis: not permitted");
    }

    @Test
    void aBusyRedisIsTold() {
        link.redis().configSet("lua-time-limit", "1");
        var endless = link.commands().eval("while true do end", ScriptOutputType.STATUS);

        await().ignoreExceptions()
                .untilAsserted(
                        () ->
                                assertFails(
                                        () -> cache.invalidate(Change.key("a")),
                                        "Redis: busy with a script"));

        link.redis().scriptKill();
        await().until(endless::isDone);
        assertThat(cache.invalidate(Change.key("a")).version()).isEqualTo(at.version() + 1);
    }
}
