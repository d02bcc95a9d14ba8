package io.cistern.store.redis;

import io.cistern.redis.BulkConnection;
import io.cistern.redis.DataConnection;
import io.cistern.redis.RedisFailure;
import io.cistern.redis.Replication;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Connections of plain Lettuce, which count failures and go on whatever fails. */
final class TestConnection implements DataConnection, AutoCloseable {

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> data;
    private final StatefulRedisConnection<byte[], byte[]> invalidations;
    private final StatefulRedisConnection<byte[], byte[]> bulk;
    private final ExecutorService bulkWriter = Executors.newSingleThreadExecutor();
    private final StatefulRedisConnection<String, String> direct;
    private final Map<RedisFailure.Kind, Integer> failures = new EnumMap<>(RedisFailure.Kind.class);
    private volatile boolean forcedUp;
    private volatile boolean hasBulk = true;

    TestConnection(int port, Duration timeout) {
        var uri = RedisURI.builder().withHost("127.0.0.1").withPort(port).build();
        uri.setTimeout(timeout);
        client = RedisClient.create(uri);
        client.setOptions(
                ClientOptions.builder()
                        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                        .timeoutOptions(TimeoutOptions.enabled(timeout))
                        .build());
        data = client.connect(ByteArrayCodec.INSTANCE);
        invalidations = client.connect(ByteArrayCodec.INSTANCE);
        bulk = client.connect(ByteArrayCodec.INSTANCE);
        bulk.setAutoFlushCommands(false);
        direct = client.connect(StringCodec.UTF8);
    }

    /** To look into Redis behind the store's back. */
    RedisCommands<String, String> redis() {
        return direct.sync();
    }

    /** Pretends to be up whatever happens. */
    void pretendUp() {
        forcedUp = true;
    }

    /** As where settings leave no connection for bulks. */
    TestConnection withoutBulk() {
        hasBulk = false;
        return this;
    }

    @Override
    public RedisAsyncCommands<byte[], byte[]> commands() {
        return data.async();
    }

    @Override
    public Replication replication() {
        return new Replication(0, Duration.ofSeconds(1));
    }

    @Override
    public RedisAsyncCommands<byte[], byte[]> invalidations() {
        return invalidations.async();
    }

    @Override
    public Optional<BulkConnection> bulk() {
        return hasBulk ? Optional.of(new BulkConnection(bulk, bulkWriter)) : Optional.empty();
    }

    @Override
    public boolean isUp() {
        return forcedUp || data.isOpen();
    }

    @Override
    public void onUp(Runnable listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized void ended(Throwable thrown) {
        if (thrown != null) {
            failures.merge(RedisFailure.of(thrown).kind(), 1, Integer::sum);
        }
    }

    /** How often it was told of a failure of one kind. */
    synchronized int failures(RedisFailure.Kind kind) {
        return failures.getOrDefault(kind, 0);
    }

    @Override
    public void close() {
        bulkWriter.shutdown();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
