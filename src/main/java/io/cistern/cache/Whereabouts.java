package io.cistern.cache;

import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Location;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Tells where a cache's entries lie. The store may have to count them, so all who ask meanwhile get
 * one answer, and those who ask shortly afterwards.
 */
final class Whereabouts {

    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Supplier<Stream<Location>> near;
    private final Supplier<CompletionStage<List<Location>>> stored;
    private final Clock clock;
    private CompletableFuture<List<Location>> answer;
    private long answered;

    /**
     * @param near where what is near lies
     * @param stored asks the store
     */
    Whereabouts(
            Supplier<Stream<Location>> near,
            Supplier<CompletionStage<List<Location>>> stored,
            Clock clock) {
        this.near = near;
        this.stored = stored;
        this.clock = clock;
    }

    CompletionStage<List<Location>> find() {
        CompletableFuture<List<Location>> asked;
        synchronized (this) {
            if (answer != null && isFresh()) {
                return answer.minimalCompletionStage();
            }
            asked = new CompletableFuture<>();
            answer = asked;
        }
        Stages.attempt(stored)
                .whenComplete(
                        (found, error) -> {
                            synchronized (this) {
                                answered = clock.nanos();
                            }
                            if (error == null) {
                                asked.complete(Stream.concat(near.get(), found.stream()).toList());
                            } else {
                                asked.completeExceptionally(error);
                            }
                        });
        return asked.minimalCompletionStage();
    }

    private boolean isFresh() {
        return !answer.isDone()
                || !answer.isCompletedExceptionally() && clock.nanos() - answered < FRESH_NANOS;
    }
}
