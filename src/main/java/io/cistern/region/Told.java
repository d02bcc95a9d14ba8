package io.cistern.region;

import io.cistern.cache.order.Change;

/**
 * An invalidation that other regions are told.
 *
 * @param cache of whom
 * @param change what took effect
 */
record Told(String cache, Change change) {

    /** About what it takes in memory besides its names. */
    private static final int OVERHEAD = 128;

    private static final int OVERHEAD_A_NAME = 64;

    /** About what it takes in memory, in bytes. */
    long size() {
        return OVERHEAD + size(change.keys()) + size(change.tags()) + size(change.patterns());
    }

    private static long size(Iterable<String> names) {
        var size = 0L;
        for (var name : names) {
            size += name.length() + OVERHEAD_A_NAME;
        }
        return size;
    }
}
