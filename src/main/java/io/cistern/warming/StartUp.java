package io.cistern.warming;

import io.cistern.warming.cluster.Coordinator;
import io.cistern.warming.cluster.Coordinator.Claim;
import io.cistern.warming.run.Run;
import io.cistern.warming.strategy.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/** The runs at the start of an instance, of which one instance does each. */
final class StartUp {

    private static final Duration LOOK = Duration.ofMillis(500);

    private final Coordinator coordinator;
    private final ScheduledExecutorService threads;
    private final Function<Collection<Strategy>, List<Run>> begin;
    private final Predicate<Strategy> isWanted;
    private final Set<String> holding = new ConcurrentSkipListSet<>();
    private final List<Run> runs = new CopyOnWriteArrayList<>();
    private volatile boolean settled;

    /**
     * @param begin lets strategies run, none before all wait for their turn
     * @param isWanted whether a strategy is still to run
     */
    StartUp(
            Coordinator coordinator,
            ScheduledExecutorService threads,
            Function<Collection<Strategy>, List<Run>> begin,
            Predicate<Strategy> isWanted) {
        this.coordinator = coordinator;
        this.threads = threads;
        this.begin = begin;
        this.isWanted = isWanted;
    }

    /** Runs strategies, as far as no other instance does or has just done so. */
    void run(List<Strategy> strategies) {
        for (var strategy : strategies) {
            if (strategy.readiness()) {
                holding.add(strategy.name());
                later(strategy.readinessTimeout(), () -> holding.remove(strategy.name()));
            }
        }
        attempt(strategies);
    }

    private void attempt(List<Strategy> strategies) {
        var mine = new ArrayList<Strategy>();
        var open = new ArrayList<Strategy>();
        for (var strategy : strategies) {
            var claim =
                    isWanted.test(strategy)
                            ? coordinator.claimStartup(strategy.name(), strategy.digest())
                            : Claim.DONE;
            switch (claim) {
                case MINE -> mine.add(strategy);
                case DONE -> holding.remove(strategy.name());
                // Whoever does it may go away before it is done; and it may hold readiness up.
                case OTHERS, UNKNOWN -> open.add(strategy);
            }
        }
        if (!mine.isEmpty()) {
            for (var run : begin.apply(mine)) {
                runs.add(run);
                run.end().thenAccept(ended -> holding.remove(ended.strategy().name()));
            }
        }
        settled = open.isEmpty();
        if (!open.isEmpty()) {
            later(LOOK, () -> attempt(open));
        }
    }

    /** A run goes on; to be called every second. */
    synchronized void keep(Run run) {
        if (!run.isOver()) {
            coordinator.keepStartup(run.strategy().name(), run.strategy().digest());
        }
    }

    /** A run is over. It is not kept after that. */
    synchronized void ended(Run run) {
        coordinator.endStartup(
                run.strategy().name(), run.strategy().digest(), run.state() != Run.State.CANCELLED);
    }

    private void later(Duration delay, Runnable task) {
        try {
            threads.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            holding.clear();
        }
    }

    /** The strategies that hold readiness up. */
    Set<String> holding() {
        return new TreeSet<>(holding);
    }

    /** Whether it is known of each strategy who runs it: no run begins here any more. */
    boolean isSettled() {
        return settled;
    }

    /** The runs that were begun here so far. */
    List<Run> runs() {
        return List.copyOf(runs);
    }
}
