package io.cistern.warming;

import io.cistern.warming.run.RunReport;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/** Those who are told how runs go on, so many at once. */
final class Followers {

    private static final int MOST = 100;
    private static final long EVERY_MILLIS = 500;

    /** So often nothing may be known of a run, as while Redis is away, before it counts as gone. */
    private static final int MOST_MISSED = 20;

    private final ScheduledExecutorService threads;
    private final Function<String, Optional<RunReport>> runs;
    private final AtomicInteger count = new AtomicInteger();

    /**
     * @param runs by id
     */
    Followers(ScheduledExecutorService threads, Function<String, Optional<RunReport>> runs) {
        this.threads = threads;
        this.runs = runs;
    }

    boolean isRoom() {
        return count.get() < MOST;
    }

    /**
     * Tells at once, and every half a second, until the run is over or nobody listens.
     *
     * @param id of the run
     * @param listener false once it does not listen any more; gets nothing when the run is gone,
     *     and then nothing else
     */
    void add(String id, Predicate<Optional<RunReport>> listener) {
        count.incrementAndGet();
        later(0, new Follower(id, listener, 0));
    }

    /**
     * Somebody who is told.
     *
     * @param missed how often in a row nothing was known of the run
     */
    private record Follower(String id, Predicate<Optional<RunReport>> listener, int missed) {

        Follower missed(boolean once) {
            return new Follower(id, listener, once ? missed + 1 : 0);
        }
    }

    private void later(long millis, Follower follower) {
        try {
            threads.schedule(() -> tell(follower), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            count.decrementAndGet();
        }
    }

    private void tell(Follower follower) {
        var run = runs.apply(follower.id());
        var waits = run.isEmpty() && follower.missed() < MOST_MISSED;
        if (waits || follower.listener().test(run)) {
            later(EVERY_MILLIS, follower.missed(waits));
        } else {
            count.decrementAndGet();
        }
    }
}
