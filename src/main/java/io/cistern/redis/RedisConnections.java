package io.cistern.redis;

import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

/**
 * All connections of this instance to one Redis: one for entries, one for the pulse that watches
 * the server, one for listeners to channels, and a pool for {@code spring-redis:} endpoints. They
 * are made in the background and made anew when they break: a Redis that is away, frozen, or
 * refuses the password never blocks a caller and never fails the construction.
 */
public final class RedisConnections implements DataConnection, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConnections.class);

    /** One for entries, one for the pulse, one for listeners. */
    private static final int NEEDED_CONNECTIONS = 3;

    private static final long FOLLOW_MILLIS = 1_000;
    private static final long STOP_SECONDS = 2;

    /** Attempts that are under way end meanwhile; otherwise Netty complains loudly. */
    private static final long QUIET_MILLIS = 50;

    private final RedisSettings settings;
    private final ClientOptions options;
    private final ScheduledThreadPoolExecutor scheduler;
    private final ClientResources resources;
    private final RedisClient client;
    private final Supplier<CompletionStage<RedisURI>> finder;
    private final RedisLink link;
    private final ReconnectingConnection pulseConnection;
    private final ReconnectingConnection data;
    private final ReconnectingConnection changes;
    private final Replication replication;
    private final ReconnectingConnection bulk;
    private final ExecutorService bulkWriter;
    private final boolean hasBulk;
    private final RedisPulse pulse;
    private final SpringConnections spring;
    private final AtomicReference<HostAndPort> master = new AtomicReference<>();
    private ListenerContainer listeners;

    private RedisConnections(RedisSettings settings) {
        this.settings = settings;
        // Once all is closed nobody listens any more, so what comes late may be dropped.
        scheduler =
                new ScheduledThreadPoolExecutor(
                        1, task -> thread(task, "redis-link"), new DiscardPolicy());
        scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        scheduler.setRemoveOnCancelPolicy(true);
        resources = LettuceSetup.resources();
        client = RedisClient.create(resources);
        options = LettuceSetup.options(settings);
        client.setOptions(options);
        finder = finder();
        var clock = new RedisClock(System::nanoTime, System::currentTimeMillis);
        var stillness =
                new Stillness(
                        RedisPulse.PERIOD.plus(RedisPulse.OWN_PAUSE), settings.socketTimeout());
        link =
                new RedisLink(
                        settings.address(),
                        clock,
                        scheduler,
                        this::afterTimeouts,
                        stillness,
                        new RedisAdvice(settings));
        pulseConnection = connection();
        data = connection();
        replication =
                new Replication(settings.waitReplicas(), settings.socketTimeout().dividedBy(2));
        changes =
                new ReconnectingConnection(
                        this::connect, scheduler, this::changesConnected, thrown -> {});
        var needed = NEEDED_CONNECTIONS + (replication.isRequired() ? 1 : 0);
        hasBulk = settings.maxConnections() > needed + 1;
        bulk =
                new ReconnectingConnection(
                        this::unflushed, scheduler, this::bulkConnected, thrown -> {});
        bulkWriter = Executors.newSingleThreadExecutor(task -> thread(task, "redis-bulk"));
        pulse =
                new RedisPulse(
                        pulseConnection,
                        data,
                        link,
                        clock,
                        scheduler,
                        settings.socketTimeout(),
                        settings.keyPrefix(),
                        stillness,
                        settings.waitReplicas());
        spring =
                new SpringConnections(
                        settings,
                        resources,
                        options,
                        link,
                        settings.maxConnections() - needed - (hasBulk ? 1 : 0));
    }

    /**
     * Begins to connect, and returns at once.
     *
     * @param settings where Redis is and how patient to be
     */
    public static RedisConnections open(RedisSettings settings) {
        var connections = new RedisConnections(settings);
        connections.pulseConnection.start();
        connections.data.start();
        if (connections.replication.isRequired()) {
            connections.changes.start();
        }
        connections.follow();
        if (connections.hasBulk) {
            connections.bulk.start();
        }
        connections.pulse.start();
        return connections;
    }

    /** What is known about Redis. */
    public RedisLink link() {
        return link;
    }

    @Override
    public RedisClusterAsyncCommands<byte[], byte[]> commands() {
        var connection = data.current();
        if (connection == null || !link.isUp()) {
            throw link.unavailable();
        }
        return connection.async();
    }

    @Override
    public RedisClusterAsyncCommands<byte[], byte[]> invalidations() {
        if (!replication.isRequired()) {
            return commands();
        }
        var connection = changes.current();
        if (connection == null || !link.isUp()) {
            throw link.unavailable();
        }
        return connection.async();
    }

    @Override
    public Replication replication() {
        return replication;
    }

    @Override
    public Optional<BulkConnection> bulk() {
        var connection = link.isUp() ? bulk.current() : null;
        return Optional.ofNullable(connection).map(it -> new BulkConnection(it, bulkWriter));
    }

    @Override
    public boolean isUp() {
        return link.isUp();
    }

    @Override
    public void onUp(Runnable listener) {
        link.onUp(listener);
    }

    @Override
    public void ended(Throwable thrown) {
        link.commandEnded(thrown);
    }

    /** A template with text keys and values, for {@code spring-redis:?redisTemplate=#bean:…}. */
    public RedisTemplate<String, String> template() {
        return spring.template();
    }

    /**
     * The container for {@code spring-redis:?listenerContainer=#bean:…}. It subscribes in the
     * background and again when Redis was away, so that adding a listener never waits or fails.
     * What is published while it is not subscribed is missed. It is closed with all else.
     *
     * @param tasks where listeners are called; it has to be bounded, and may drop
     * @throws IllegalStateException when asked for a second one: one connection is set aside
     */
    public synchronized RedisMessageListenerContainer listenerContainer(Executor tasks) {
        if (listeners != null) {
            throw new IllegalStateException("there is a container of listeners already");
        }
        listeners =
                new ListenerContainer(
                        SpringConnections.unpooled(settings, resources, options),
                        link,
                        tasks,
                        settings.socketTimeout());
        return listeners;
    }

    private synchronized void closeListeners() {
        if (listeners != null) {
            listeners.destroy();
        }
    }

    /** Closes all connections; commands in flight fail. Takes some tenths of a second. */
    @Override
    public void close() {
        pulseConnection.stop();
        data.stop();
        changes.stop();
        bulk.stop();
        bulkWriter.shutdown();
        scheduler.shutdown();
        try {
            // Attempts to connect begin there: none may begin on threads that are gone.
            scheduler.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeListeners();
        spring.close();
        client.shutdown(0, STOP_SECONDS, TimeUnit.SECONDS);
        resources
                .shutdown(
                        QUIET_MILLIS,
                        TimeUnit.SECONDS.toMillis(STOP_SECONDS),
                        TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }

    /** To the server, or to where Sentinels say that the master is now. */
    private Supplier<CompletionStage<RedisURI>> finder() {
        if (settings.place() instanceof RedisPlace.Sentinels sentinels) {
            var master = new MasterFinder(client, settings, sentinels);
            return () ->
                    master.find()
                            .thenApply(
                                    at -> {
                                        isAt(at);
                                        return LettuceSetup.uri(settings, at);
                                    });
        }
        var uri = LettuceSetup.uri(settings, ((RedisPlace.Server) settings.place()).at());
        return () -> CompletableFuture.completedStage(uri);
    }

    /** A master that was left behind may go on answering: only the Sentinels know. */
    private void follow() {
        if (settings.place() instanceof RedisPlace.Sentinels) {
            scheduler.scheduleWithFixedDelay(
                    () -> finder.get().exceptionally(unknown -> null),
                    FOLLOW_MILLIS,
                    FOLLOW_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Another master may lack the latest of what the last one knew: all that leads to the old one
     * is given up, and Redis counts as away until the new one has answered.
     */
    private void isAt(HostAndPort found) {
        var before = master.getAndSet(found);
        if (before != null && !before.equals(found)) {
            LOG.info("Redis: the master is at {} now, not at {}", found, before);
            link.down(RedisFailure.OTHER_MASTER);
            scheduler.execute(
                    () -> {
                        pulseConnection.renew();
                        data.renew();
                        changes.renew();
                        bulk.renew();
                    });
        }
    }

    private CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect() {
        return finder.get().thenCompose(uri -> client.connectAsync(ByteArrayCodec.INSTANCE, uri));
    }

    private ReconnectingConnection connection() {
        return new ReconnectingConnection(
                this::connect, scheduler, () -> pulse.connected(), this::connectFailed);
    }

    private CompletionStage<StatefulRedisConnection<byte[], byte[]>> unflushed() {
        return connect()
                .thenApply(
                        connection -> {
                            connection.setAutoFlushCommands(false);
                            return connection;
                        });
    }

    private void changesConnected() {
        changes.proven();
    }

    private void bulkConnected() {
        bulk.proven();
    }

    private void connectFailed(Throwable thrown) {
        var failure = RedisFailure.of(thrown);
        link.count(failure);
        link.down(failure);
    }

    private void afterTimeouts() {
        changes.renew();
        bulk.renew();
        pulse.afterTimeouts();
    }

    private static Thread thread(Runnable task, String name) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
