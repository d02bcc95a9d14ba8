package io.cistern.warming.cluster;

import io.cistern.redis.RedisRoutes;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Redis, and waits a second for its answer. */
final class Questions {

    private static final Logger LOG = LoggerFactory.getLogger(Questions.class);
    private static final long PATIENCE_MILLIS = 1_000;

    private final RedisRoutes redis;
    private final byte[] name;
    private volatile long unanswered = System.nanoTime();

    /**
     * @param redis the ways to Redis; not closed with it
     * @param name whose server is asked: all names of a question share its hash tag
     */
    Questions(RedisRoutes redis, byte[] name) {
        this.redis = redis;
        this.name = name;
    }

    /** An answer, if there is one in time; nothing for nil. */
    <T> Optional<T> ask(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> question) {
        var reached = redis.reach(name);
        if (reached.isEmpty()) {
            unanswered = System.nanoTime();
            return Optional.empty();
        }
        var server = reached.get();
        try {
            var answer =
                    question.apply(server.commands())
                            .toCompletableFuture()
                            .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            server.ended(null);
            return Optional.ofNullable(answer);
        } catch (ExecutionException e) {
            server.ended(e.getCause());
            failed(e);
        } catch (TimeoutException | RuntimeException e) {
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private void failed(Exception e) {
        unanswered = System.nanoTime();
        LOG.debug("Redis does not answer warming", e);
    }

    /** For how many milliseconds every question has had its answer. */
    long answeredFor() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - unanswered);
    }
}
