package io.cistern.store.redis;

import io.cistern.redis.TooFewReplicasException;
import io.lettuce.core.SetArgs;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Whether the server is still the master: where replicas have to confirm changes, one that was left
 * behind, and which no replica follows any more, must not be believed. It is asked by a small write
 * that replicas confirm, once for all who need to know.
 */
final class Proof {

    /** What is said within that time after a proof is believed at once. */
    private static final long VALID_NANOS = 50_000_000;

    /** After that time the next one is asked for, so that nobody has to wait for it. */
    private static final long FRESH_NANOS = 25_000_000;

    private static final byte[] NOTHING = {};

    private final LongSupplier nanoTime;
    private Session of;
    private boolean proven;
    private long provenAt;
    private Round underWay;

    private record Round(long sentAt, CompletableFuture<Long> done) {}

    /**
     * @param nanoTime monotonic
     */
    Proof(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * @param name under which it may write something that is gone at once
     * @return when it was the master for sure, by the monotonic clock: not long before the call, or
     *     after it; fails as changes do
     */
    CompletionStage<Long> recent(Session session, byte[] name) {
        var now = nanoTime.getAsLong();
        if (!session.replication().isRequired()) {
            return CompletableFuture.completedStage(now);
        }
        synchronized (this) {
            if (proven && session.equals(of) && now - provenAt < VALID_NANOS) {
                var at = provenAt;
                if (now - at > FRESH_NANOS) {
                    // Any that was sent later will do.
                    ask(session, name, at + 1).exceptionally(error -> null);
                }
                return CompletableFuture.completedStage(at);
            }
            return ask(session, name, now - VALID_NANOS);
        }
    }

    /**
     * @return as {@link #recent}, but not before the call
     */
    CompletionStage<Long> fresh(Session session, byte[] name) {
        var now = nanoTime.getAsLong();
        if (!session.replication().isRequired()) {
            return CompletableFuture.completedStage(now);
        }
        synchronized (this) {
            return ask(session, name, now);
        }
    }

    /** The round under way where it was sent late enough, or one of its own. */
    private CompletionStage<Long> ask(Session session, byte[] name, long notBefore) {
        if (!session.equals(of)) {
            of = session;
            proven = false;
            underWay = null;
        }
        if (!session.server().mayConfirm()) {
            // Nobody has to wait for what is known to fail: the pulse goes on asking.
            return CompletableFuture.failedStage(new TooFewReplicasException());
        }
        if (underWay != null && underWay.sentAt - notBefore >= 0) {
            return underWay.done;
        }
        var round = new Round(nanoTime.getAsLong(), new CompletableFuture<>());
        underWay = round;
        write(session, name)
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

    private CompletionStage<?> write(Session session, byte[] name) {
        try {
            return session.invalidations()
                    .set(name, NOTHING, SetArgs.Builder.px(1))
                    .thenCompose(session::confirmed);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private synchronized void ended(Round round, boolean isProven) {
        if (underWay == round) {
            underWay = null;
        }
        if (isProven && (!proven || round.sentAt - provenAt > 0)) {
            proven = true;
            provenAt = round.sentAt;
        }
    }
}
