package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.feed.EffectQueue;
import io.cistern.invalidation.feed.Feed;
import io.cistern.redis.Backoff;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done about a poll before its offsets are committed: its events take effect, what
 * can't be followed goes to the dead letters. Used by the consumer's thread alone.
 */
final class Settlement {

    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

    /** Longer than an effect usually takes; after that the consumer has to be kept alive. */
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private static final Duration KEEP_ALIVE = Duration.ofMillis(20);
    private static final Duration LAST_PATIENCE = Duration.ofMillis(1500);
    private static final Duration LAST_COMMIT = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final Feed feed;
    private final EffectQueue queue;
    private final KafkaDeadLetters deadLetters;
    private final ScheduledExecutorService timer;
    private final Backoff backoff = new Backoff();
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();
    private Poll poll;
    private CompletableFuture<Void> work;
    private boolean committing;
    private boolean paused;
    private long notBefore = System.nanoTime();
    private volatile boolean closed;

    Settlement(
            Consumer<byte[], byte[]> consumer,
            Feed feed,
            EffectQueue queue,
            KafkaDeadLetters deadLetters,
            ScheduledExecutorService timer) {
        this.consumer = consumer;
        this.feed = feed;
        this.queue = queue;
        this.deadLetters = deadLetters;
        this.timer = timer;
    }

    EffectQueue queue() {
        return queue;
    }

    /** What was polled last. */
    Poll poll() {
        return poll;
    }

    void begin(Poll next) {
        poll = next;
    }

    /** Whether nothing is left to be done, so that the next poll may begin. */
    boolean settle() {
        if (poll != null && !await(PATIENCE)) {
            return false;
        }
        if (poll != null) {
            done();
        }
        commit();
        return System.nanoTime() - notBefore >= 0;
    }

    private boolean await(Duration patience) {
        try {
            work().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException | CancellationException e) {
            // The queue was closed, or worse: nothing of it is committed.
            LOG.debug("A poll was not settled", e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private CompletableFuture<Void> work() {
        if (work == null) {
            work = poll.effect(queue).thenCompose(this::bury);
        }
        return work;
    }

    /** While the first can't be written, the others need not be tried. */
    private CompletableFuture<Void> bury(List<Poll.Dead> dead) {
        if (dead.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return bury(dead.get(0))
                .thenCompose(
                        first ->
                                CompletableFuture.allOf(
                                        dead.stream()
                                                .skip(1)
                                                .map(this::bury)
                                                .toArray(CompletableFuture[]::new)));
    }

    /** Goes on until the broker has it. */
    private CompletableFuture<Void> bury(Poll.Dead dead) {
        return deadLetters
                .send(dead.record(), dead.reason())
                .thenRun(
                        () ->
                                feed.deadLettered(
                                        KafkaDeadLetters.position(dead.record()), dead.reason()))
                .exceptionallyCompose(
                        error -> {
                            if (closed) {
                                return CompletableFuture.failedFuture(error);
                            }
                            feed.pause(
                                    this,
                                    "the dead letters can't be written to "
                                            + deadLetters.topic()
                                            + ": "
                                            + KafkaReasons.reason(error));
                            var later = new CompletableFuture<Void>();
                            timer.schedule(
                                    () -> later.complete(null),
                                    backoff.next(),
                                    TimeUnit.MILLISECONDS);
                            return later.thenCompose(now -> bury(dead));
                        });
    }

    private void done() {
        uncommitted.putAll(poll.offsets());
        if (poll.again().isEmpty()) {
            backoff.reset();
            feed.resume(this);
        } else {
            feed.pause(this, poll.trouble());
            poll.again().forEach(consumer::seek);
            notBefore = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(backoff.next());
        }
        poll = null;
        work = null;
    }

    private void commit() {
        if (uncommitted.isEmpty() || committing) {
            return;
        }
        var offsets = Map.copyOf(uncommitted);
        committing = true;
        consumer.commitAsync(
                offsets,
                (committed, error) -> {
                    committing = false;
                    if (error == null) {
                        offsets.forEach(uncommitted::remove);
                    } else {
                        LOG.debug("Offsets are committed with the next ones", error);
                    }
                });
    }

    /** Shows the group that it lives, without taking anything. */
    void keepAlive() {
        if (!paused) {
            paused = true;
            consumer.pause(consumer.assignment());
        }
        var unasked = consumer.poll(KEEP_ALIVE);
        for (var partition : unasked.partitions()) {
            // They were assigned and fetched within this very poll.
            consumer.seek(partition, unasked.records(partition).get(0).offset());
            consumer.pause(List.of(partition));
        }
    }

    /** The consumer takes again. */
    void resume() {
        if (paused) {
            paused = false;
            consumer.resume(consumer.assignment());
        }
    }

    /** Partitions came. */
    void got(Collection<TopicPartition> partitions) {
        if (paused) {
            consumer.pause(partitions);
        }
    }

    /** Partitions go to others: what of them took effect is committed, the rest they see again. */
    void give(Collection<TopicPartition> partitions) {
        if (poll != null && work != null && await(LAST_PATIENCE)) {
            done();
        }
        commitNow();
        lose(partitions);
    }

    /** Partitions have gone to others. */
    void lose(Collection<TopicPartition> partitions) {
        partitions.forEach(uncommitted::remove);
        if (poll != null) {
            poll.forget(partitions);
            if (poll.isEmpty()) {
                poll = null;
                work = null;
            }
        }
    }

    /** The consumer ends: what can still take effect does, and is committed. */
    void finish() {
        if (poll != null && await(LAST_PATIENCE)) {
            done();
        }
        poll = null;
        work = null;
        commitNow();
    }

    private void commitNow() {
        if (uncommitted.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(Map.copyOf(uncommitted), LAST_COMMIT);
            uncommitted.clear();
        } catch (KafkaException e) {
            LOG.debug("The last offsets could not be committed; their events are seen again", e);
        }
    }

    /** Nobody waits for it any more. */
    void close() {
        closed = true;
        feed.gone(this);
    }
}
