package io.cistern.cache.order;

import java.util.Set;

/**
 * What an invalidation concerns, the union of its parts, and what becomes of it.
 *
 * @param mode what becomes of it
 * @param keys single keys
 * @param tags whatever carries one of these tags
 * @param patterns whatever has a key that one of these globs matches
 * @param all the whole cache
 */
public record Change(
        Mode mode, Set<String> keys, Set<String> tags, Set<String> patterns, boolean all) {

    /** What becomes of entries. */
    public enum Mode {
        /** They are dead at once, and never come back. */
        EVICT,
        /** They are stale at once: served only where a stale value may stand in for a load. */
        EXPIRE
    }

    public Change {
        keys = Set.copyOf(keys);
        tags = Set.copyOf(tags);
        patterns = Set.copyOf(patterns);
        if (keys.isEmpty() && tags.isEmpty() && patterns.isEmpty() && !all) {
            throw new IllegalArgumentException("an invalidation that names nothing");
        }
    }

    /** An eviction. */
    public Change(Set<String> keys, Set<String> tags, Set<String> patterns, boolean all) {
        this(Mode.EVICT, keys, tags, patterns, all);
    }

    public static Change key(String key) {
        return new Change(Set.of(key), Set.of(), Set.of(), false);
    }

    public static Change tag(String tag) {
        return new Change(Set.of(), Set.of(tag), Set.of(), false);
    }

    public static Change pattern(String pattern) {
        return new Change(Set.of(), Set.of(), Set.of(pattern), false);
    }

    /** The whole cache. */
    public static Change everything() {
        return new Change(Set.of(), Set.of(), Set.of(), true);
    }

    /** The same, so that what it concerns is stale instead of dead. */
    public Change expiring() {
        return new Change(Mode.EXPIRE, keys, tags, patterns, all);
    }

    /** Whether what it concerns is gone. */
    public boolean isEviction() {
        return mode == Mode.EVICT;
    }

    /**
     * For metrics: {@code all}, {@code pattern}, {@code tag} or {@code key}, whichever reaches
     * farthest.
     */
    public String kind() {
        if (all) {
            return "all";
        }
        return !patterns.isEmpty() ? "pattern" : !tags.isEmpty() ? "tag" : "key";
    }
}
