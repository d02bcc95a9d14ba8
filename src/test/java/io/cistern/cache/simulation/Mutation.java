package io.cistern.cache.simulation;

/** Guards that can be taken away, to see that the checker misses them. */
public enum Mutation {
    /** The store takes what a load brought, whatever was invalidated meanwhile. */
    FILL_IGNORES_FENCE,
    /** The store says that it stored a value, and holds nothing. */
    FILL_STORES_NOTHING,
    /** The store keeps an entry without what was made of its key in other environments. */
    FILL_FORGETS_VARIANTS,
    /** The store forgets which keys were invalidated. */
    CHANGES_FORGET_KEYS,
    /** The store forgets what was told stale. */
    CHANGES_FORGET_EXPIRIES,
    /** The store tells of invalidations that there were none of. */
    CHANGES_RUN_AHEAD,
    /** The store acknowledges an invalidation and keeps no mark of it. */
    INVALIDATION_RAISES_NOTHING,
    /** The near store gives back what it was told to remove, as if it had been checked just now. */
    NEAR_REVIVES,
    /** The store's time follows a wall clock that is set back and forth. */
    CLOCK_FOLLOWS_WALL,
    /** Every so often a timer never fires. */
    TIMERS_GET_LOST,
    /** An entry that the origin confirms is taken for what it gave, whatever became of it. */
    CONFIRMATION_REVIVES,
    /** The store gives a lease to whoever asks. */
    LEASES_FOR_ALL,
    /** The store takes what warming read for newer than whatever lies there. */
    WARMING_REPLACES_NEWER,
    /** The store says that it renewed leases, and lets them end. */
    LEASES_ARE_NOT_RENEWED,
    /** Engines never ask what others invalidated, and hear no news of it. */
    NO_HEARTBEAT,
    /** A store that is out of reach seems to answer the heartbeat: nothing has changed. */
    HEARTBEAT_LIES,
    /** A server that lacks what an instance has seen is taken for the one that it was. */
    HELLO_FORGETS_WHAT_WAS_SEEN,
    /** A server that took over goes on counting where it is. */
    HELLO_WITHOUT_STRIDE,
    /** A server that lacks what is known is told nothing of it, and keeps its generation. */
    REPLAY_SAYS_NOTHING,
    /** A server that was told what it lacks goes on below what was seen. */
    REPLAY_STAYS_BELOW,
    /** A generation of an old snapshot is taken for the latest. */
    OLD_GENERATION_IS_TAKEN,
    /** Changes are acknowledged before a replica has them. */
    CHANGES_ARE_NOT_CONFIRMED,
    /** A server that no replica follows any more is believed. */
    LEFT_BEHIND_IS_BELIEVED,
    /** An instance keeps what is near when it goes to another master. */
    NEAR_OUTLIVES_MASTER,
    /** That a server was the master once is taken for a proof that it is. */
    PROOFS_NEVER_AGE,
    /** An instance says again what it knows to be missing, though it knows not all of it. */
    REPLAY_KNOWS_TOO_LITTLE,
    /** A replay is silent of the marks that made way. */
    REPLAY_FORGETS_WHAT_MADE_WAY,
    /** The store spares what is there, whatever version it carries. */
    VERSIONS_ARE_NOT_COMPARED,
    /** The gate lets one more through than allowed. */
    GATE_IS_WIDER,
    /** The gate keeps a higher rate than allowed. */
    GATE_IS_FASTER,
    /** One lookup in many is not seen by the checker, which must miss it in the statistics. */
    LOOKUPS_UNSEEN
}
