package io.cistern.cache;

import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Store;
import io.cistern.cache.spi.Timers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the store, again and again, where the orders are of which something is near or loaded: so
 * every invalidation by any instance is found within two beats, whatever became of the news about
 * it. One round trip a beat for all caches, none while a cache rests; the next beat waits for the
 * answer.
 */
public final class Heartbeat implements AutoCloseable {

    /** Half of what may pass until another instance's invalidation holds here. */
    public static final Duration PERIOD = Duration.ofMillis(50);

    private final Caches caches;
    private final Store store;
    private final Timers timers;
    private Timers.Timer next;
    private boolean closed;

    /**
     * @param caches whose near stores it keeps right
     * @param store that they share
     * @param timers for the beats
     */
    public Heartbeat(Caches caches, Store store, Timers timers) {
        this.caches = caches;
        this.store = store;
        this.timers = timers;
    }

    /** Begins to beat. */
    public void start() {
        arm();
    }

    private synchronized void arm() {
        if (!closed) {
            next = timers.after(PERIOD, this::beat);
        }
    }

    private void beat() {
        try {
            ask().whenComplete((done, error) -> arm());
        } catch (RuntimeException e) {
            arm();
        }
    }

    private CompletableFuture<Void> ask() {
        var watched = caches.all().stream().flatMap(cache -> cache.watched().stream()).toList();
        if (watched.isEmpty() || !store.isAvailable()) {
            return CompletableFuture.completedFuture(null);
        }
        var partitions = watched.stream().map(Replica::partition).toList();
        return Stages.attempt(() -> store.positions(partitions))
                .thenCompose(positions -> reach(watched, positions))
                .toCompletableFuture();
    }

    private static CompletableFuture<Void> reach(List<Replica> watched, List<Position> positions) {
        var all = new CompletableFuture<?>[watched.size()];
        for (var i = 0; i < all.length; i++) {
            all[i] = watched.get(i).reach(positions.get(i)).toCompletableFuture();
        }
        return CompletableFuture.allOf(all);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (next != null) {
            next.cancel();
        }
    }
}
