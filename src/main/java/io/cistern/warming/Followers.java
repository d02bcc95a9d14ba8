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
     * @param listener false once it does not listen any more
     */
    void add(String id, Predicate<RunReport> listener) {
        count.incrementAndGet();
        later(0, id, listener);
    }

    private void later(long millis, String id, Predicate<RunReport> listener) {
        try {
            threads.schedule(() -> tell(id, listener), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            count.decrementAndGet();
        }
    }

    private void tell(String id, Predicate<RunReport> listener) {
        var run = runs.apply(id);
        if (run.isPresent() && listener.test(run.get())) {
            later(EVERY_MILLIS, id, listener);
        } else {
            count.decrementAndGet();
        }
    }
}
