package io.cistern.cache;

import java.time.Duration;

/**
 * Why a lookup has no answer.
 *
 * @param kind what kind of failure
 * @param reason one line for people; says nothing secret
 * @param retryAfter when trying again may help; zero where nobody knows
 */
public record Failure(Kind kind, String reason, Duration retryAfter) {

    /** Kinds of failures. */
    public enum Kind {
        /** The origin was asked and failed. */
        ORIGIN_FAILED,
        /** The hard time-out passed. */
        TIMEOUT,
        /** The origin was not asked, because its breaker is open or no thread was free. */
        REFUSED,
        /** Too many loads of this cache run and wait. */
        BULKHEAD_FULL,
        /** Only what is cached was wanted, and nothing is. */
        NOT_CACHED,
        /** The key is not of the form that this cache needs. */
        UNFIT_KEY
    }

    static final Failure NOT_CACHED =
            new Failure(Kind.NOT_CACHED, "nothing is cached under this key", Duration.ZERO);

    /**
     * The class says enough to go on with; messages may hold addresses and queries.
     *
     * @param error what the origin, or the handling of its answer, failed with
     */
    static Failure of(Throwable error) {
        return of(
                Kind.ORIGIN_FAILED,
                "the origin failed: " + Stages.cause(error).getClass().getSimpleName());
    }

    static Failure of(Kind kind, String reason) {
        return new Failure(kind, reason, Duration.ZERO);
    }
}
