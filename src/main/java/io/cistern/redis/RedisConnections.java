package io.cistern.redis;

import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.resource.ClientResources;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

/**
 * All connections of this instance to Redis: those to the servers that hold the data, one for
 * listeners to channels, and a pool for {@code spring-redis:} endpoints. They are made in the
 * background and made anew when they break: a Redis that is away, frozen, or refuses the password
 * never blocks a caller and never fails the construction.
 */
public final class RedisConnections implements RedisRoutes, AutoCloseable {
    private static final long STOP_SECONDS = 2;

    /** Attempts that are under way end meanwhile; otherwise Netty complains loudly. */
    private static final long QUIET_MILLIS = 50;

    private final RedisSettings settings;
    private final ClientOptions options;
    private final ScheduledThreadPoolExecutor scheduler;
    private final ExecutorService bulkWriter;
    private final ClientResources resources;
    private final RedisClient client;
    private final RedisServers servers;
    private final SpringConnections spring;
    private ListenerContainer listeners;

    private RedisConnections(RedisSettings settings) {
        this.settings = settings;
        // Once all is closed nobody listens any more, so what comes late may be dropped.
        scheduler =
                new ScheduledThreadPoolExecutor(
                        1, task -> thread(task, "redis-link"), new DiscardPolicy());
        scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        scheduler.setRemoveOnCancelPolicy(true);
        bulkWriter = Executors.newSingleThreadExecutor(task -> thread(task, "redis-bulk"));
        resources = LettuceSetup.resources();
        client = RedisClient.create(resources);
        options = LettuceSetup.options(settings);
        client.setOptions(options);
        var shared =
                new RedisNode.Shared(
                        settings,
                        scheduler,
                        bulkWriter,
                        new RedisClock(System::nanoTime, System::currentTimeMillis));
        servers =
                settings.place() instanceof RedisPlace.Cluster cluster
                        ? new ClusterServers(shared, client, cluster)
                        : new OneServer(shared, client);
        spring =
                new SpringConnections(
                        settings, resources, options, servers.link(), RedisNode.spare(settings));
    }

    /**
     * Begins to connect, and returns at once.
     *
     * @param settings where Redis is and how patient to be
     */
    public static RedisConnections open(RedisSettings settings) {
        var connections = new RedisConnections(settings);
        connections.servers.start();
        return connections;
    }

    /** What is known about Redis; of a Cluster, about all of it. */
    public RedisLink link() {
        return servers.link();
    }

    @Override
    public DataConnection to(byte[] name) {
        return servers.to(name);
    }

    @Override
    public List<DataConnection> all() {
        return servers.all();
    }

    @Override
    public boolean isCluster() {
        return servers.isCluster();
    }

    @Override
    public String description() {
        return "Redis at " + link().address();
    }

    @Override
    public boolean isUp() {
        return servers.isUp();
    }

    @Override
    public void onUp(Runnable listener) {
        servers.onUp(listener);
    }

    @Override
    public CompletionStage<Void> look() {
        return servers.look();
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
                        link(),
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
        servers.stop();
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

    private static Thread thread(Runnable task, String name) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
