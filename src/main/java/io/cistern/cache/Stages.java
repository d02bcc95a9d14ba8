package io.cistern.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** How stages fail, and end together. */
final class Stages {

    private Stages() {}

    /** A store that throws has failed. */
    static <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> operation) {
        try {
            return operation.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * @param answers none of which fails
     * @return all of them, once the last is there
     */
    static <K, T> CompletionStage<Map<K, T>> all(Map<K, CompletionStage<T>> answers) {
        return CompletableFuture.allOf(
                        answers.values().stream()
                                .map(CompletionStage::toCompletableFuture)
                                .toArray(CompletableFuture[]::new))
                .thenApply(
                        done -> {
                            Map<K, T> results = new LinkedHashMap<>();
                            answers.forEach(
                                    (key, answer) ->
                                            results.put(
                                                    key,
                                                    answer.toCompletableFuture().getNow(null)));
                            return results;
                        });
    }

    /** What a stage failed with, without the wrapping that dependent stages add. */
    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null
                ? error.getCause()
                : error;
    }
}
