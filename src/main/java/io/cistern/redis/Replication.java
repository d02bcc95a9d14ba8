package io.cistern.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Tells when replicas have what was written. WAIT covers what its own connection wrote before it,
 * and holds that connection up: so there is one at a time, for all who ask meanwhile.
 */
public final class Replication {

    private final int replicas;
    private final long timeoutMillis;
    private Line line;

    /**
     * @param replicas how many must have it; 0 for none, which is always so
     * @param timeout how long to wait for them
     */
    public Replication(int replicas, Duration timeout) {
        this.replicas = replicas;
        this.timeoutMillis = Math.max(1, timeout.toMillis());
    }

    /** Whether replicas are asked at all. */
    public boolean isRequired() {
        return replicas > 0;
    }

    /**
     * @param wrote the connection on which something was written, and answered
     * @return ends when so many replicas have it; fails with {@link TooFewReplicasException}, or as
     *     commands do
     */
    public CompletionStage<Void> confirm(RedisClusterAsyncCommands<byte[], byte[]> wrote) {
        if (!isRequired()) {
            return CompletableFuture.completedStage(null);
        }
        return line(wrote).confirm();
    }

    private synchronized Line line(RedisClusterAsyncCommands<byte[], byte[]> wrote) {
        if (line == null || line.connection != wrote) {
            // Whoever waits on the last one is told by its end.
            line = new Line(wrote);
        }
        return line;
    }

    /** Those who wait on one connection. */
    private final class Line {
        private final RedisClusterAsyncCommands<byte[], byte[]> connection;
        private CompletableFuture<Void> underWay;
        private CompletableFuture<Void> next;

        Line(RedisClusterAsyncCommands<byte[], byte[]> connection) {
            this.connection = connection;
        }

        CompletionStage<Void> confirm() {
            CompletableFuture<Void> mine;
            synchronized (this) {
                if (underWay != null) {
                    // It may have been sent before what this caller wrote.
                    next = next == null ? new CompletableFuture<>() : next;
                    return next;
                }
                mine = new CompletableFuture<>();
                underWay = mine;
            }
            send(mine);
            return mine;
        }

        private void send(CompletableFuture<Void> waiting) {
            CompletionStage<Long> answer;
            try {
                answer = connection.waitForReplication(replicas, timeoutMillis);
            } catch (RuntimeException e) {
                answer = CompletableFuture.failedStage(e);
            }
            answer.whenComplete(
                    (count, error) -> {
                        goOn();
                        if (error != null) {
                            waiting.completeExceptionally(error);
                        } else if (count < replicas) {
                            waiting.completeExceptionally(new TooFewReplicasException());
                        } else {
                            waiting.complete(null);
                        }
                    });
        }

        private void goOn() {
            CompletableFuture<Void> following;
            synchronized (this) {
                following = next;
                underWay = following;
                next = null;
            }
            if (following != null) {
                send(following);
            }
        }
    }
}
