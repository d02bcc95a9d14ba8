package io.cistern.store;

/** Is told what a store in this process dropped by itself. It must be quick and never throw. */
@FunctionalInterface
public interface EvictionListener {

    /** Looks away. */
    EvictionListener NONE = (cache, cause) -> {};

    /**
     * One entry is gone.
     *
     * @param cache whose
     * @param cause why
     */
    void evicted(String cache, Cause cause);

    /** Why an entry went. */
    enum Cause {
        /** To make room. */
        SIZE,
        /** It was dead. */
        EXPIRED
    }
}
