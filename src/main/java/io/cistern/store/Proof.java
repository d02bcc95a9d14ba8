package io.cistern.store;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Whether the server is still the master: where replicas have to confirm changes, one that was left
 * behind, and which no replica follows any more, must not be believed. It is asked by a small write
 * that replicas confirm, once for all who need to know.
 *
 * @param <C> the connection to it; another one may lead to another server
 */
public final class Proof<C> {

    /** What is said within that time after a proof is believed at once. */
    private static final long VALID_NANOS = 50_000_000;

    /** After that time the next one is asked for, so that nobody has to wait for it. */
    private static final long FRESH_NANOS = 25_000_000;

    private final LongSupplier nanoTime;
    private final Predicate<C> needed;
    private final Function<C, Optional<? extends RuntimeException>> hopeless;
    private C of;
    private boolean proven;
    private long provenAt;
    private Round<C> underWay;

    private record Round<C>(C of, long sentAt, CompletableFuture<Long> done) {}

    /**
     * @param nanoTime monotonic
     * @param needed whether replicas have to confirm changes; else any server is believed
     * @param hopeless why nothing that is written would be confirmed, as far as that is known
     */
    public Proof(
            LongSupplier nanoTime,
            Predicate<C> needed,
            Function<C, Optional<? extends RuntimeException>> hopeless) {
        this.nanoTime = nanoTime;
        this.needed = needed;
        this.hopeless = hopeless;
    }

    /**
     * @param write writes something small, and ends when replicas have confirmed it
     * @return when it was the master for sure, by the monotonic clock: not long before the call, or
     *     after it; fails as changes do
     */
    public CompletionStage<Long> recent(C connection, Supplier<CompletionStage<?>> write) {
        var now = nanoTime.getAsLong();
        if (!needed.test(connection)) {
            return CompletableFuture.completedStage(now);
        }
        synchronized (this) {
            if (proven && connection.equals(of) && now - provenAt < VALID_NANOS) {
                var at = provenAt;
                if (now - at > FRESH_NANOS) {
                    // Any that was sent later will do.
                    ask(connection, write, at + 1).exceptionally(error -> null);
                }
                return CompletableFuture.completedStage(at);
            }
            return ask(connection, write, now - VALID_NANOS);
        }
    }

    /**
     * @param write as for {@link #recent}
     * @return as {@link #recent}, but not before the call
     */
    public CompletionStage<Long> fresh(C connection, Supplier<CompletionStage<?>> write) {
        var now = nanoTime.getAsLong();
        if (!needed.test(connection)) {
            return CompletableFuture.completedStage(now);
        }
        synchronized (this) {
            return ask(connection, write, now);
        }
    }

    /** The round under way where it was sent late enough, or one of its own. */
    private CompletionStage<Long> ask(
            C connection, Supplier<CompletionStage<?>> write, long notBefore) {
        if (!connection.equals(of)) {
            of = connection;
            proven = false;
            underWay = null;
        }
        var known = hopeless.apply(connection);
        if (known.isPresent()) {
            // Nobody has to wait for what is known to fail: the pulse goes on asking.
            return CompletableFuture.failedStage(known.get());
        }
        if (underWay != null && underWay.sentAt - notBefore >= 0) {
            return underWay.done;
        }
        var round = new Round<>(connection, nanoTime.getAsLong(), new CompletableFuture<>());
        underWay = round;
        attempt(write)
                .whenComplete(
                        (done, error) -> {
                            ended(round, error == null);
                            if (error == null) {
                                round.done.complete(round.sentAt);
                            } else {
                                round.done.completeExceptionally(error);
                            }
                        });
        return round.done;
    }

    private static CompletionStage<?> attempt(Supplier<CompletionStage<?>> write) {
        try {
            return write.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private synchronized void ended(Round<C> round, boolean isProven) {
        if (underWay == round) {
            underWay = null;
        }
        // What ends late on a connection before says nothing of the server behind this one.
        if (isProven && round.of.equals(of) && (!proven || round.sentAt - provenAt > 0)) {
            proven = true;
            provenAt = round.sentAt;
        }
    }
}
