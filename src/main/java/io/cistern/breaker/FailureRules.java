package io.cistern.breaker;

import java.util.function.Predicate;

/**
 * What becomes of an exchange whose steps failed.
 *
 * @param throwWhenNotPermitted whether a call that the breaker refused fails where there is no
 *     fallback; otherwise it goes on as if nothing had been there
 * @param recorded which failures count; any other passes for a success. Null: all count
 * @param ignored which failures are dropped without being counted at all. Null: none
 */
record FailureRules(
        boolean throwWhenNotPermitted,
        Predicate<Throwable> recorded,
        Predicate<Throwable> ignored) {
    boolean ignores(Throwable failure) {
        return ignored != null && ignored.test(failure);
    }

    boolean passesForSuccess(Throwable failure) {
        return recorded != null && !recorded.test(failure);
    }
}
