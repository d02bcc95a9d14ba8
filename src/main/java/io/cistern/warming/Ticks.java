package io.cistern.warming;

import io.cistern.warming.cluster.Coordinator;
import io.cistern.warming.strategy.Strategy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Firings of schedules, each of which one instance takes. */
final class Ticks {

    private static final Logger LOG = LoggerFactory.getLogger(Ticks.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Coordinator coordinator;
    private final ScheduledExecutorService threads;
    private final Predicate<Strategy> isWanted;
    private final Consumer<Strategy> begin;
    private final Map<String, Tick> latest = new ConcurrentHashMap<>();

    /** One firing. */
    private record Tick(Strategy strategy, long number, long began) {

        /** A run is worth its beginning so long as it might still be under way. */
        boolean isPast() {
            return System.nanoTime() - began > strategy.timeLimit().toNanos();
        }
    }

    /**
     * @param isWanted whether a strategy may run, and neither waits nor runs here
     * @param begin lets it run
     */
    Ticks(
            Coordinator coordinator,
            ScheduledExecutorService threads,
            Predicate<Strategy> isWanted,
            Consumer<Strategy> begin) {
        this.coordinator = coordinator;
        this.threads = threads;
        this.isWanted = isWanted;
        this.begin = begin;
    }

    /**
     * A schedule fires. Does not block.
     *
     * @param scheduled when it was due, milliseconds of the wall clock
     */
    void fire(Strategy strategy, long scheduled) {
        var number = strategy.schedule().map(s -> s.tick(scheduled)).orElse(scheduled);
        var tick = new Tick(strategy, number, System.nanoTime());
        latest.put(strategy.name(), tick);
        later(Duration.ZERO, () -> claim(tick));
    }

    private void claim(Tick tick) {
        if (!isOpen(tick)) {
            return;
        }
        switch (coordinator.claimTick(tick.strategy().name(), tick.number())) {
            case MINE -> begin.accept(tick.strategy());
            // Its instance may be gone, and then nobody would run it until the next firing.
            case OTHERS -> later(LOOK, () -> takeOver(tick));
            // What is due while the store is away is so still when it comes back.
            case UNKNOWN -> later(LOOK, () -> claim(tick));
            case DONE -> LOG.debug("{} is done by others", tick.strategy().name());
        }
    }

    private void takeOver(Tick tick) {
        if (!isOpen(tick)) {
            return;
        }
        switch (coordinator.claimLeft(tick.strategy().name())) {
            case MINE -> begin.accept(tick.strategy());
            case OTHERS, UNKNOWN -> later(LOOK, () -> takeOver(tick));
            case DONE -> LOG.debug("{} ran elsewhere: left out", tick.strategy().name());
        }
    }

    /** Whether it may still lead to a run; a later firing takes its place. */
    private boolean isOpen(Tick tick) {
        return latest.get(tick.strategy().name()) == tick
                && !tick.isPast()
                && isWanted.test(tick.strategy());
    }

    private void later(Duration delay, Runnable step) {
        try {
            threads.schedule(step, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("The instance stops: what is due is left out");
        }
    }
}
