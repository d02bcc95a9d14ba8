package io.cistern.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One connection to Redis that is made anew, in the background, whenever there is none.
 *
 * <p>Lettuce's own reconnecting is off, for three reasons: it never starts before a first connect
 * went well, it sends commands again that Redis may have carried out already, and it hides that the
 * connection changed. Here every new connection is a new object, and what was in flight on the old
 * one has failed.
 */
final class ReconnectingConnection {
    private final Supplier<CompletionStage<StatefulRedisConnection<byte[], byte[]>>> connector;
    private final ScheduledExecutorService scheduler;
    private final Runnable onConnected;
    private final Consumer<Throwable> onFailed;
    private final Backoff backoff = new Backoff();
    private volatile StatefulRedisConnection<byte[], byte[]> current;
    private volatile boolean closed;

    /**
     * @param connector begins to connect; must not block
     * @param scheduler where delays pass
     * @param onConnected after each connect
     * @param onFailed after each attempt that failed
     */
    ReconnectingConnection(
            Supplier<CompletionStage<StatefulRedisConnection<byte[], byte[]>>> connector,
            ScheduledExecutorService scheduler,
            Runnable onConnected,
            Consumer<Throwable> onFailed) {
        this.connector = connector;
        this.scheduler = scheduler;
        this.onConnected = onConnected;
        this.onFailed = onFailed;
    }

    /** The connection, or null while there is none. */
    StatefulRedisConnection<byte[], byte[]> current() {
        return current;
    }

    void start() {
        scheduler.execute(this::connect);
    }

    /** Gives up the present connection, so that a new one is made; its commands fail. */
    void renew() {
        var old = current;
        if (old != null) {
            lost(old);
        }
    }

    /** Makes no more connections, and closes the present one. */
    void stop() {
        closed = true;
        var last = current;
        current = null;
        if (last != null) {
            last.closeAsync();
        }
    }

    private void connect() {
        if (closed) {
            return;
        }
        CompletionStage<StatefulRedisConnection<byte[], byte[]>> attempt;
        try {
            attempt = connector.get();
        } catch (RuntimeException e) {
            failed(e);
            return;
        }
        attempt.whenComplete(
                (connection, thrown) -> {
                    if (thrown == null) {
                        connected(connection);
                    } else {
                        failed(thrown);
                    }
                });
    }

    private void connected(StatefulRedisConnection<byte[], byte[]> connection) {
        if (closed) {
            connection.closeAsync();
            return;
        }
        current = connection;
        connection.addListener(
                new RedisConnectionStateListener() {
                    @Override
                    public void onRedisConnected(
                            RedisChannelHandler<?, ?> handler, SocketAddress address) {
                        // Each connection object connects only once.
                    }

                    @Override
                    public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                        lost(connection);
                    }

                    @Override
                    public void onRedisExceptionCaught(
                            RedisChannelHandler<?, ?> handler, Throwable cause) {
                        // What is no Redis protocol can't be resynchronized.
                        lost(connection);
                    }
                });
        if (!connection.isOpen()) {
            lost(connection);
            return;
        }
        onConnected.run();
    }

    private void lost(StatefulRedisConnection<byte[], byte[]> connection) {
        synchronized (this) {
            if (current != connection) {
                return;
            }
            current = null;
        }
        connection.closeAsync();
        again();
    }

    private void failed(Throwable thrown) {
        if (closed) {
            return;
        }
        onFailed.accept(thrown);
        again();
    }

    /** Resets the delays: Redis has answered, so the next loss is a new one. */
    void proven() {
        backoff.reset();
    }

    private void again() {
        if (!closed) {
            scheduler.schedule(this::connect, backoff.next(), TimeUnit.MILLISECONDS);
        }
    }
}
