package io.cistern.warming.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs that wait for their turn: so many at once, the most urgent first, then whoever came first. A
 * strategy never runs twice at once, and waits once at most.
 */
public final class RunQueue {

    /** What is due at the same moment comes one after another: so it can be put in order. */
    private static final Duration GATHERING = Duration.ofMillis(50);

    private final int concurrency;
    private final Duration gathering;
    private final ScheduledExecutorService threads;
    private final Consumer<Run> work;
    private final PriorityQueue<Place> waiting =
            new PriorityQueue<>(
                    Comparator.comparingInt((Place place) -> place.run.strategy().priority())
                            .thenComparingLong(place -> place.number));
    private final List<Run> running = new ArrayList<>();
    private long numbers;
    private long gatheredAt = System.nanoTime();
    private boolean closed;

    private record Place(Run run, long number) {}

    /**
     * @param concurrency how many at once
     * @param threads as many as that, and one
     * @param work what a run does; it returns at its end
     */
    public RunQueue(int concurrency, ScheduledExecutorService threads, Consumer<Run> work) {
        this(concurrency, GATHERING, threads, work);
    }

    RunQueue(
            int concurrency,
            Duration gathering,
            ScheduledExecutorService threads,
            Consumer<Run> work) {
        this.concurrency = concurrency;
        this.gathering = gathering;
        this.threads = threads;
        this.work = work;
    }

    /**
     * Lets runs wait for their turn; of several, none starts before all wait. What somebody asks
     * for is not due at the same moment as anything else, and starts at once where it may.
     *
     * @return those that were taken; of a strategy that waits already, the one that does
     */
    public synchronized List<Run> add(Collection<Run> runs) {
        var taken = new ArrayList<Run>();
        for (var run : runs) {
            var present = waitingOf(run.strategy().name());
            if (closed) {
                run.ended(Run.State.CANCELLED);
            } else if (present == null) {
                waiting.add(new Place(run, numbers++));
            }
            taken.add(present == null ? run : present);
        }
        if (!closed) {
            startSoon(runs);
        }
        return taken;
    }

    private void startSoon(Collection<Run> runs) {
        if (runs.stream().allMatch(RunQueue::isAskedFor)) {
            threads.execute(this::startNext);
            return;
        }
        var now = System.nanoTime();
        if (now - gatheredAt >= 0) {
            gatheredAt = now + gathering.toNanos();
        }
        threads.schedule(this::startNext, gathering.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static boolean isAskedFor(Run run) {
        return run.trigger() == Run.Trigger.DEMAND;
    }

    private Run waitingOf(String strategy) {
        return waiting.stream()
                .map(Place::run)
                .filter(run -> run.strategy().name().equals(strategy))
                .findFirst()
                .orElse(null);
    }

    /** Whether a run of a strategy is under way here. */
    public synchronized boolean isRunning(String strategy) {
        return running.stream().anyMatch(run -> run.strategy().name().equals(strategy));
    }

    /** Whether a run of a strategy waits or is under way here. */
    public synchronized boolean has(String strategy) {
        return isRunning(strategy) || waitingOf(strategy) != null;
    }

    /** Those that run, and those that wait in their order. */
    public synchronized List<Run> list() {
        var all = new ArrayList<>(running);
        waiting.stream().sorted(waiting.comparator()).map(Place::run).forEach(all::add);
        return all;
    }

    /** Ends a run: at once if it waits, else as soon as it can. */
    public void cancel(Run run) {
        synchronized (this) {
            if (waiting.removeIf(place -> place.run == run)) {
                run.cancel();
                run.ended(Run.State.CANCELLED);
                return;
            }
        }
        run.cancel();
    }

    private void startNext() {
        for (var run = next(); run != null; run = next()) {
            var started = run;
            try {
                threads.execute(() -> perform(started));
            } catch (RejectedExecutionException e) {
                over(started);
                started.ended(Run.State.CANCELLED);
            }
        }
    }

    private synchronized Run next() {
        if (closed || running.size() >= concurrency) {
            return null;
        }
        var gathers = System.nanoTime() - gatheredAt < 0;
        var free =
                waiting.stream()
                        .sorted(waiting.comparator())
                        .filter(place -> !gathers || isAskedFor(place.run))
                        .filter(place -> !isRunning(place.run.strategy().name()))
                        .findFirst();
        free.ifPresent(
                place -> {
                    waiting.remove(place);
                    running.add(place.run);
                });
        return free.map(Place::run).orElse(null);
    }

    private void perform(Run run) {
        try {
            work.accept(run);
        } finally {
            over(run);
        }
        startNext();
    }

    private synchronized void over(Run run) {
        running.remove(run);
    }

    /** Takes no more, and asks all to end. */
    public void close() {
        List<Run> all;
        synchronized (this) {
            closed = true;
            all = list();
        }
        all.forEach(this::cancel);
    }
}
