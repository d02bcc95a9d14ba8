package io.cistern.cache;

import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Store;
import io.cistern.cache.spi.Timers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the store, again and again, where the orders are of which something is near or being loaded:
 * so every invalidation by any instance is found within two beats, whatever became of the news
 * about it, and what is near may be served in between. One round trip a beat for all caches, none
 * while they are idle and empty; the next beat waits for the answer.
 */
public final class Heartbeat implements AutoCloseable {

    /** Half of what may pass until another instance's invalidation holds here. */
    public static final Duration PERIOD = Duration.ofMillis(50);

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Caches caches;
    private final Store store;
    private final Timers timers;
    private final Clock clock;
    private Timers.Timer next;
    private boolean closed;

    /**
     * @param caches whose near stores it keeps right
     * @param store that they share
     * @param timers for the beats
     * @param clock by whose monotonic time they are counted
     */
    public Heartbeat(Caches caches, Store store, Timers timers, Clock clock) {
        this.caches = caches;
        this.store = store;
        this.timers = timers;
        this.clock = clock;
    }

    /** Begins to beat; does nothing where the store is this process's own. */
    public void start() {
        if (store.tier() == Store.Tier.SHARED) {
            arm(PERIOD);
        }
    }

    private synchronized void arm(Duration delay) {
        if (!closed) {
            next = timers.after(delay, this::beat);
        }
    }

    private void beat() {
        var sent = clock.nanos();
        try {
            ask(sent).whenComplete((done, error) -> ended(sent));
        } catch (RuntimeException e) {
            ended(sent);
        }
    }

    private void ended(long sent) {
        caches.pulse().ended();
        var left = PERIOD.minusNanos(clock.nanos() - sent);
        arm(left.compareTo(SHORTEST) > 0 ? left : SHORTEST);
    }

    private CompletableFuture<Void> ask(long sent) {
        var watched = caches.watched();
        if (watched.isEmpty() || !store.isAvailable()) {
            return CompletableFuture.completedFuture(null);
        }
        var partitions = watched.stream().map(Replica::partition).toList();
        caches.pulse().sent();
        return Stages.attempt(() -> store.positions(partitions))
                .thenCompose(positions -> reach(watched, positions, sent))
                .toCompletableFuture();
    }

    private static CompletableFuture<Void> reach(
            List<Replica> watched, List<Position> positions, long sent) {
        var all = new CompletableFuture<?>[watched.size()];
        for (var i = 0; i < all.length; i++) {
            var replica = watched.get(i);
            all[i] =
                    replica.reach(positions.get(i))
                            .thenRun(() -> replica.known(sent))
                            .toCompletableFuture();
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
