package io.cistern.component;

/** What a producer does. */
public enum Operation {
    /** Looks the key up; the body becomes the value, null where the origin has none. */
    lookup,
    /** Loads the key anew and stores what the origin gives. */
    refresh,
    /** Stores the body under the key. */
    put,
    /** Invalidates a key, a tag, a pattern, or with none of them the whole cache: gone at once. */
    invalidate,
    /**
     * Invalidates likewise, yet what is there stays, stale: it is served only where the origin
     * fails, or where it takes longer than the soft time-out.
     */
    expire,
    /** The body becomes the metadata of the entry as a map, null where there is none. */
    metadata,
    /**
     * Deletes what is dead, and with the header CisternOlderThan what is older than that; the body
     * becomes the number of entries.
     */
    prune,
    /** Invalidates the whole cache and deletes it; the body becomes the number of entries. */
    clear,
    /**
     * Tells where entries lie; the body becomes a list of maps with kind, where, entries, bytes and
     * of.
     */
    storage
}
