package io.cistern.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known about Redis at this moment. Asking costs one volatile read, so that whoever needs
 * Redis can be refused at once while it is away. Safe for use by many threads.
 */
public final class RedisLink {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
    private static final int TIMEOUTS_IN_A_ROW = 2;

    private final String address;
    private final RedisClock clock;
    private final Executor listenerThread;
    private final Runnable afterTimeouts;
    private final Stillness stillness;
    private final RedisAdvice advice;
    private final Map<RedisFailure.Kind, LongAdder> errors = new EnumMap<>(RedisFailure.Kind.class);
    private final AtomicInteger timeouts = new AtomicInteger();
    private final List<Runnable> upListeners = new ArrayList<>();
    private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
    private final Set<String> reasonsTold = new HashSet<>();
    private final CompletableFuture<State> settled = new CompletableFuture<>();
    private volatile boolean everUp;
    private volatile State state = new State(Status.DOWN, "connecting", "", Instant.now());

    /** How well Redis answers. */
    public enum Status {
        UP,
        /** It answers, but takes no changes: it is full, or too few replicas follow. */
        READ_ONLY,
        DOWN
    }

    /**
     * @param status how well Redis answers
     * @param reason why not better, such as {@code connection refused}; empty when up
     * @param advice names of settings to look at; empty where none is to blame
     * @param since when the status was last another one, by the wall clock
     */
    public record State(Status status, String reason, String advice, Instant since) {
        /** Why not better, and what to look at. */
        public String text() {
            return advice.isEmpty() ? reason : reason + " (see " + advice + ")";
        }
    }

    RedisLink(
            String address,
            RedisClock clock,
            Executor listenerThread,
            Runnable afterTimeouts,
            Stillness stillness,
            RedisAdvice advice) {
        this.stillness = stillness;
        this.advice = advice;
        this.address = address;
        this.clock = clock;
        this.listenerThread = listenerThread;
        this.afterTimeouts = afterTimeouts;
        for (var kind : RedisFailure.Kind.values()) {
            errors.put(kind, new LongAdder());
        }
    }

    /** Whether Redis answers reads. */
    public boolean isUp() {
        return state.status() != Status.DOWN;
    }

    /** Whether Redis answers reads and takes changes. */
    public boolean isWritable() {
        return state.status() == Status.UP;
    }

    /** The state with its reason. */
    public State state() {
        return state;
    }

    /** {@code host:port}. */
    public String address() {
        return address;
    }

    /** The first state that is known for sure; it may be DOWN. Completed on the link's thread. */
    public CompletionStage<State> settled() {
        return settled.minimalCompletionStage();
    }

    /**
     * Milliseconds since 1970 by Redis's clock, estimated from its TIME and the local monotonic
     * clock. The wall clock before the first contact; goes on from the last estimate while Redis is
     * away. It may jump when Redis's clock is set or another server takes over.
     */
    public long redisMillis() {
        return clock.millis();
    }

    /**
     * Errors since the start: failed attempts to connect, and commands that failed. Who is refused
     * because Redis is known to be away is not counted, nor is the pulse.
     */
    public long errors(RedisFailure.Kind kind) {
        return errors.get(kind).sum();
    }

    /**
     * Called on the link's own thread when Redis came (back) up; must not block. Who sees that
     * Redis is up and registers then is called for the next time, not for this one.
     */
    public synchronized void onUp(Runnable listener) {
        upListeners.add(listener);
    }

    /** Called on the link's own thread after each change of state; must not block. */
    void onChange(Runnable listener) {
        changeListeners.add(listener);
    }

    /** Whether its state is known for sure. */
    boolean isSettled() {
        return settled.isDone();
    }

    RedisUnavailableException unavailable() {
        var now = state;
        return new RedisUnavailableException(
                address, now.reason().isEmpty() ? "reconnecting" : now.reason());
    }

    /** Takes note of how a command ended. */
    void commandEnded(Throwable thrown) {
        if (thrown == null) {
            if (timeouts.get() != 0) {
                timeouts.set(0);
            }
            return;
        }
        var failure = RedisFailure.of(thrown);
        if (failure.equals(RedisFailure.REFUSED)) {
            return;
        }
        count(failure);
        if (failure.isTimeout() && stillness.isRecent()) {
            return;
        }
        if (failure.isTimeout() && timeouts.incrementAndGet() >= TIMEOUTS_IN_A_ROW) {
            timeouts.set(0);
            down(failure);
            listenerThread.execute(afterTimeouts);
        } else if (failure.kind() == RedisFailure.Kind.READ_ONLY) {
            // What a replica says may be old, so it is no better than nothing.
            down(failure);
        } else if (failure.kind() == RedisFailure.Kind.OUT_OF_MEMORY && isUp()) {
            readOnly(failure);
        }
    }

    void count(RedisFailure failure) {
        errors.get(failure.kind()).increment();
    }

    void up() {
        change(Status.UP, "", "");
    }

    void readOnly(RedisFailure failure) {
        change(Status.READ_ONLY, failure.reason(), advice.of(failure, everUp));
    }

    void down(RedisFailure failure) {
        change(Status.DOWN, failure.reason(), advice.of(failure, everUp));
    }

    /** A part of what this link stands for does not answer, or takes no changes. */
    void partly(RedisLink part) {
        var its = part.state();
        change(Status.READ_ONLY, part.address() + ": " + its.reason(), its.advice());
    }

    /** All that this link stands for is as this part. */
    void as(RedisLink part) {
        var its = part.state();
        change(its.status(), its.reason(), its.advice());
    }

    private synchronized void change(Status status, String reason, String advised) {
        var old = state;
        if (old.status() == status && old.reason().equals(reason)) {
            return;
        }
        var since = old.status() == status ? old.since() : Instant.now();
        var now = new State(status, reason, advised, since);
        state = now;
        tell(old, now);
        listenerThread.execute(() -> settled.complete(now));
        if (old.status() == Status.DOWN && status != Status.DOWN) {
            upListeners.forEach(this::call);
        }
        changeListeners.forEach(this::call);
    }

    /** One line for a change, and not again for a reason that comes and goes while it is down. */
    private void tell(State old, State now) {
        if (now.status() == Status.UP) {
            reasonsTold.clear();
            boolean wasUp = everUp;
            everUp = true;
            LOG.info(
                    "Redis at {} is up{}",
                    address,
                    wasUp
                            ? " again after %d ms"
                                    .formatted(
                                            Duration.between(old.since(), now.since()).toMillis())
                            : "");
        } else if (reasonsTold.add(now.reason())) {
            LOG.warn(
                    "Redis at {} {}: {}",
                    address,
                    now.status() == Status.DOWN ? "is down" : "takes no changes",
                    now.text());
        }
    }

    private void call(Runnable listener) {
        listenerThread.execute(
                () -> {
                    try {
                        listener.run();
                    } catch (RuntimeException e) {
                        LOG.error("A listener to the state of Redis failed", e);
                    }
                });
    }
}
