package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What this instance knows of one partition's invalidations. It is brought up to date by what reads
 * tell of the position, one fetch of the difference for all who wait for it.
 */
final class Replica {

    private static final long STEP_NANOS = Duration.ofMillis(5).toNanos();

    private final Store store;
    private final Partition partition;
    private final Marks marks = new Marks();
    private CompletableFuture<Void> fetching;
    private Question asking;
    private volatile Moment known;

    /** In monotonic nanoseconds, which may begin anywhere. */
    private record Moment(long nanos) {}

    /**
     * Where the partition is now, asked of the store.
     *
     * @param sent when, in monotonic nanoseconds
     * @param answered ends when the marks have reached the answer
     */
    private record Question(long sent, CompletableFuture<Void> answered) {}

    Replica(Store store, Partition partition) {
        this.store = store;
        this.partition = partition;
    }

    Partition partition() {
        return partition;
    }

    Marks marks() {
        return marks;
    }

    /**
     * Brings the marks at least as far as a position that somebody saw.
     *
     * @return ends when they are there; fails if the store can't be asked
     */
    CompletionStage<Void> reach(Position seen) {
        if (covers(seen)) {
            return CompletableFuture.completedFuture(null);
        }
        // A fetch under way may have been answered before what was seen: look again after it.
        return fetch().thenCompose(
                        fetched ->
                                seen.equals(Position.UNKNOWN) || covers(seen)
                                        ? CompletableFuture.completedFuture(null)
                                        : fetch());
    }

    /**
     * The marks tell of every invalidation that took effect before a moment: since then the store
     * was asked, and they reached what it answered.
     *
     * @param nanos when it was asked, in monotonic nanoseconds
     */
    void known(long nanos) {
        var before = known;
        // Of two at once the earlier may win: that is true as well. Not for every read, since
        // many threads look at this.
        if (before == null || nanos - before.nanos > STEP_NANOS) {
            known = new Moment(nanos);
        }
    }

    /** Whether the marks tell of every invalidation that took effect before a moment. */
    boolean isKnownSince(long nanos) {
        var moment = known;
        return moment != null && moment.nanos - nanos >= 0;
    }

    /**
     * Asks the store where the partition is now, and brings the marks there. One question for all
     * who wait: where answers are slow, each of them asking by itself would make them slower.
     *
     * @param since how long ago the question may have been sent at most, in monotonic nanoseconds
     * @param now in monotonic nanoseconds
     * @return ends when {@link #isKnownSince} that moment; fails if the store can't be asked
     */
    CompletionStage<Void> ask(long since, long now) {
        Question mine;
        synchronized (this) {
            if (asking != null && asking.sent - since >= 0) {
                return asking.answered;
            }
            mine = new Question(now, new CompletableFuture<>());
            asking = mine;
        }
        Stages.attempt(() -> store.positions(List.of(partition)))
                .thenCompose(positions -> reach(positions.get(0)))
                .whenComplete((done, error) -> answered(mine, error));
        return mine.answered;
    }

    private void answered(Question question, Throwable error) {
        synchronized (this) {
            if (asking == question) {
                asking = null;
            }
        }
        if (error == null) {
            known(question.sent);
            question.answered.complete(null);
        } else {
            question.answered.completeExceptionally(error);
        }
    }

    /** Takes in a change of this instance's own, which the store has given its position. */
    CompletionStage<Void> changed(Change change, Position at) {
        return marks.apply(change, at) ? CompletableFuture.completedFuture(null) : reach(at);
    }

    /** The keys of those entries that no invalidation overtook since their load began. */
    Set<String> survivors(Map<String, Entry> entries) {
        Map<String, Entry> living = new HashMap<>(entries);
        living.entrySet()
                .removeIf(each -> !marks.mayFill(each.getKey(), each.getValue().position()));
        return living.keySet();
    }

    private boolean covers(Position seen) {
        var known = marks.position();
        return !seen.equals(Position.UNKNOWN)
                && seen.generation() == known.generation()
                && seen.version() <= known.version();
    }

    private CompletionStage<Void> fetch() {
        CompletableFuture<Void> mine;
        synchronized (this) {
            if (fetching != null) {
                return fetching;
            }
            mine = new CompletableFuture<>();
            fetching = mine;
        }
        Stages.attempt(() -> store.changes(partition, marks.position()))
                .thenAccept(marks::apply)
                .whenComplete(
                        (done, error) -> {
                            synchronized (this) {
                                fetching = null;
                            }
                            if (error == null) {
                                mine.complete(null);
                            } else {
                                mine.completeExceptionally(error);
                            }
                        });
        return mine;
    }
}
