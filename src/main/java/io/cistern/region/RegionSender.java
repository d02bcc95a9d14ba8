package io.cistern.region;

import io.cistern.cache.order.Change;
import io.cistern.cache.spi.Regions;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.invalidation.feed.kafka.KafkaReasons;
import io.cistern.redis.Backoff;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.camel.util.ObjectHelper;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other regions. One thread writes: at once when nothing is under way, and what comes
 * meanwhile goes together afterwards. What waits is bounded, and what can't be written is refused
 * instead of kept: once writing fails, everything is refused at once until a record that says
 * nothing gets through.
 */
public final class RegionSender implements Regions, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RegionSender.class);

    private static final long MOST_WAITING_BYTES = 32L << 20;
    private static final long MOST_BYTES_AT_ONCE = 1L << 20;
    private static final long STOP_SECONDS = 2;

    private final RegionCounts counts;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final Backoff backoff = new Backoff();
    private long size;
    private String trouble = "the instance has not started yet";
    private Thread thread;

    /** Writes to the topic. */
    @FunctionalInterface
    public interface Publisher {

        /**
         * Writes all of it, or fails; may block for a few seconds.
         *
         * @param told nothing: writes a record that says so
         * @return null, or why some of it may not be written
         */
        Throwable publish(List<Told> told);
    }

    private record Waiting(Told told, long began, CompletableFuture<Void> written) {}

    public RegionSender(RegionCounts counts) {
        this.counts = counts;
    }

    @Override
    public CompletionStage<Void> tell(String cache, Change change) {
        var told = new Told(cache, change);
        var next = new Waiting(told, System.nanoTime(), new CompletableFuture<>());
        String refusal;
        synchronized (this) {
            refusal = trouble;
            if (refusal == null && size + told.size() > MOST_WAITING_BYTES && size > 0) {
                refusal = "too much waits to be written";
            }
            if (refusal == null) {
                size += told.size();
                waiting.add(next);
                notifyAll();
            }
        }
        if (refusal != null) {
            refuse(next, refusal);
        }
        return next.written();
    }

    /** Writes from now on. */
    synchronized void start(Publisher publisher) {
        trouble = null;
        thread = new Thread(() -> run(publisher), "region-send");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends; what waits is refused. */
    void stop() {
        Thread stopping;
        synchronized (this) {
            trouble = "the instance stops";
            stopping = thread;
            thread = null;
        }
        if (stopping == null) {
            return;
        }
        stopping.interrupt();
        try {
            stopping.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        takeAll().forEach(each -> refuse(each, "the instance stops"));
    }

    @Override
    public void close() {
        stop();
    }

    private void run(Publisher publisher) {
        try {
            while (true) {
                write(take(), publisher);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<Waiting> take() throws InterruptedException {
        while (waiting.isEmpty()) {
            wait();
        }
        var taken = new ArrayList<Waiting>();
        var bytes = 0L;
        while (!waiting.isEmpty()
                && (taken.isEmpty()
                        || bytes + waiting.peek().told().size() <= MOST_BYTES_AT_ONCE)) {
            var next = waiting.poll();
            bytes += next.told().size();
            taken.add(next);
        }
        size -= bytes;
        return taken;
    }

    private synchronized List<Waiting> takeAll() {
        var all = List.copyOf(waiting);
        waiting.clear();
        size = 0;
        return all;
    }

    private void write(List<Waiting> batch, Publisher publisher) throws InterruptedException {
        var failure = publisher.publish(batch.stream().map(Waiting::told).toList());
        if (failure == null) {
            var now = System.nanoTime();
            for (var each : batch) {
                counts.told(Duration.ofNanos(now - each.began()));
                each.written().complete(null);
            }
            return;
        }
        var reason = KafkaReasons.reason(failure);
        if (isTooLarge(failure)) {
            // What is wrong is in the batch: others may go on.
            batch.forEach(each -> refuse(each, reason));
            return;
        }
        fail(reason);
        batch.forEach(each -> refuse(each, reason));
        takeAll().forEach(each -> refuse(each, reason));
        awaitReturn(publisher);
    }

    private static boolean isTooLarge(Throwable failure) {
        return ObjectHelper.getException(RecordTooLargeException.class, failure) != null;
    }

    private void awaitReturn(Publisher publisher) throws InterruptedException {
        LOG.warn("Other regions can't be told, so that changes are refused: {}", counts.trouble());
        Throwable failure;
        do {
            TimeUnit.MILLISECONDS.sleep(backoff.next());
            failure = publisher.publish(List.of());
            if (failure != null) {
                fail(KafkaReasons.reason(failure));
            }
        } while (failure != null);
        backoff.reset();
        synchronized (this) {
            if (thread != null) {
                trouble = null;
            }
        }
        counts.trouble(null);
        LOG.info("Other regions can be told again");
    }

    private void fail(String reason) {
        synchronized (this) {
            if (thread != null) {
                trouble = reason;
            }
        }
        counts.trouble(reason);
    }

    private void refuse(Waiting each, String reason) {
        counts.countRefused();
        each.written()
                .completeExceptionally(
                        new StoreUnavailableException("other regions can't be told: " + reason));
    }
}
