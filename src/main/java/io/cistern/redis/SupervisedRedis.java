package io.cistern.redis;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An embedded Redis that is started again, empty and on the same port, when it ended by itself. */
public final class SupervisedRedis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisedRedis.class);
    private static final Executor SOON = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

    private EmbeddedRedis server;
    private boolean closed;

    private SupervisedRedis(EmbeddedRedis server) {
        this.server = server;
        watch(server);
    }

    /**
     * Starts one on a free port and waits until it takes connections.
     *
     * @throws IOException as {@link EmbeddedRedis#start()}
     */
    public static SupervisedRedis start() throws IOException {
        return new SupervisedRedis(EmbeddedRedis.start());
    }

    /** Where it listens, besides {@link EmbeddedRedis#HOST}. */
    public synchronized int port() {
        return server.port();
    }

    /** The process of the server that runs now, or ran last. */
    public synchronized long pid() {
        return server.pid();
    }

    private void watch(EmbeddedRedis running) {
        running.onEnd(() -> SOON.execute(this::startAgain));
    }

    private synchronized void startAgain() {
        if (closed || server.isAlive()) {
            return;
        }
        server.close();
        try {
            server = EmbeddedRedis.start(server.port(), List.of());
            LOG.info("The embedded Redis had ended; it runs again, empty");
            watch(server);
        } catch (IOException e) {
            LOG.warn("The embedded Redis ended and does not start again: {}", e.getMessage());
            SOON.execute(this::startAgain);
        }
    }

    /** Ends it for good. */
    @Override
    public synchronized void close() {
        closed = true;
        server.close();
    }
}
