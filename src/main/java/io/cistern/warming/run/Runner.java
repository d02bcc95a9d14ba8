package io.cistern.warming.run;

import io.cistern.cache.Cache;
import io.cistern.cache.Caches;
import io.cistern.cache.Warmer;
import io.cistern.warming.source.Feed;
import io.cistern.warming.source.Sources;
import io.cistern.warming.strategy.PopularSource;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Exchange;

/** Does what a run is to do, from the opening of its source to the last count. */
public final class Runner {

    private final Caches caches;
    private final Sources sources;

    public Runner(Caches caches, Sources sources) {
        this.caches = caches;
        this.sources = sources;
    }

    /**
     * Performs a run on the calling thread.
     *
     * @param run that has started
     * @param exchange at whose end all is closed that the source opened
     */
    public void perform(Run run, Exchange exchange) {
        try {
            var cache = caches.find(run.strategy().cache());
            if (cache.isEmpty()) {
                run.cut("there is no cache " + run.strategy().cache());
            } else {
                fill(run, cache.get(), exchange);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            run.cut("the instance stops");
        } catch (Exception e) {
            run.cut(reason(e));
        }
        run.ended(verdict(run));
    }

    private void fill(Run run, Cache cache, Exchange exchange) throws Exception {
        var pace = new Pace();
        var traffic = new Traffic(this::lookups, System::nanoTime);
        var warmer = cache.warmer();
        if (!new StoreWait(run, warmer).await()) {
            return;
        }
        // Before anything of the source is read: whatever is invalidated from now on wins.
        var reading = run.strategy().storesRows() ? begin(warmer) : null;
        try (Feed feed = open(run, exchange)) {
            feed.total().ifPresent(run::total);
            var fill =
                    reading == null
                            ? new KeyFill(run, cache, pace)
                            : new RowFill(
                                    run, cache, pace, traffic, reading, exchange.getContext());
            fill.take(feed);
            if (!run.mustEnd()) {
                run.total(run.seen());
                // That nobody has asked for anything yet is no failure.
                if (run.seen() == 0 && PopularSource.of(run.strategy().source()) == null) {
                    run.cut("the source yielded nothing");
                }
            }
        }
    }

    private long lookups() {
        return caches.all().stream().mapToLong(cache -> cache.statistics().requests()).sum();
    }

    /** A source that answers too late opens for nothing, and is closed at once. */
    private Feed open(Run run, Exchange exchange) throws Exception {
        run.turnsToSource();
        try {
            var feed = sources.open(run.strategy(), exchange);
            return new Feed(new WatchedItems(feed.items(), run), feed.total(), feed.resources());
        } finally {
            run.turnsToSource();
        }
    }

    private static Warmer.Reading begin(Warmer warmer)
            throws InterruptedException, ExecutionException {
        return warmer.begin().toCompletableFuture().get();
    }

    private static Run.State verdict(Run run) {
        if (run.isCancelled()) {
            return Run.State.CANCELLED;
        }
        if (run.failed() == 0 && !run.isCut()) {
            return Run.State.COMPLETED;
        }
        return run.done() > 0 ? Run.State.PARTIAL : Run.State.FAILED;
    }

    private static String reason(Throwable error) {
        var cause = error;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return "the source failed: " + Reasons.of(cause);
    }
}
