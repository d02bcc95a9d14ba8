package io.cistern.cache.order;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/**
 * Names of one kind with the version of their latest invalidation, and the order of these. One
 * writer at a time; readers need no lock.
 */
final class MarkLog {

    private final int limit;
    private final LongConsumer raise;
    private final Map<String, Mark> marks = new ConcurrentHashMap<>();

    /** The same marks, oldest first; the writer's alone. */
    private final LinkedHashMap<String, Mark> log = new LinkedHashMap<>();

    private volatile long newest = -1;

    /**
     * @param limit how many names are kept
     * @param raise is told the version of a mark before it makes way
     */
    MarkLog(int limit, LongConsumer raise) {
        this.limit = limit;
        this.raise = raise;
    }

    /** The version of the newest mark ever made, or -1. */
    long newest() {
        return newest;
    }

    /** The version of a name's mark, or -1. */
    long latest(String name) {
        if (newest < 0) {
            return -1;
        }
        var mark = marks.get(name);
        return mark == null ? -1 : mark.version;
    }

    /** Whether a mark later than a version matches, the names being globs. */
    boolean isAnyMatchAfter(String text, long version) {
        if (newest <= version) {
            return false;
        }
        for (var mark : marks.values()) {
            if (mark.version > version && mark.glob().matches(text)) {
                return true;
            }
        }
        return false;
    }

    void mark(String name, long version) {
        var known = log.get(name);
        if (known != null) {
            if (known.version >= version) {
                return;
            }
            log.remove(name);
        }
        var mark = new Mark(name, version);
        log.put(name, mark);
        marks.put(name, mark);
        newest = Math.max(newest, version);
        if (log.size() > limit) {
            var oldest = log.values().iterator().next();
            log.remove(oldest.name);
            raise.accept(oldest.version);
            marks.remove(oldest.name);
        }
    }

    /** Oldest first, so that the oldest make way. */
    void markAll(Map<String, Long> versions) {
        versions.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .forEach(mark -> mark(mark.getKey(), mark.getValue()));
    }

    Map<String, Long> after(long version) {
        var found = new HashMap<String, Long>();
        for (var mark : log.values()) {
            if (mark.version > version) {
                found.put(mark.name, mark.version);
            }
        }
        return found;
    }

    private static final class Mark {
        private final String name;
        private final long version;
        private volatile Glob glob;

        Mark(String name, long version) {
            this.name = name;
            this.version = version;
        }

        Glob glob() {
            var compiled = glob;
            if (compiled == null) {
                compiled = Glob.of(name);
                glob = compiled;
            }
            return compiled;
        }
    }
}
