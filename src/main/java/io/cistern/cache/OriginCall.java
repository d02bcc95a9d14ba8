package io.cistern.cache;

import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Timers;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/**
 * One call of an origin: it waits for its turn, has a hard time-out from the moment it was wanted,
 * and ends exactly once for those who wait. A call that overran goes on holding its place for as
 * long again, since it still burdens the origin; then the place is given to others, lest an origin
 * that never answers take them all.
 */
final class OriginCall {

    private final Loader loader;
    private final Loader.Request request;
    private final CachePolicy policy;
    private final Clock clock;
    private final Timers timers;
    private final BiConsumer<Observer.Load, Long> observer;
    private final Runnable onStart;
    private final BiConsumer<Map<String, Loader.Value>, Failure> onEnd;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile Loader.Call call;
    private volatile LoadGate.Turn turn;
    private volatile Timers.Timer timeout;
    private volatile Timers.Timer abandonment;
    private volatile boolean begun;
    private volatile boolean left;
    private volatile long started;

    /**
     * @param origin how origins of this cache are called
     * @param request what to load
     * @param onStart runs when the call begins
     * @param onEnd gets the values or the failure, once; never throws
     */
    OriginCall(
            Origin origin,
            Loader.Request request,
            Runnable onStart,
            BiConsumer<Map<String, Loader.Value>, Failure> onEnd) {
        this.loader = origin.loader();
        this.request = request;
        this.policy = origin.policy();
        this.clock = origin.clock();
        this.timers = origin.timers();
        this.observer = origin.observer();
        this.onStart = onStart;
        this.onEnd = onEnd;
    }

    /** Begins, or fails at once if too many wait already. */
    void begin(LoadGate gate) {
        started = clock.nanos();
        timeout = timers.after(policy.hardTimeout(), this::expire);
        var place = gate.enter(this::call);
        if (place == null) {
            end(
                    Observer.Load.REFUSED,
                    null,
                    Failure.of(
                            Failure.Kind.BULKHEAD_FULL,
                            "too many loads of this cache run and wait"));
        } else {
            turn = place;
        }
    }

    /**
     * Begins if it need not wait for its turn.
     *
     * @return false where it would have to: then nothing has happened, and nothing will
     */
    boolean beginAtOnce(LoadGate gate) {
        started = clock.nanos();
        timeout = timers.after(policy.hardTimeout(), this::expire);
        var place = gate.enterAtOnce(this::call);
        if (place == null && ended.compareAndSet(false, true)) {
            timeout.cancel();
            return false;
        }
        return true;
    }

    private void call(LoadGate.Turn mine) {
        turn = mine;
        begun = true;
        // The time-out looks at these two in the opposite order: one of both sees the other.
        if (ended.get()) {
            mine.end();
            return;
        }
        started = clock.nanos();
        try {
            onStart.run();
            var underway = Objects.requireNonNull(loader.load(request), "the call");
            call = underway;
            if (ended.get()) {
                tellExpired();
            }
            underway.values()
                    .whenComplete(
                            (values, error) -> {
                                leave();
                                if (error == null) {
                                    succeed(values);
                                } else {
                                    fail(Stages.cause(error));
                                }
                            });
        } catch (RuntimeException | Error e) {
            leave();
            fail(e);
        }
    }

    /** The origin is done with it. */
    private void leave() {
        left = true;
        var giveUp = abandonment;
        if (giveUp != null) {
            giveUp.cancel();
        }
        turn.end();
    }

    private void succeed(Map<String, Loader.Value> values) {
        if (values == null) {
            fail(new IllegalStateException("an origin without an answer"));
            return;
        }
        var found = values.values().stream().anyMatch(value -> value != null && !value.negative());
        end(found ? Observer.Load.SUCCESS : Observer.Load.MISSING, values, null);
    }

    private void fail(Throwable error) {
        if (error instanceof Loader.RefusedException refused) {
            end(
                    Observer.Load.REFUSED,
                    null,
                    new Failure(Failure.Kind.REFUSED, refused.getMessage(), refused.retryAfter()));
        } else {
            end(Observer.Load.ERROR, null, Failure.of(error));
        }
    }

    private void expire() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        // First the origin, then those who wait: they may load again.
        try {
            if (begun) {
                abandon();
            } else if (turn != null) {
                turn.end();
            }
        } finally {
            tell(
                    Observer.Load.TIMEOUT,
                    null,
                    Failure.of(
                            Failure.Kind.TIMEOUT,
                            "the origin took longer than "
                                    + policy.hardTimeout().toMillis()
                                    + " ms"));
        }
    }

    private void abandon() {
        var giveUp = timers.after(policy.hardTimeout(), turn::end);
        abandonment = giveUp;
        if (left) {
            giveUp.cancel();
        }
        tellExpired();
    }

    private void tellExpired() {
        var underway = call;
        if (underway != null && told.compareAndSet(false, true)) {
            underway.expire();
        }
    }

    private void end(Observer.Load result, Map<String, Loader.Value> values, Failure failure) {
        if (ended.compareAndSet(false, true)) {
            tell(result, values, failure);
        }
    }

    private void tell(Observer.Load result, Map<String, Loader.Value> values, Failure failure) {
        var timer = timeout;
        if (timer != null) {
            timer.cancel();
        }
        try {
            observer.accept(result, clock.nanos() - started);
        } finally {
            onEnd.accept(values, failure);
        }
    }

    /** What calls of one cache's origin have in common. */
    record Origin(
            Loader loader,
            CachePolicy policy,
            Clock clock,
            Timers timers,
            BiConsumer<Observer.Load, Long> observer) {}
}
