package io.cistern.cache;

import io.cistern.cache.spi.Store;

/**
 * Whether what this instance holds may be served without asking the shared store: while what it
 * knows of invalidations is at most {@link Pulse#LIMIT} old. The age counts from when the question
 * was sent to which the store answered last, as for a lease (Gray and Cheriton, "Leases", SOSP
 * 1989), so that nothing depends on how long messages take.
 */
final class Coherence {

    private static final long LIMIT_NANOS = Pulse.LIMIT.toNanos();

    private final Store store;
    private final Pulse pulse;
    private final boolean serves;

    /**
     * @param store which may be out of reach
     * @param pulse of the store
     * @param whenCut what becomes of what is held then
     */
    Coherence(Store store, Pulse pulse, CachePolicy.WhenCut whenCut) {
        this.store = store;
        this.pulse = pulse;
        this.serves = whenCut == CachePolicy.WhenCut.SERVE;
    }

    /**
     * Whether the marks of a partition, looked at from now on, tell of every invalidation that was
     * acknowledged anywhere until {@link Pulse#LIMIT} before a moment. To be asked before the
     * marks.
     *
     * @param nanos the moment, in monotonic nanoseconds
     */
    boolean isKept(Replica replica, long nanos) {
        return store.tier() == Store.Tier.NEAR || replica.isKnownSince(nanos - LIMIT_NANOS);
    }

    /** Whether the store is out of reach, as far as that can be told at once. */
    boolean isCut() {
        return !store.isAvailable() || pulse.isSilent();
    }

    /** Whether what is held is served without knowing of all invalidations, if need be. */
    boolean servesWhenCut() {
        return serves;
    }

    /** Whether to serve what is held without asking: the store is out of reach. */
    boolean servesNow() {
        return serves && isCut();
    }
}
