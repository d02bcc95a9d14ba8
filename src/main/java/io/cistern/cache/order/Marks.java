package io.cistern.cache.order;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The marks that invalidations leave in one partition of a cache, and what follows from them: which
 * entries live, and which loads may still fill. Only an invalidation raises the version; an entry
 * carries the version at which its load <em>began</em>, and lives while nothing that concerns it
 * was invalidated at a higher one. So a tag that is known only when the load ends is fenced as
 * well. Kin: memcached's namespace versions, Varnish's bans, Lamport's clocks.
 *
 * <p>Marks are bounded: the oldest make way, and a floor rises to the version of what was dropped,
 * which kills more than necessary and never less.
 *
 * <p>One writer at a time, readers without a lock. Marks are in place before the version that
 * announces them, so that whoever reads the version first and the marks afterwards misses none.
 */
public final class Marks {

    /** How many tags, patterns and keys are kept where nothing else is said: each so many. */
    public static final int LIMIT = 10_000;

    /** Each lookup whose entry was not checked lately goes through all patterns: keep them few. */
    private static final int PATTERN_SHARE = 10;

    private final Kind tags;
    private final Kind patterns;
    private final Kind keys;
    private volatile Position position;
    private volatile long floor;
    private volatile long loadFloor;

    /** No marks, at {@link Position#UNKNOWN}. */
    public Marks() {
        this(Position.UNKNOWN, LIMIT);
    }

    /**
     * @param start where to begin
     * @param limit how many tags and how many keys are kept at most; a tenth as many patterns
     */
    public Marks(Position start, int limit) {
        this.position = start;
        this.floor = start.version();
        this.loadFloor = start.version();
        this.tags = new Kind(limit);
        this.patterns = new Kind(Math.max(1, limit / PATTERN_SHARE));
        this.keys = new Kind(limit);
    }

    public Position position() {
        return position;
    }

    /**
     * Whether an entry was touched by no invalidation. Freshness is another matter.
     *
     * @param key its key
     * @param at where its load began
     * @param tags its tags
     * @param knownAt a version at which it was known to live: when it was read from where
     *     invalidated keys are deleted, or when it was last asked about
     */
    public boolean isLive(String key, Position at, Collection<String> tags, long knownAt) {
        // The mark of its key may have made way since it was known to live.
        var keyIsTold = loadFloor <= Math.max(knownAt, at.version());
        return keyIsTold && mayServe(key, at) && !isAnyTagAfter(tags, at.version());
    }

    private boolean mayServe(String key, Position loadBegan) {
        var version = loadBegan.version();
        return loadBegan.generation() == position.generation()
                && floor <= version
                && keys.latest(key) <= version
                && !isAnyPatternAfter(key, version);
    }

    /**
     * Whether what a load that began there brings may be stored, its tags aside, and whether a
     * lookup that begins now may wait for it.
     */
    public boolean mayFill(String key, Position loadBegan) {
        return loadFloor <= loadBegan.version()
                && loadBegan.version() <= position.version()
                && mayServe(key, loadBegan);
    }

    /**
     * Takes an invalidation in, one version further.
     *
     * @return the version that it got
     */
    public synchronized Position invalidate(Change change) {
        var next = new Position(position.generation(), position.version() + 1);
        mark(change, next);
        return next;
    }

    /**
     * Takes in an invalidation that got its version elsewhere.
     *
     * @return false where others lie between it and what is known, so that the difference must be
     *     fetched; nothing is changed then
     */
    public synchronized boolean apply(Change change, Position at) {
        var known = position;
        if (at.generation() != known.generation() || at.version() > known.version() + 1) {
            return false;
        }
        if (at.version() > known.version()) {
            mark(change, at);
        }
        return true;
    }

    /**
     * Takes in what changed elsewhere; what it says of the past of another generation is all there
     * is.
     */
    public synchronized void apply(Difference difference) {
        var to = difference.position();
        if (to.generation() != position.generation()) {
            tags.clear();
            patterns.clear();
            keys.clear();
            // Under the old generation nothing lives any more; readers must not see it with new
            // floors.
            position = new Position(to.generation(), Math.max(0, difference.floor() - 1));
            floor = difference.floor();
            loadFloor = difference.loadFloor();
        }
        raiseFloor(difference.floor());
        raiseLoadFloor(difference.loadFloor());
        difference.tags().forEach((tag, at) -> raiseFloor(tags.mark(tag, at)));
        difference.patterns().forEach((pattern, at) -> raiseFloor(patterns.mark(pattern, at)));
        difference.keys().forEach((key, at) -> raiseLoadFloor(keys.mark(key, at)));
        if (to.version() > position.version() || to.generation() != position.generation()) {
            position = to;
        }
    }

    /** Everything later than a point, for a replica that knows all before it. */
    public synchronized Difference since(Position known) {
        var from = known.generation() == position.generation() ? known.version() : -1;
        return new Difference(
                position,
                floor,
                loadFloor,
                tags.after(from),
                patterns.after(from),
                keys.after(from));
    }

    private void mark(Change change, Position at) {
        var version = at.version();
        if (change.all()) {
            raiseFloor(version);
            raiseLoadFloor(version);
        }
        change.tags().forEach(tag -> raiseFloor(tags.mark(tag, version)));
        change.patterns().forEach(pattern -> raiseFloor(patterns.mark(pattern, version)));
        change.keys().forEach(key -> raiseLoadFloor(keys.mark(key, version)));
        position = at;
    }

    private void raiseFloor(long version) {
        floor = Math.max(floor, version);
    }

    private void raiseLoadFloor(long version) {
        loadFloor = Math.max(loadFloor, version);
    }

    private boolean isAnyTagAfter(Collection<String> names, long version) {
        if (tags.newest <= version) {
            return false;
        }
        for (var name : names) {
            if (tags.latest(name) > version) {
                return true;
            }
        }
        return false;
    }

    private boolean isAnyPatternAfter(String key, long version) {
        if (patterns.newest <= version) {
            return false;
        }
        for (var mark : patterns.marks.values()) {
            if (mark.version > version && mark.glob().matches(key)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What changed since some point.
     *
     * @param position how far it goes
     * @param floor entries below it are dead
     * @param loadFloor loads that began below it must not fill
     * @param tags each tag's latest invalidation
     * @param patterns each pattern's
     * @param keys each key's
     */
    public record Difference(
            Position position,
            long floor,
            long loadFloor,
            Map<String, Long> tags,
            Map<String, Long> patterns,
            Map<String, Long> keys) {}

    /** Names of one kind with the version of their latest invalidation, oldest first in the log. */
    private static final class Kind {
        private final int limit;
        private final Map<String, Mark> marks = new ConcurrentHashMap<>();
        private final ArrayDeque<Mark> log = new ArrayDeque<>();
        private volatile long newest = -1;

        Kind(int limit) {
            this.limit = limit;
        }

        long latest(String name) {
            if (newest < 0) {
                return -1;
            }
            var mark = marks.get(name);
            return mark == null ? -1 : mark.version;
        }

        /** Returns the highest version that was dropped to make room, or -1. */
        long mark(String name, long version) {
            var known = marks.get(name);
            if (known != null && known.version >= version) {
                return -1;
            }
            var mark = new Mark(name, version);
            marks.put(name, mark);
            newest = Math.max(newest, version);
            log.addLast(mark);
            var dropped = -1L;
            while (log.size() > limit) {
                var oldest = log.removeFirst();
                if (marks.remove(oldest.name, oldest)) {
                    dropped = Math.max(dropped, oldest.version);
                }
            }
            return dropped;
        }

        Map<String, Long> after(long version) {
            var found = new HashMap<String, Long>();
            for (var mark : log) {
                if (mark.version > version && marks.get(mark.name) == mark) {
                    found.put(mark.name, mark.version);
                }
            }
            return found;
        }

        void clear() {
            marks.clear();
            log.clear();
            newest = -1;
        }
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
