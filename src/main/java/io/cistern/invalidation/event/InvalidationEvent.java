package io.cistern.invalidation.event;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What somebody tells of a change: which entries of a cache don't hold any more. It names at least
 * one of keys, tags, a pattern, or all; several together are a union.
 *
 * @param id the sender's name for it; null where it has none
 * @param cache of whom
 * @param keys single keys
 * @param tags whatever carries one of these tags
 * @param pattern whatever has a key that this glob matches; null for none
 * @param all the whole cache
 * @param mode what becomes of the entries
 * @param occurredAt when the change happened, by the sender's clock; null where it doesn't say. It
 *     is measured and decides nothing
 * @param source who sent it; null where it doesn't say
 * @param delay after how long the same is done once more; zero for not at all
 * @param originVersion the version that the origin has of its keys: an entry that carries a higher
 *     one is left alone. Says nothing of tags, patterns and all
 * @param trace the {@code traceparent} within which it was sent; null for none
 */
public record InvalidationEvent(
        String id,
        String cache,
        List<String> keys,
        List<String> tags,
        String pattern,
        boolean all,
        Mode mode,
        Instant occurredAt,
        String source,
        Duration delay,
        OptionalLong originVersion,
        String trace) {

    /** What becomes of entries. */
    public enum Mode {
        /** They are gone at once. */
        EVICT,
        /**
         * They are never served as fresh again, and stale only where the origin fails or is slow.
         */
        EXPIRE,
        /** They expire, and the keys that are named are loaded again now. */
        REFRESH
    }

    public InvalidationEvent {
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(originVersion, "originVersion");
        keys = List.copyOf(keys);
        tags = List.copyOf(tags);
        if (keys.isEmpty() && tags.isEmpty() && pattern == null && !all) {
            throw new IllegalArgumentException("an event that names nothing to invalidate");
        }
    }

    /** An event that was sent within no trace. */
    public InvalidationEvent(
            String id,
            String cache,
            List<String> keys,
            List<String> tags,
            String pattern,
            boolean all,
            Mode mode,
            Instant occurredAt,
            String source,
            Duration delay,
            OptionalLong originVersion) {
        this(
                id,
                cache,
                keys,
                tags,
                pattern,
                all,
                mode,
                occurredAt,
                source,
                delay,
                originVersion,
                null);
    }

    /** The same within a trace. */
    InvalidationEvent within(String newTrace) {
        return new InvalidationEvent(
                id,
                cache,
                keys,
                tags,
                pattern,
                all,
                mode,
                occurredAt,
                source,
                delay,
                originVersion,
                newTrace);
    }

    /** An event about keys that says no more than is needed. */
    public static InvalidationEvent ofKeys(String cache, List<String> keys) {
        return new InvalidationEvent(
                null,
                cache,
                keys,
                List.of(),
                null,
                false,
                Mode.EVICT,
                null,
                null,
                Duration.ZERO,
                OptionalLong.empty());
    }

    /**
     * For metrics: {@code all}, {@code pattern}, {@code tag} or {@code key}, whichever reaches
     * farthest.
     */
    public String kind() {
        if (all) {
            return "all";
        }
        return pattern != null ? "pattern" : !tags.isEmpty() ? "tag" : "key";
    }

    /** How many names wait for its delay; none where it has no delay. */
    public int delayedNames() {
        return delay.isZero() ? 0 : keys.size() + tags.size() + 1;
    }
}
