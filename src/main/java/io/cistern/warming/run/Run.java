package io.cistern.warming.run;

import io.cistern.settings.DurationText;
import io.cistern.warming.strategy.Strategy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One execution of a strategy. Safe for use by many threads. */
public final class Run {

    private static final int MAX_ERRORS = 10;

    private final String id;
    private final Strategy strategy;
    private final Trigger trigger;
    private final String instance;
    private final Instant requestedAt = Instant.now();
    private final AtomicLong seen = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong turns = new AtomicLong();
    private final List<String> errors = new ArrayList<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final CompletableFuture<Run> end = new CompletableFuture<>();
    private volatile State state = State.QUEUED;
    private volatile Long total;
    private volatile Instant startedAt;
    private volatile Instant endedAt;
    private volatile long startedNanos;
    private volatile long endedNanos;
    private volatile boolean former;
    private volatile String waitingFor;
    private volatile String cut;

    /** How a run stands. */
    public enum State {
        QUEUED,
        RUNNING,
        COMPLETED,
        /** Something of it is warm, something is not. */
        PARTIAL,
        FAILED,
        CANCELLED
    }

    /** Why it runs. */
    public enum Trigger {
        STARTUP,
        SCHEDULE,
        DEMAND
    }

    /**
     * @param id unlike that of any other run
     * @param strategy as it is defined now
     * @param trigger why it runs
     * @param instance the name of this instance
     */
    public Run(String id, Strategy strategy, Trigger trigger, String instance) {
        this.id = id;
        this.strategy = strategy;
        this.trigger = trigger;
        this.instance = instance;
    }

    public String id() {
        return id;
    }

    /** The definition that it goes by, whatever becomes of the strategy meanwhile. */
    public Strategy strategy() {
        return strategy;
    }

    public Trigger trigger() {
        return trigger;
    }

    public State state() {
        return state;
    }

    /** Ends when the run does. */
    public CompletionStage<Run> end() {
        return end.minimalCompletionStage();
    }

    /** Asks it to end as soon as the batches under way have. */
    public void cancel() {
        cancelled.countDown();
    }

    /** Asks it to end, and says why. */
    public void cancel(String reason) {
        error(reason);
        cancel();
    }

    public boolean isCancelled() {
        return cancelled.getCount() == 0;
    }

    /** The strategy says something else by now, or is gone. */
    public void outlivesDefinition() {
        former = true;
    }

    /** Its turn has come. */
    public void started() {
        startedAt = Instant.now();
        startedNanos = System.nanoTime();
        state = State.RUNNING;
    }

    /** Whether it has to end now; says why where time is up. */
    public boolean mustEnd() {
        if (isCancelled() || cut != null) {
            return true;
        }
        if (left().isZero()) {
            cut("the time limit of " + DurationText.format(strategy.timeLimit()) + " has passed");
            return true;
        }
        return false;
    }

    /** How much of its time is left. */
    Duration left() {
        var left = strategy.timeLimit().toNanos() - (System.nanoTime() - startedNanos);
        return Duration.ofNanos(Math.max(0, left));
    }

    /** Ends it before its source does. */
    public void cut(String reason) {
        if (cut == null) {
            cut = reason;
            error(reason);
        }
    }

    boolean isCut() {
        return cut != null;
    }

    /** It begins to wait for its source, or has its answer; on the run's own thread. */
    void turnsToSource() {
        turns.lazySet(turns.getPlain() + 1);
    }

    /** How often it turned to its source and back: odd while it waits for it. */
    public long turns() {
        return turns.get();
    }

    /** Waits, but not beyond its cancellation or its time. */
    public void pause(Duration time) throws InterruptedException {
        var nanos = Math.min(time.toNanos(), left().toNanos());
        if (nanos > 0) {
            cancelled.await(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Something holds it up; null where nothing does any more. */
    public void waitsFor(String what) {
        waitingFor = what;
    }

    void total(long count) {
        total = count;
    }

    void seen(long count) {
        seen.addAndGet(count);
    }

    long seen() {
        return seen.get();
    }

    void done(long count) {
        done.addAndGet(count);
    }

    void skipped(long count) {
        skipped.addAndGet(count);
    }

    void failed(String reason) {
        failed.incrementAndGet();
        error(reason);
    }

    /** Tells of something that went wrong; the first few are kept. */
    public void error(String reason) {
        synchronized (errors) {
            if (errors.size() < MAX_ERRORS) {
                errors.add(reason);
            }
        }
    }

    public long done() {
        return done.get();
    }

    public long failed() {
        return failed.get();
    }

    /** How long it has run, or ran. */
    public Duration duration() {
        if (startedAt == null) {
            return Duration.ZERO;
        }
        return Duration.ofNanos((endedAt == null ? System.nanoTime() : endedNanos) - startedNanos);
    }

    /** Ends it, unless it has ended, because of what nobody expected. */
    public void fail(Throwable error) {
        if (endedAt == null) {
            error(error.toString());
            ended(done() > 0 ? State.PARTIAL : State.FAILED);
        }
    }

    /** Ends it as cancelled or failed, unless it has ended. */
    public void endUnfinished() {
        if (endedAt == null) {
            ended(isCancelled() ? State.CANCELLED : done() > 0 ? State.PARTIAL : State.FAILED);
        }
    }

    public boolean isOver() {
        return endedAt != null;
    }

    synchronized void ended(State last) {
        if (endedAt != null) {
            return;
        }
        if (startedAt == null) {
            startedNanos = System.nanoTime();
        }
        endedNanos = System.nanoTime();
        waitingFor = null;
        state = last;
        endedAt = Instant.now();
        end.complete(this);
    }

    /** How it stands. */
    public RunReport report() {
        var seconds = duration().toNanos() / 1e9;
        var count = done.get();
        var rate = seconds > 0 ? count / seconds : 0;
        var over = endedAt;
        List<String> reasons;
        synchronized (errors) {
            reasons = List.copyOf(errors);
        }
        return new RunReport(
                id,
                strategy.name(),
                state.name().toLowerCase(Locale.ROOT),
                trigger.name().toLowerCase(Locale.ROOT),
                instance,
                requestedAt.toString(),
                text(startedAt),
                text(over),
                total,
                count,
                failed.get(),
                skipped.get(),
                Math.round(rate * 10) / 10d,
                over == null ? secondsLeft(seconds) : null,
                former ? "former" : "current",
                waitingFor,
                reasons);
    }

    private Long secondsLeft(double seconds) {
        var all = total;
        var through = done.get() + failed.get() + skipped.get();
        return all == null || through == 0
                ? null
                : Math.round(seconds * Math.max(0, all - through) / through);
    }

    private static String text(Instant moment) {
        return moment == null ? null : moment.toString();
    }
}
