package io.cistern.app;

import io.cistern.cache.Caches;
import io.cistern.cache.order.Marks;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Store;
import io.cistern.redis.EmbeddedRedis;
import io.cistern.redis.RedisConnections;
import io.cistern.redis.SupervisedRedis;
import io.cistern.settings.RedisSettings;
import io.cistern.settings.Settings;
import io.cistern.settings.StoreSettings;
import io.cistern.store.EvictionListener;
import io.cistern.store.disk.DiskJournal;
import io.cistern.store.disk.Limits;
import io.cistern.store.memory.MemoryStore;
import io.cistern.store.near.CaffeineNearStores;
import io.cistern.store.near.NearKeeper;
import io.cistern.store.redis.CacheNames;
import io.cistern.store.redis.RedisLimits;
import io.cistern.store.redis.RedisStore;
import io.cistern.store.redis.SeenFile;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shared store with all that belongs to it, as the settings name it. */
final class Backend implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Backend.class);

    private static final int FIRST_CONNECTION_SECONDS = 2;

    private final Store store;
    private final RedisStore redisStore;
    private final Clock clock;
    private final String description;
    private final SupervisedRedis embedded;
    private final RedisConnections connections;
    private final Optional<SeenFile> seen;
    private final DiskJournal journal;
    private final CompletableFuture<Void> started;

    private Backend(
            Store store,
            RedisStore redisStore,
            Clock clock,
            String description,
            SupervisedRedis embedded,
            RedisConnections connections,
            Optional<SeenFile> seen,
            DiskJournal journal,
            CompletableFuture<Void> started) {
        this.store = store;
        this.redisStore = redisStore;
        this.clock = clock;
        this.description = description;
        this.embedded = embedded;
        this.connections = connections;
        this.seen = seen;
        this.journal = journal;
        this.started = started;
    }

    /**
     * Opens the store. A Redis that is away does not stop it.
     *
     * @param settings what to open
     * @param evictions is told what the memory store drops
     */
    static Backend open(Settings settings, EvictionListener evictions) {
        if (settings.store().type() == StoreSettings.Type.MEMORY) {
            return keptMemory(settings, evictions);
        }
        if (settings.redis().named()) {
            return redis(settings, settings.redis(), null);
        }
        SupervisedRedis embedded;
        try {
            embedded = SupervisedRedis.start();
        } catch (IOException e) {
            LOG.warn("No Redis is named and none can be embedded: {}", e.getMessage());
            return memory("memory of this instance (no Redis can be embedded here)", evictions);
        }
        return redis(settings, settings.redis().at(EmbeddedRedis.HOST, embedded.port()), embedded);
    }

    private static Backend memory(String description, EvictionListener evictions) {
        var clock = new ProcessClock();
        var store = new MemoryStore(CaffeineNearStores.defaultBytes(), clock, evictions);
        return new Backend(
                store, null, clock, description, null, null, Optional.empty(), null, null);
    }

    private static Backend keptMemory(Settings settings, EvictionListener evictions) {
        var clock = new ProcessClock();
        var bytes = CaffeineNearStores.defaultBytes();
        var folder = settings.folders().data().resolve("memory-" + settings.store().namespace());
        var started = new CompletableFuture<Void>();
        var journal =
                DiskJournal.open(
                        folder,
                        settings.store().fsync(),
                        Limits.of(bytes, Marks.LIMIT),
                        clock,
                        clock::notBefore,
                        started);
        var store = new MemoryStore(bytes, clock, evictions, Marks.LIMIT, journal);
        var description = "memory of this instance (CACHE_TYPE=memory), kept in " + folder;
        return new Backend(
                store, null, clock, description, null, null, Optional.empty(), journal, started);
    }

    private static Backend redis(Settings settings, RedisSettings redis, SupervisedRedis embedded) {
        var connections = RedisConnections.open(redis);
        var clock =
                new Clock() {
                    @Override
                    public long nanos() {
                        return System.nanoTime();
                    }

                    @Override
                    public long millis() {
                        return connections.link().redisMillis();
                    }
                };
        // An embedded one begins empty, and ends with this instance.
        Optional<SeenFile> seen =
                embedded == null
                        ? SeenFile.open(settings.folders().data(), place(settings, redis))
                        : Optional.empty();
        var store =
                new RedisStore(
                        connections,
                        clock,
                        redis.keyPrefix(),
                        settings.store().namespace(),
                        RedisLimits.DEFAULT,
                        seen);
        var description =
                embedded == null
                        ? "Redis at " + redis.address()
                        : "embedded Redis at " + redis.address() + ", until this instance stops";
        return new Backend(
                store, store, clock, description, embedded, connections, seen, null, null);
    }

    /** Tells what is kept there from what is kept elsewhere. */
    private static String place(Settings settings, RedisSettings redis) {
        return "%s/%d %s %s"
                .formatted(
                        redis.address(),
                        redis.database(),
                        redis.keyPrefix(),
                        settings.store().namespace());
    }

    Store store() {
        return store;
    }

    /** The same, where it is in Redis. */
    Optional<RedisStore> redisStore() {
        return Optional.ofNullable(redisStore);
    }

    /** Finds the caches that are in Redis; only where there is one. */
    CacheNames cacheNames(Settings settings) {
        return new CacheNames(
                connections, settings.redis().keyPrefix(), settings.store().namespace());
    }

    /** What keeps it over a restart, where that is the memory of this instance. */
    Optional<DiskJournal> journal() {
        return Optional.ofNullable(journal);
    }

    /**
     * Keeps what is near over a restart, where that is wanted, and Redis goes on meanwhile.
     *
     * @param caches whose; open already
     */
    static Optional<NearKeeper> keepNear(Settings settings, Caches caches) {
        if (!settings.store().nearPersist()
                || settings.store().type() == StoreSettings.Type.MEMORY
                || !settings.redis().named()) {
            return Optional.empty();
        }
        var folder = settings.folders().data().resolve("near-" + settings.store().namespace());
        return Optional.of(NearKeeper.start(caches, folder, place(settings, settings.redis())));
    }

    Clock clock() {
        return clock;
    }

    /** For people: what it is and where. */
    String description() {
        return description;
    }

    /** The connections to Redis, where there is one. */
    Optional<RedisConnections> connections() {
        return Optional.ofNullable(connections);
    }

    /** Waits until what was kept on the disk is open: no lookup may wait for that. */
    void awaitOpened() {
        if (journal != null) {
            journal.generation();
        }
    }

    /** The instance is ready: what only makes it quicker may begin. */
    void started() {
        if (started != null) {
            started.complete(null);
        }
    }

    /** Gives Redis the time that a first connection takes, so that the first lookups find it. */
    void awaitSettled() {
        if (connections == null) {
            return;
        }
        try {
            connections
                    .link()
                    .settled()
                    .toCompletableFuture()
                    .get(FIRST_CONNECTION_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("Redis is neither there nor gone yet", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        store.close();
        if (connections != null) {
            connections.close();
        }
        seen.ifPresent(SeenFile::close);
        if (embedded != null) {
            embedded.close();
        }
    }
}
