package io.cistern.cache.spi;

/** Is told how long things took. Called on the request's path: it must be quick and never throw. */
public interface Observer {

    /** Looks away. */
    Observer NONE =
            new Observer() {
                @Override
                public void looked(Lookup result, long nanos) {
                    // looks away
                }

                @Override
                public void loaded(Load result, long nanos) {
                    // looks away
                }
            };

    /** A lookup of one key ended after so many nanoseconds. */
    void looked(Lookup result, long nanos);

    /** A call of the origin ended after so many nanoseconds. */
    void loaded(Load result, long nanos);

    /** The cache is gone for good, and with it what was counted. */
    default void forgotten() {}

    /** How a lookup ended; each key of a lookup counts once. */
    enum Lookup {
        /** Answered with a fresh value of this process. */
        NEAR,
        /** Answered with a fresh value of the shared store. */
        SHARED,
        /** Answered from a store that the origin has no such value. */
        NEGATIVE,
        /** Answered with a stale value. */
        STALE,
        /** Answered with what the origin said, by a load of its own or one that it joined. */
        MISS,
        /** The origin failed or took too long, and nothing stale could be served. */
        ERROR,
        /** Answered by the origin without looking into any store. */
        BYPASS,
        /** Turned away: breaker open, bulkhead full, or only-if-cached with nothing there. */
        REFUSED
    }

    /** How a call of an origin ended. */
    enum Load {
        /** It brought a value, in a batch at least one. */
        SUCCESS,
        /** The origin has none of the values. */
        MISSING,
        /** It failed. */
        ERROR,
        /** It took longer than the hard time-out. */
        TIMEOUT,
        /** The origin was not asked. */
        REFUSED
    }
}
