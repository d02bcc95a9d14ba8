package io.cistern.cache.order;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What an invalidation concerns, the union of its parts, and what becomes of it.
 *
 * @param mode what becomes of it
 * @param keys single keys
 * @param versions for some of the keys the version that the origin has of them: an entry that lives
 *     and carries a higher one stays as it is
 * @param tags whatever carries one of these tags
 * @param patterns whatever has a key that one of these globs matches
 * @param all the whole cache
 */
public record Change(
        Mode mode,
        Set<String> keys,
        Map<String, Long> versions,
        Set<String> tags,
        Set<String> patterns,
        boolean all) {

    /** What becomes of entries. */
    public enum Mode {
        /** They are dead at once, and never come back. */
        EVICT,
        /** They are stale at once: served only where a stale value may stand in for a load. */
        EXPIRE
    }

    public Change {
        keys = Set.copyOf(keys);
        versions = Map.copyOf(versions);
        tags = Set.copyOf(tags);
        patterns = Set.copyOf(patterns);
        if (keys.isEmpty() && tags.isEmpty() && patterns.isEmpty() && !all) {
            throw new IllegalArgumentException("an invalidation that names nothing");
        }
        if (!keys.containsAll(versions.keySet())) {
            throw new IllegalArgumentException("versions of keys that are not named");
        }
    }

    /** Whatever versions the entries carry. */
    public Change(
            Mode mode, Set<String> keys, Set<String> tags, Set<String> patterns, boolean all) {
        this(mode, keys, Map.of(), tags, patterns, all);
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
        return new Change(Mode.EXPIRE, keys, versions, tags, patterns, all);
    }

    /**
     * The same of those keys alone.
     *
     * @param some of its keys
     * @throws IllegalArgumentException if nothing is left
     */
    public Change ofKeys(Set<String> some) {
        var left = new HashMap<>(versions);
        left.keySet().retainAll(some);
        return new Change(mode, some, left, tags, patterns, all);
    }

    /**
     * Whether an entry is concerned by more than its key.
     *
     * @param key its key
     * @param ofEntry its tags
     */
    public boolean reaches(String key, Collection<String> ofEntry) {
        return all
                || ofEntry.stream().anyMatch(tags::contains)
                || patterns.stream().anyMatch(pattern -> Glob.of(pattern).matches(key));
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
