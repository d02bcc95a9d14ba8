package io.cistern.warming.run;

import io.cistern.cache.Warmer;
import io.cistern.warming.strategy.Strategy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/**
 * What both ways to fill share: parts, of which several are under way at once, rests between
 * batches, and another try for parts that failed for a while.
 *
 * @param <P> a part
 */
abstract class PartFill<P> implements Fill {

    static final int MAX_ATTEMPTS = 3;

    /** What failed a moment ago would most likely fail at once. */
    private static final Duration BEFORE_RETRY = Duration.ofMillis(500);

    final Run run;
    final Strategy strategy;
    final StoreWait store;
    final Pace pace;
    final Window window;
    private final Queue<P> again = new ArrayDeque<>();

    /**
     * @param partsUnderWay how many at once
     */
    PartFill(Run run, Warmer warmer, Pace pace, int partsUnderWay) {
        this.run = run;
        this.strategy = run.strategy();
        this.store = new StoreWait(run, warmer);
        this.pace = pace;
        this.window = new Window(partsUnderWay);
    }

    /** Lets a part be on its way, as soon as there is room for it. */
    abstract void send(P part) throws InterruptedException;

    /** The run ends before the part's next try. */
    abstract void lost(P part);

    /** Between two batches. What failed is tried again before more is read. */
    final void rest() throws InterruptedException {
        if (hasPending()) {
            window.awaitEmpty();
            retry();
        }
        if (!strategy.delay().isZero()) {
            window.awaitEmpty();
            run.pause(strategy.delay());
        }
        run.pause(pace.rest());
    }

    /** Waits for what never fails and takes no longer than the store's time-outs. */
    static <T> T await(CompletionStage<T> answer) throws InterruptedException {
        try {
            return answer.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    final void sendAgain(P part) {
        synchronized (again) {
            again.add(part);
        }
    }

    /** Tries parts again, one at a time, until none is left or the run has to end. */
    final void retry() throws InterruptedException {
        if (hasPending()) {
            run.pause(BEFORE_RETRY);
        }
        for (var part = pending(); part != null; part = pending()) {
            if (run.mustEnd()) {
                lost(part);
            } else {
                send(part);
                window.awaitEmpty();
            }
        }
    }

    private P pending() {
        synchronized (again) {
            return again.poll();
        }
    }

    private boolean hasPending() {
        synchronized (again) {
            return !again.isEmpty();
        }
    }
}
