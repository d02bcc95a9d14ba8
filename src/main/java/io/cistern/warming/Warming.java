package io.cistern.warming;

import io.cistern.settings.WarmingSettings;
import io.cistern.warming.cluster.Coordinator;
import io.cistern.warming.cluster.Coordinator.Claim;
import io.cistern.warming.cluster.Coordinator.Order;
import io.cistern.warming.popular.PopularKeys;
import io.cistern.warming.run.Run;
import io.cistern.warming.run.RunQueue;
import io.cistern.warming.run.RunReport;
import io.cistern.warming.strategy.PopularSource;
import io.cistern.warming.strategy.Strategy;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The strategies that are defined now, and their runs. Strategies come and go with their routes;
 * runs go on with what they began with.
 */
public final class Warming implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Warming.class);
    private static final long BEAT_MILLIS = 1000;
    private static final long STOP_SECONDS = 2;
    private static final int BEATS_BETWEEN_LOOKS = 10;
    private static final Duration TURN_LOOK = Duration.ofMillis(250);

    private final Object reporting = new Object();
    private final WarmingSettings settings;
    private final Coordinator coordinator;
    private final PopularKeys popular;
    private final Workers workers;
    private final Map<String, Strategy> strategies = new ConcurrentHashMap<>();
    private final Map<String, Run> runs = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor threads;
    private final RunQueue queue;
    private final Followers followers;
    private final StartUp startUp;
    private final Ticks ticks;
    private final Successes successes;
    private volatile Consumer<Run> listener = run -> {};
    private volatile Consumer<String> definitions = name -> {};
    private volatile Consumer<String> removals = name -> {};
    private int beats;

    /**
     * @param settings whether and how many at once
     * @param coordinator what other instances do
     * @param popular which keys are asked for most
     * @param performer performs a run on the calling thread
     */
    public Warming(
            WarmingSettings settings,
            Coordinator coordinator,
            PopularKeys popular,
            Consumer<Run> performer) {
        this.popular = popular;
        this.settings = settings;
        this.coordinator = coordinator;
        this.workers = new Workers(performer);
        var number = new AtomicInteger();
        this.threads =
                new ScheduledThreadPoolExecutor(
                        settings.concurrency() + 3,
                        task -> {
                            var thread = new Thread(task, "warming-" + number.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        });
        this.threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.queue = new RunQueue(settings.concurrency(), threads, this::perform);
        this.followers = new Followers(threads, this::run);
        this.successes = new Successes(coordinator);
        this.startUp = new StartUp(coordinator, threads, this::atStart, this::isWanted);
        this.ticks =
                new Ticks(
                        coordinator,
                        threads,
                        this::isDue,
                        strategy -> add(strategy, Run.Trigger.SCHEDULE));
        threads.scheduleWithFixedDelay(this::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A strategy is defined, perhaps anew. */
    void add(Strategy strategy) {
        var before = strategies.put(strategy.name(), strategy);
        successes.defined(strategy.name());
        definitions.accept(strategy.name());
        outlive(strategy.name(), before, strategy);
    }

    /** A strategy's definition is gone, unless another has taken its place. */
    void remove(Strategy strategy) {
        if (strategies.remove(strategy.name(), strategy)) {
            removals.accept(strategy.name());
            outlive(strategy.name(), strategy, null);
        }
    }

    private void outlive(String name, Strategy before, Strategy now) {
        if (before != null && !before.equals(now)) {
            runs.values().stream()
                    .filter(run -> run.strategy().name().equals(name))
                    .filter(run -> !run.strategy().equals(now))
                    .forEach(Run::outlivesDefinition);
        }
    }

    /** All that are defined, the most urgent first. */
    public List<Strategy> strategies() {
        return strategies.values().stream()
                .sorted(Comparator.comparingInt(Strategy::priority).thenComparing(Strategy::name))
                .toList();
    }

    public Optional<Strategy> strategy(String name) {
        return Optional.ofNullable(strategies.get(name));
    }

    /** Whether a strategy runs when it is due. */
    public boolean isEnabled(Strategy strategy) {
        return coordinator.switches().getOrDefault(strategy.name(), strategy.enabled());
    }

    /** Whether warming may run at all. */
    public boolean isOn() {
        return settings.enabled();
    }

    /**
     * Turns a strategy on or off, on all instances and over restarts.
     *
     * @throws IllegalStateException if that can't be kept
     */
    public void turn(Strategy strategy, boolean on) {
        coordinator.turn(strategy.name(), on);
    }

    /**
     * A schedule fires.
     *
     * @param name of the strategy
     * @param scheduled when it was due, milliseconds of the wall clock
     */
    void fire(String name, long scheduled) {
        var strategy = strategies.get(name);
        if (strategy == null) {
            return;
        }
        // Not on the scheduler's thread: others are due at the same moment.
        ticks.fire(strategy, scheduled);
    }

    private boolean isDue(Strategy strategy) {
        return isWanted(strategy) && !queue.has(strategy.name());
    }

    /**
     * Runs a strategy as soon as its turn comes.
     *
     * @return the run; the one that waits already, where there is one
     */
    public RunReport demand(Strategy strategy) {
        return add(strategy, Run.Trigger.DEMAND).report();
    }

    private Run add(Strategy strategy, Run.Trigger trigger) {
        return add(List.of(make(strategy, trigger))).get(0);
    }

    private List<Run> add(Collection<Run> made) {
        var taken = queue.add(made);
        taken.stream()
                .filter(run -> runs.putIfAbsent(run.id(), run) == null)
                .forEach(run -> run.end().thenAccept(this::ended));
        return taken;
    }

    private Run make(Strategy strategy, Run.Trigger trigger) {
        var id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        return new Run(id, strategy, trigger, coordinator.instance());
    }

    /** Runs all strategies that are to run when an instance starts. */
    public void startUp() {
        coordinator.refresh();
        var due = strategies().stream().filter(Strategy::onStartup).filter(this::isWanted).toList();
        if (!due.isEmpty()) {
            startUp.run(due);
            Progress.show(startUp, threads);
        }
    }

    private boolean isWanted(Strategy strategy) {
        return settings.enabled()
                && isEnabled(strategy)
                && strategy.equals(strategies.get(strategy.name()));
    }

    private List<Run> atStart(Collection<Strategy> due) {
        return add(due.stream().map(each -> make(each, Run.Trigger.STARTUP)).toList());
    }

    /** The strategies whose start-up runs hold readiness up. */
    public Set<String> holdingReadiness() {
        return startUp.holding();
    }

    /** Lets somebody hear of every run that ends here; to be called before any does. */
    public void onEnd(Consumer<Run> somebody) {
        listener = somebody;
    }

    /**
     * Lets somebody hear the names of strategies; before any is defined.
     *
     * @param defined hears of each that is, perhaps anew
     * @param removed hears of each that is gone, perhaps to come back
     */
    public void onDefinition(Consumer<String> defined, Consumer<String> removed) {
        definitions = defined;
        removals = removed;
    }

    /** How long ago a strategy was completed last, on whatever instance, or defined. */
    public Duration sinceSuccess(String strategy) {
        return successes.since(strategy);
    }

    private void perform(Run run) {
        run.started();
        try {
            if (awaitTurn(run)) {
                workers.perform(run);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            run.cancel();
        } catch (RuntimeException e) {
            LOG.error("Warming {} failed", run.strategy().name(), e);
            run.fail(e);
        }
        run.endUnfinished();
    }

    /** Waits while another instance runs the strategy; false where that takes too long. */
    private boolean awaitTurn(Run run) throws InterruptedException {
        while (coordinator.begin(run.report()) == Claim.OTHERS) {
            if (run.trigger() == Run.Trigger.SCHEDULE) {
                run.cancel("another instance runs the strategy");
                return false;
            }
            run.waitsFor("a run on another instance");
            run.pause(TURN_LOOK);
            if (run.mustEnd()) {
                return false;
            }
        }
        run.waitsFor(null);
        return true;
    }

    private void ended(Run run) {
        synchronized (reporting) {
            coordinator.end(run.report());
        }
        runs.remove(run.id());
        if (run.trigger() == Run.Trigger.STARTUP) {
            startUp.ended(run);
        }
        if (run.state() == Run.State.COMPLETED) {
            successes.completed(run.strategy().name());
        }
        listener.accept(run);
        RunLog.tell(run.report(), run.duration());
    }

    private void beat() {
        try {
            coordinator.refresh();
            popular.watch(watched());
            if (++beats % BEATS_BETWEEN_LOOKS == 0) {
                strategies.keySet().forEach(successes::look);
            }
            for (var run : runs.values()) {
                if (run.trigger() == Run.Trigger.STARTUP) {
                    startUp.keep(run);
                }
                report(run);
            }
        } catch (RuntimeException e) {
            LOG.warn("Runs can't be reported: {}", e.toString());
        }
    }

    /** The caches of which some strategy wants to know what is popular. */
    private Set<String> watched() {
        return strategies.values().stream()
                .map(strategy -> PopularSource.of(strategy.source()))
                .filter(Objects::nonNull)
                .map(PopularSource::cache)
                .collect(Collectors.toSet());
    }

    private void report(Run run) {
        Order order;
        // What is told last has to be the end.
        synchronized (reporting) {
            if (run.isOver()) {
                return;
            }
            order = coordinator.report(run.report());
        }
        if (order == Order.GIVE_UP) {
            run.cut("another instance took the strategy over");
        } else if (order == Order.CANCEL) {
            queue.cancel(run);
        }
    }

    /** A run of this or another instance, as long as it is remembered. */
    public Optional<RunReport> run(String id) {
        return Optional.ofNullable(runs.get(id)).map(Run::report).or(() -> coordinator.run(id));
    }

    /** Whether one more may follow a run. */
    boolean mayFollow() {
        return followers.isRoom();
    }

    /**
     * Tells how a run goes on until it is over.
     *
     * @param listener false once it does not listen any more; gets nothing when the run is gone,
     *     and then nothing else
     */
    void follow(String id, Predicate<Optional<RunReport>> listener) {
        followers.add(id, listener);
    }

    /** Runs that wait or are under way here. */
    public List<RunReport> underWay() {
        return queue.list().stream().map(Run::report).toList();
    }

    /** The run of a strategy that is under way or was the last, here or elsewhere. */
    public Optional<RunReport> lastRun(String strategy) {
        return runs.values().stream()
                .filter(run -> run.strategy().name().equals(strategy))
                .filter(run -> run.state() == Run.State.RUNNING)
                .findFirst()
                .map(Run::report)
                .or(() -> coordinator.lastRun(strategy));
    }

    /**
     * Asks a run to end, wherever it is.
     *
     * @return false if it can't be asked
     */
    public boolean cancel(String id) {
        var run = runs.get(id);
        if (run == null) {
            return coordinator.cancel(id);
        }
        queue.cancel(run);
        return true;
    }

    /** Ends all runs and waits for them, for a bounded time. */
    @Override
    public void close() {
        queue.close();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
        coordinator.close();
    }
}
