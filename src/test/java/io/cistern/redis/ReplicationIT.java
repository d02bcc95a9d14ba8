package io.cistern.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cistern.testing.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplicationIT {

    private static final byte[] KEY = "k".getBytes(UTF_8);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RedisClient client = RedisClient.create();
    private final Replication one = new Replication(1, Duration.ofMillis(300));
    private RedisProcess master;
    private RedisProcess replica;

    @BeforeEach
    void start() throws Exception {
        master = RedisProcess.server("repl-diskless-sync-delay 0");
        replica = RedisProcess.server("replicaof 127.0.0.1 " + master.port());
    }

    @AfterEach
    void stop() throws Exception {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        replica.close();
        master.close();
    }

    private RedisAsyncCommands<byte[], byte[]> connect(RedisProcess server) {
        var uri = RedisURI.create("127.0.0.1", server.port());
        return await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> client.connect(ByteArrayCodec.INSTANCE, uri).async(), it -> true);
    }

    private CompletableFuture<Void> confirm(RedisAsyncCommands<byte[], byte[]> on) {
        return one.confirm(on).toCompletableFuture();
    }

    private void assertConfirmed(RedisAsyncCommands<byte[], byte[]> on) throws Exception {
        on.set(KEY, KEY).get(5, TimeUnit.SECONDS);
        confirm(on).get(5, TimeUnit.SECONDS);
    }

    @Test
    void manyAreConfirmedAtOnce() {
        var on = connect(master);
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertConfirmed(on));
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (var i = 0; i < 1_000; i++) {
            all.add(on.set(KEY, KEY).thenCompose(ok -> confirm(on)).toCompletableFuture());
        }

        assertThat(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)))
                .succeedsWithin(PATIENCE);
    }

    @Test
    void whatTooFewHaveIsNotConfirmed() {
        var on = connect(master);
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertConfirmed(on));
        replica.freeze();

        assertThatThrownBy(() -> assertConfirmed(on))
                .hasCauseInstanceOf(TooFewReplicasException.class);

        replica.thaw();
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertConfirmed(on));
    }

    /** Also those who wait for the turn behind the one that is under way. */
    @Test
    void whoWaitsOnAConnectionThatBreaksIsTold() {
        var on = connect(master);
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertConfirmed(on));
        master.freeze();
        var first = confirm(on);
        var second = confirm(on);
        var other = connect(replica);
        var elsewhere = confirm(other);

        master.kill();
        on.getStatefulConnection().close();

        assertThat(first).failsWithin(PATIENCE);
        assertThat(second).failsWithin(PATIENCE);
        assertThat(elsewhere).failsWithin(PATIENCE);
    }

    @Test
    void noneAreWaitedForUnlessRequired() {
        var none = new Replication(0, Duration.ofSeconds(1));

        assertThat(none.isRequired()).isFalse();
        assertThat(none.confirm(null).toCompletableFuture()).isCompleted();
    }
}
