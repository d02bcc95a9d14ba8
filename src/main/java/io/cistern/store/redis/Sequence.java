package io.cistern.store.redis;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asynchronous steps one after another, however many, without a chain that grows with them. */
final class Sequence {

    private Sequence() {}

    /** One step for each, in order; ends with the first that fails. */
    static <T> CompletionStage<Void> each(
            Iterator<T> items, Function<T, ? extends CompletionStage<?>> step) {
        return whileTrue(
                () ->
                        items.hasNext()
                                ? step.apply(items.next()).thenApply(ignored -> true)
                                : CompletableFuture.completedStage(false));
    }

    /** Repeats a step until it says false or fails. */
    static CompletionStage<Void> whileTrue(Supplier<? extends CompletionStage<Boolean>> step) {
        var done = new CompletableFuture<Void>();
        run(step, done);
        return done;
    }

    private static void run(
            Supplier<? extends CompletionStage<Boolean>> step, CompletableFuture<Void> done) {
        try {
            var more = step.get().toCompletableFuture();
            while (more.isDone() && !more.isCompletedExceptionally() && more.getNow(false)) {
                more = step.get().toCompletableFuture();
            }
            more.whenComplete(
                    (again, error) -> {
                        if (error != null) {
                            done.completeExceptionally(error);
                        } else if (again) {
                            run(step, done);
                        } else {
                            done.complete(null);
                        }
                    });
        } catch (RuntimeException e) {
            done.completeExceptionally(e);
        }
    }
}
