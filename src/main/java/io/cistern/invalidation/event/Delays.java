package io.cistern.invalidation.event;

import io.cistern.cache.spi.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events that are to be applied once more after a while. They are held in memory: what an instance
 * holds when it dies is lost. What comes due within a tenth of a second is applied together, later
 * rather than sooner, and again until the store takes it.
 */
final class Delays implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Delays.class);

    private static final long TICK_NANOS = Duration.ofMillis(100).toNanos();
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration LAST = Duration.ofSeconds(1);

    private final Timers timers;
    private final LongSupplier nanos;
    private final int mostNames;
    private final BiFunction<List<InvalidationEvent>, String, CompletionStage<?>> apply;
    private final TreeMap<Long, List<Waiting>> ticks = new TreeMap<>();

    /** Those that came due, and did not take effect yet. */
    private final Set<Waiting> due = Collections.newSetFromMap(new IdentityHashMap<>());

    private final long origin;
    private int names;
    private boolean closed;

    /** Events of one source that wait together. */
    private record Waiting(List<InvalidationEvent> events, String source, int names) {}

    /**
     * @param timers for when they come due
     * @param nanos a monotonic time
     * @param mostNames how many keys, tags and patterns wait at most
     * @param apply applies events of a source
     */
    Delays(
            Timers timers,
            LongSupplier nanos,
            int mostNames,
            BiFunction<List<InvalidationEvent>, String, CompletionStage<?>> apply) {
        this.timers = timers;
        this.nanos = nanos;
        this.mostNames = mostNames;
        this.apply = apply;
        this.origin = nanos.getAsLong();
    }

    /** How many names wait. */
    synchronized int names() {
        return names;
    }

    /**
     * Keeps room for events that are yet to be applied for the first time.
     *
     * @return how many names that is, to be given to {@link #add} or {@link #giveUp}; -1 where
     *     there is no room now
     */
    synchronized int reserve(List<InvalidationEvent> events) {
        var wanted = events.stream().mapToInt(InvalidationEvent::delayedNames).sum();
        if (wanted > mostNames - names) {
            return -1;
        }
        names += wanted;
        return wanted;
    }

    synchronized void giveUp(int reserved) {
        names -= reserved;
    }

    /** Lets events wait, each for its delay from now on. */
    synchronized void add(List<InvalidationEvent> events, String source, int reserved) {
        if (closed) {
            names -= reserved;
            lost(events.size());
            return;
        }
        var left = new TreeMap<Long, List<InvalidationEvent>>();
        for (var event : events) {
            var due = nanos.getAsLong() - origin + event.delay().toNanos();
            left.computeIfAbsent(due / TICK_NANOS + 1, any -> new ArrayList<>()).add(event);
        }
        left.forEach(
                (tick, some) ->
                        wait(
                                tick,
                                new Waiting(
                                        some,
                                        source,
                                        some.stream()
                                                .mapToInt(InvalidationEvent::delayedNames)
                                                .sum())));
    }

    private void wait(long tick, Waiting waiting) {
        var there = ticks.get(tick);
        if (there != null) {
            there.add(waiting);
            return;
        }
        ticks.put(tick, new ArrayList<>(List.of(waiting)));
        var rest = tick * TICK_NANOS - (nanos.getAsLong() - origin);
        timers.after(Duration.ofNanos(Math.max(0, rest)), () -> due(tick));
    }

    private void due(long tick) {
        List<Waiting> now;
        synchronized (this) {
            now = ticks.remove(tick);
            if (now == null) {
                return;
            }
            due.addAll(now);
        }
        now.forEach(this::apply);
    }

    private void apply(Waiting waiting) {
        apply.apply(waiting.events, waiting.source)
                .whenComplete(
                        (done, error) -> {
                            synchronized (this) {
                                if (error == null || closed) {
                                    remove(waiting);
                                    return;
                                }
                            }
                            timers.after(AGAIN, () -> again(waiting));
                        });
    }

    private void remove(Waiting waiting) {
        if (due.remove(waiting)) {
            names -= waiting.names;
        }
    }

    private void again(Waiting waiting) {
        synchronized (this) {
            if (closed) {
                return;
            }
        }
        apply(waiting);
    }

    /** Applies what waits now, rather than never, and tells how much could not be. */
    @Override
    public void close() {
        List<Waiting> rest;
        synchronized (this) {
            closed = true;
            ticks.values().forEach(due::addAll);
            ticks.clear();
            rest = List.copyOf(due);
        }
        var works =
                rest.stream()
                        .map(each -> apply.apply(each.events, each.source).toCompletableFuture())
                        .toList();
        try {
            CompletableFuture.allOf(works.toArray(CompletableFuture[]::new))
                    .get(LAST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("Not all that waited took effect", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var lost = 0;
        for (var i = 0; i < works.size(); i++) {
            if (!works.get(i).isDone() || works.get(i).isCompletedExceptionally()) {
                lost += rest.get(i).events.size();
            }
        }
        synchronized (this) {
            rest.forEach(this::remove);
        }
        lost(lost);
    }

    private static void lost(int events) {
        if (events > 0) {
            LOG.warn("Delayed invalidations that are lost: {}", events);
        }
    }
}
