package io.cistern.redis;

import io.cistern.settings.RedisSettings;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * The connections of this instance to one server: one for entries, one for the pulse that watches
 * it, one for changes where replicas are waited for, and one for bulks where settings leave it.
 * They are made in the background and made anew when they break.
 */
final class RedisNode implements DataConnection {

    /** One for entries, one for the pulse, one for listeners. */
    private static final int NEEDED_CONNECTIONS = 3;

    /** Replicas of a busy machine are late now and then, which is no reason to do without them. */
    private static final Duration REPLICAS_MAY_LAG = Duration.ofSeconds(1);

    private final Connector connector;
    private final RedisLink link;
    private final ReconnectingConnection pulseConnection;
    private final ReconnectingConnection data;
    private final ReconnectingConnection changes;
    private final Replication replication;
    private final ReconnectingConnection bulk;
    private final Executor bulkWriter;
    private final boolean hasBulk;
    private final RedisPulse pulse;

    /** Begins to connect; must not block. */
    interface Connector
            extends Supplier<CompletionStage<StatefulRedisConnection<byte[], byte[]>>> {}

    /**
     * What all nodes share.
     *
     * @param scheduler of one thread
     * @param bulkWriter of one thread
     * @param clock by which everything in Redis is dated
     */
    record Shared(
            RedisSettings settings,
            ScheduledExecutorService scheduler,
            Executor bulkWriter,
            RedisClock clock) {}

    /**
     * @param address for logs
     * @param connector to this server, or to whichever took its place
     * @param times is told what the server's clock says
     * @param probe a name that this server holds, for a write that is gone at once
     */
    RedisNode(
            Shared shared,
            String address,
            Connector connector,
            RedisPulse.Times times,
            Supplier<byte[]> probe) {
        var settings = shared.settings();
        this.connector = connector;
        this.bulkWriter = shared.bulkWriter();
        var scheduler = shared.scheduler();
        var stillness =
                new Stillness(
                        RedisPulse.PERIOD.plus(RedisPulse.OWN_PAUSE), settings.socketTimeout());
        link =
                new RedisLink(
                        address,
                        shared.clock(),
                        scheduler,
                        this::afterTimeouts,
                        stillness,
                        new RedisAdvice(settings));
        pulseConnection = connection(scheduler);
        data = connection(scheduler);
        replication =
                new Replication(settings.waitReplicas(), settings.socketTimeout().dividedBy(2));
        changes =
                new ReconnectingConnection(
                        connector, scheduler, this::changesConnected, thrown -> {});
        hasBulk = hasBulk(settings);
        bulk =
                new ReconnectingConnection(
                        this::unflushed, scheduler, this::bulkConnected, thrown -> {});
        pulse =
                new RedisPulse(
                        pulseConnection,
                        data,
                        link,
                        times,
                        scheduler,
                        settings.socketTimeout(),
                        probe,
                        stillness,
                        settings.waitReplicas());
    }

    /** How many connections are left for others. */
    static int spare(RedisSettings settings) {
        return settings.maxConnections() - needed(settings) - (hasBulk(settings) ? 1 : 0);
    }

    private static boolean hasBulk(RedisSettings settings) {
        return settings.maxConnections() > needed(settings) + 1;
    }

    private static int needed(RedisSettings settings) {
        return NEEDED_CONNECTIONS + (settings.waitReplicas() > 0 ? 1 : 0);
    }

    void start() {
        pulseConnection.start();
        data.start();
        if (replication.isRequired()) {
            changes.start();
        }
        if (hasBulk) {
            bulk.start();
        }
        pulse.start();
    }

    /** What is known about the server. */
    RedisLink link() {
        return link;
    }

    @Override
    public RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return commands(data);
    }

    @Override
    public RedisClusterAsyncCommands<byte[], byte[]> invalidations() {
        return commands(replication.isRequired() ? changes : data);
    }

    private RedisClusterAsyncCommands<byte[], byte[]> commands(ReconnectingConnection of) {
        var connection = of.current();
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
    public boolean mayConfirm() {
        var state = link.state();
        return state.status() == RedisLink.Status.UP
                || state.since().plus(REPLICAS_MAY_LAG).isAfter(Instant.now());
    }

    @Override
    public void onUp(Runnable listener) {
        link.onUp(listener);
    }

    @Override
    public void ended(Throwable thrown) {
        link.commandEnded(thrown);
    }

    /** Gives all present connections up, so that new ones are made. */
    void renew() {
        pulseConnection.renew();
        data.renew();
        changes.renew();
        bulk.renew();
    }

    /** Makes no more connections, and closes the present ones. */
    void stop() {
        pulse.stop();
        pulseConnection.stop();
        data.stop();
        changes.stop();
        bulk.stop();
    }

    private ReconnectingConnection connection(ScheduledExecutorService scheduler) {
        return new ReconnectingConnection(
                connector, scheduler, () -> pulse.connected(), this::connectFailed);
    }

    private CompletionStage<StatefulRedisConnection<byte[], byte[]>> unflushed() {
        return connector
                .get()
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
}
