package io.cistern.cache.simulation;

/** How the next operation of a store fares. */
@FunctionalInterface
public interface Weather {

    /** Everything succeeds at once, before the call returns. */
    Weather CALM = operation -> Fate.FINE;

    Fate next(Operation operation);

    /** What is wanted of the store. */
    enum Operation {
        HELLO,
        READ,
        POSITIONS,
        CHANGES,
        LEASE,
        RENEW,
        RELEASE,
        FILL,
        INVALIDATE,
        PUT,
        PRUNE,
        /** A small write that shows whether replicas follow. */
        PROVE,
        /** Waiting for a replica. */
        CONFIRM;

        boolean mayChange() {
            return this != READ && this != POSITIONS && this != PROVE;
        }
    }

    /** What becomes of it. */
    enum Outcome {
        SUCCEEDS,
        /** It fails and has no effect. */
        FAILS_BEFORE,
        /** It takes effect, and its answer is lost. */
        FAILS_AFTER,
        /** The store throws instead of failing its stage. */
        THROWS
    }

    /**
     * @param before nanoseconds until it takes effect
     * @param after nanoseconds from there to the answer
     * @param outcome how it ends
     */
    record Fate(long before, long after, Outcome outcome) {
        public static final Fate FINE = new Fate(0, 0, Outcome.SUCCEEDS);

        /** It fails at once. */
        public static final Fate FAILED = new Fate(0, 0, Outcome.FAILS_BEFORE);
    }
}
