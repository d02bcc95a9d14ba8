package io.cistern.store.redis;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.redis.BulkConnection;
import io.cistern.redis.DataConnection;
import io.cistern.redis.Replication;
import io.cistern.store.Entries;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.lettuce.core.RestoreArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Instances that are connected anew, to a Redis whose state can be set back. */
abstract class RedisHistoryFixture {

    @RegisterExtension static final TestRedis REDIS = new TestRedis();

    final String namespace = UUID.randomUUID().toString();
    private final List<Instance> instances = new ArrayList<>();

    @AfterEach
    void close() {
        instances.forEach(Instance::close);
    }

    final Instance instance() {
        return instance(Optional.empty());
    }

    final Instance instance(Optional<SeenFile> file) {
        var instance = new Instance(file);
        instances.add(instance);
        return instance;
    }

    /** One instance's way to Redis, which can be made anew. */
    final class Instance implements DataConnection, AutoCloseable {
        private TestConnection connection = connect();
        private final Optional<SeenFile> file;
        private final RedisStore store;
        final SyncStore cache;
        private final Marks memory = new Marks();

        Instance(Optional<SeenFile> file) {
            this.file = file;
            store = new RedisStore(this, new TestClock(), "", namespace, RedisLimits.DEFAULT, file);
            cache = new SyncStore(store, "c");
        }

        /** From now on it can tell what it knows. */
        Instance remembering() {
            store.remembers(partition -> Optional.of(memory));
            learn();
            return this;
        }

        /** Takes in what was invalidated, as an instance does before it acknowledges or serves. */
        void learn() {
            memory.apply(cache.changes(memory.position()));
        }

        /** What it knows by now. */
        Marks memory() {
            return memory;
        }

        private TestConnection connect() {
            return new TestConnection(REDIS.port(), Duration.ofSeconds(10));
        }

        void reconnect() {
            connection.close();
            connection = connect();
        }

        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> commands() {
            return connection.commands();
        }

        @Override
        public Replication replication() {
            return new Replication(0, Duration.ofSeconds(1));
        }

        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> invalidations() {
            return connection.commands();
        }

        @Override
        public Optional<BulkConnection> bulk() {
            return connection.bulk();
        }

        @Override
        public boolean isUp() {
            return connection.isUp();
        }

        @Override
        public void onUp(Runnable listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void ended(Throwable thrown) {
            connection.ended(thrown);
        }

        @Override
        public void close() {
            file.ifPresent(SeenFile::close);
            connection.close();
        }
    }

    /** What Redis holds of this test. */
    final Map<String, byte[]> snapshot() {
        var redis = REDIS.connection().redis();
        Map<String, byte[]> state = new HashMap<>();
        redis.keys(namespace + "*").forEach(key -> state.put(key, redis.dump(key)));
        return state;
    }

    final void restore(Map<String, byte[]> state) {
        var redis = REDIS.connection().redis();
        redis.keys(namespace + "*").forEach(redis::del);
        state.forEach((key, value) -> redis.restore(key, value, RestoreArgs.Builder.ttl(0)));
    }

    static Entry entry(String text, Position at) {
        return Entries.entry(text, at);
    }
}
