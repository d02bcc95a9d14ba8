package io.cistern.invalidation.feed;

import io.cistern.invalidation.event.InvalidationEvent;
import io.cistern.invalidation.event.Invalidator;
import io.cistern.invalidation.event.Invalidator.Result;
import io.cistern.redis.Backoff;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Lets events take effect, and does not give up: while the shared store is away, all wait. What
 * comes while others take effect is gathered and goes as one, so that a storm of single events
 * costs as little as batches do, and a single one does not wait for others.
 *
 * <p>It holds as much as its callers give before they wait, and they wait for each gift.
 */
public final class EffectQueue implements AutoCloseable {

    /** More in one go would make all of them wait for the last. */
    private static final int MOST_EVENTS = 10_000;

    private final Function<List<InvalidationEvent>, CompletionStage<List<Result>>> effect;
    private final ScheduledExecutorService timer;
    private final Feed feed;
    private final ArrayDeque<Gift> waiting = new ArrayDeque<>();
    private final Backoff backoff = new Backoff();
    private List<Gift> underWay = List.of();
    private int alone;
    private boolean busy;
    private boolean open;
    private boolean closed;

    private record Gift(List<InvalidationEvent> events, CompletableFuture<List<Result>> effective) {

        int delayedNames() {
            return events.stream().mapToInt(InvalidationEvent::delayedNames).sum();
        }
    }

    EffectQueue(
            Function<List<InvalidationEvent>, CompletionStage<List<Result>>> effect,
            ScheduledExecutorService timer,
            Feed feed,
            boolean open) {
        this.effect = effect;
        this.timer = timer;
        this.feed = feed;
        this.open = open;
    }

    /**
     * Lets events take effect, before or after those of other callers.
     *
     * @param events any number
     * @return ends when all of them took effect, with a result for each in their order; fails only
     *     if one of them can't ever, or with {@link CancellationException} when this is closed.
     *     Cancelling it takes the events back as long as nothing was begun with them
     */
    public CompletableFuture<List<Result>> submit(List<InvalidationEvent> events) {
        if (events.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        var parts = parts(events);
        return parts.size() == 1 ? give(events) : together(parts.stream().map(this::give).toList());
    }

    /** Of more events with a delay than may wait at once, those at the end wait for the others. */
    private static List<List<InvalidationEvent>> parts(List<InvalidationEvent> events) {
        var parts = new ArrayList<List<InvalidationEvent>>();
        var from = 0;
        var names = 0;
        for (var i = 0; i < events.size(); i++) {
            var more = events.get(i).delayedNames();
            if (i > from && names + more > Invalidator.MOST_DELAYED) {
                parts.add(events.subList(from, i));
                from = i;
                names = 0;
            }
            names += more;
        }
        parts.add(events.subList(from, events.size()));
        return parts;
    }

    private static CompletableFuture<List<Result>> together(
            List<CompletableFuture<List<Result>>> parts) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done -> parts.stream().flatMap(part -> part.join().stream()).toList());
    }

    private CompletableFuture<List<Result>> give(List<InvalidationEvent> events) {
        var gift = new Gift(events, new CompletableFuture<>());
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(stopped());
            }
            waiting.add(gift);
            if (!open) {
                feed.pause(this, "the routes folder is being loaded");
            }
        }
        next();
        return gift.effective();
    }

    /** All caches are known now: what waits may take effect. */
    void open() {
        synchronized (this) {
            open = true;
        }
        feed.resume(this);
        next();
    }

    private void next() {
        List<Gift> gifts;
        synchronized (this) {
            if (busy || !open || closed) {
                return;
            }
            gifts = take();
            if (gifts.isEmpty()) {
                return;
            }
            busy = true;
            underWay = gifts;
        }
        begin(gifts);
    }

    private List<Gift> take() {
        var gifts = new ArrayList<Gift>();
        var size = 0;
        var names = 0;
        while (!waiting.isEmpty()) {
            var more = waiting.peek().events().size();
            var moreNames = waiting.peek().delayedNames();
            if (!gifts.isEmpty()
                    && (alone > 0
                            || size + more > MOST_EVENTS
                            || names + moreNames > Invalidator.MOST_DELAYED)) {
                break;
            }
            var gift = waiting.poll();
            if (!gift.effective().isDone()) {
                gifts.add(gift);
                size += more;
                names += moreNames;
            }
        }
        alone = Math.max(0, alone - 1);
        return gifts;
    }

    private void begin(List<Gift> gifts) {
        List<InvalidationEvent> all =
                gifts.size() == 1
                        ? gifts.get(0).events()
                        : gifts.stream().flatMap(gift -> gift.events().stream()).toList();
        CompletionStage<List<Result>> work;
        try {
            work = effect.apply(all);
        } catch (RuntimeException e) {
            work = CompletableFuture.failedFuture(e);
        }
        work.whenComplete((results, error) -> ended(gifts, results, error));
    }

    private void ended(List<Gift> gifts, List<Result> results, Throwable error) {
        if (error != null) {
            failed(gifts, error instanceof CompletionException e ? e.getCause() : error);
            return;
        }
        backoff.reset();
        feed.resume(this);
        var from = 0;
        for (var gift : gifts) {
            var to = from + gift.events().size();
            feed.applied(gift.events());
            gift.effective().complete(List.copyOf(results.subList(from, to)));
            from = to;
        }
        done();
    }

    private void done() {
        synchronized (this) {
            busy = false;
            underWay = List.of();
        }
        next();
    }

    /** Nothing is known of what took effect: all of it is done again, which is harmless. */
    private void failed(List<Gift> gifts, Throwable error) {
        if (error instanceof IllegalArgumentException) {
            hopeless(gifts, error);
            return;
        }
        synchronized (this) {
            if (closed) {
                return;
            }
            feed.pause(this, Failures.reason(error));
        }
        var left = gifts.stream().filter(gift -> !gift.effective().isDone()).toList();
        if (left.isEmpty()) {
            done();
        } else {
            timer.schedule(() -> begin(left), backoff.next(), TimeUnit.MILLISECONDS);
        }
    }

    /** Of a single gift it is known whose fault it is; of several each is tried alone. */
    private void hopeless(List<Gift> gifts, Throwable error) {
        if (gifts.size() == 1) {
            gifts.get(0).effective().completeExceptionally(error);
        } else {
            synchronized (this) {
                for (var i = gifts.size() - 1; i >= 0; i--) {
                    waiting.addFirst(gifts.get(i));
                }
                alone = gifts.size();
            }
        }
        done();
    }

    /** What did not take effect yet never will: those who wait are told so. */
    @Override
    public void close() {
        var left = new ArrayList<Gift>();
        synchronized (this) {
            closed = true;
            left.addAll(underWay);
            left.addAll(waiting);
            waiting.clear();
        }
        left.forEach(gift -> gift.effective().completeExceptionally(stopped()));
        feed.gone(this);
    }

    private static CancellationException stopped() {
        return new CancellationException("the feed has been stopped");
    }
}
