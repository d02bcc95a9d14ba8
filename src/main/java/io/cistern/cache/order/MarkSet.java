package io.cistern.cache.order;

import java.util.Collection;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * The marks of one mode: by tag, by pattern and by key. One writer at a time; readers need no lock.
 */
public final class MarkSet {

    /** Each lookup whose entry was not checked lately goes through all patterns: keep them few. */
    private static final int PATTERN_SHARE = 10;

    private final MarkLog tags;
    private final MarkLog patterns;
    private final MarkLog keys;

    /**
     * @param limit how many tags and how many keys are kept; a tenth as many patterns
     * @param raise is told the version of a tag's or pattern's mark before it makes way
     * @param raiseForKeys the same for a key's
     */
    MarkSet(int limit, LongConsumer raise, LongConsumer raiseForKeys) {
        this.tags = new MarkLog(limit, raise);
        this.patterns = new MarkLog(Math.max(1, limit / PATTERN_SHARE), raise);
        this.keys = new MarkLog(limit, raiseForKeys);
    }

    /** Whether the key, or a pattern that matches it, was marked after a version. */
    boolean isKeyAfter(String key, long version) {
        return keys.latest(key) > version || patterns.isAnyMatchAfter(key, version);
    }

    boolean isAnyTagAfter(Collection<String> names, long version) {
        if (tags.newest() <= version) {
            return false;
        }
        for (var name : names) {
            if (tags.latest(name) > version) {
                return true;
            }
        }
        return false;
    }

    void mark(Change change, long version) {
        change.tags().forEach(tag -> tags.mark(tag, version));
        change.patterns().forEach(pattern -> patterns.mark(pattern, version));
        change.keys().forEach(key -> keys.mark(key, version));
    }

    void add(Named marks) {
        tags.markAll(marks.tags());
        patterns.markAll(marks.patterns());
        keys.markAll(marks.keys());
    }

    Named after(long version) {
        return new Named(tags.after(version), patterns.after(version), keys.after(version));
    }

    /**
     * Names with the versions of their latest marks.
     *
     * @param tags each tag's
     * @param patterns each pattern's
     * @param keys each key's
     */
    public record Named(
            Map<String, Long> tags, Map<String, Long> patterns, Map<String, Long> keys) {

        /** No marks. */
        public static final Named NONE = new Named(Map.of(), Map.of(), Map.of());
    }
}
