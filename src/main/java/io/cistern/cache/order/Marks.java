package io.cistern.cache.order;

import java.util.Collection;
import java.util.Optional;

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
 * announces them, so that whoever reads the version first and the marks afterwards misses none. A
 * floor rises before the mark that it stands for goes, and readers look at floors last.
 */
public final class Marks {

    /** How many tags, patterns and keys are kept where nothing else is said: each so many. */
    public static final int LIMIT = 10_000;

    private final int limit;
    private volatile History history;

    /** No marks, at {@link Position#UNKNOWN}. */
    public Marks() {
        this(Position.UNKNOWN, LIMIT);
    }

    /**
     * @param start where to begin
     * @param limit how many tags and how many keys are kept at most; a tenth as many patterns
     */
    public Marks(Position start, int limit) {
        this.limit = limit;
        this.history = new History(start, limit);
    }

    public Position position() {
        return history.position;
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
        var now = history;
        var version = at.version();
        return at.generation() == now.position.generation()
                && !now.evicted.isAnyTagAfter(tags, version)
                && now.mayServe(key, version)
                // The mark of its key may have made way since it was known to live.
                && now.loadFloor <= Math.max(knownAt, version);
    }

    /**
     * Whether an entry that lives was told stale since its load began, however fresh it would be.
     *
     * @param key its key
     * @param at where its load began
     * @param tags its tags
     */
    public boolean isExpired(String key, Position at, Collection<String> tags) {
        var now = history;
        var version = at.version();
        // Floors last: one rises before the mark that it stands for goes.
        return now.expired.isKeyAfter(key, version)
                || now.expired.isAnyTagAfter(tags, version)
                || now.expireFloor > version;
    }

    /**
     * Whether nothing that concerns a stored entry was invalidated since its load began: it neither
     * died nor was told stale.
     *
     * @param key its key
     * @param at where its load began
     * @param tags its tags
     */
    public boolean isUntouched(String key, Position at, Collection<String> tags) {
        return isLive(key, at, tags, position().version()) && !isExpired(key, at, tags);
    }

    /**
     * Whether what a load that began there brings may be stored, its tags aside, and whether a
     * lookup that begins now may wait for it.
     */
    public boolean mayFill(String key, Position loadBegan) {
        var now = history;
        var position = now.position;
        var version = loadBegan.version();
        return loadBegan.generation() == position.generation()
                && version <= position.version()
                && now.mayServe(key, version)
                && !now.expired.isKeyAfter(key, version)
                && now.loadFloor <= version
                && now.expireFloor <= version;
    }

    /**
     * Takes an invalidation in, one version further.
     *
     * @return the version that it got
     */
    public synchronized Position invalidate(Change change) {
        var position = history.position;
        var next = new Position(position.generation(), position.version() + 1);
        history.mark(change, next);
        return next;
    }

    /**
     * Takes in an invalidation that got its version elsewhere.
     *
     * @return false where others lie between it and what is known, so that the difference must be
     *     fetched; nothing is changed then
     */
    public synchronized boolean apply(Change change, Position at) {
        var known = history.position;
        if (at.generation() != known.generation() || at.version() > known.version() + 1) {
            return false;
        }
        if (at.version() > known.version()) {
            history.mark(change, at);
        }
        return true;
    }

    /**
     * Takes in what changed elsewhere; what it says of the past of another generation is all there
     * is.
     */
    public synchronized void apply(Difference difference) {
        if (difference.position().generation() == history.position.generation()) {
            history.add(difference);
            return;
        }
        // Readers see one generation or the other, never marks of one with floors of the other.
        var next = new History(new Position(difference.position().generation(), 0), limit);
        next.add(difference);
        history = next;
    }

    /** Everything later than a point, for a replica that knows all before it. */
    public synchronized Difference since(Position known) {
        var now = history;
        var from = known.generation() == now.position.generation() ? known.version() : -1;
        return new Difference(
                now.position,
                now.floor,
                now.loadFloor,
                now.expireFloor,
                now.evicted.after(from),
                now.expired.after(from));
    }

    /**
     * What another history lacks that parted from this one.
     *
     * @param there where that history is
     * @param shared the version up to which both are the same
     * @param latest the latest position that was seen of this one
     * @return everything later; empty where these marks don't tell of all up to the latest position
     */
    public Optional<Difference> lacking(Position there, long shared, Position latest) {
        var known = position();
        var knowsAll =
                known.generation() == there.generation()
                        && latest.generation() == there.generation()
                        && known.version() >= latest.version();
        return knowsAll
                ? Optional.of(since(new Position(there.generation(), shared)))
                : Optional.empty();
    }

    /**
     * What changed since some point.
     *
     * @param position how far it goes
     * @param floor entries below it are dead
     * @param loadFloor loads that began below it must not fill
     * @param expireFloor entries below it are stale, and loads that began below it must not fill
     * @param evicted latest evictions
     * @param expired latest expiries
     */
    public record Difference(
            Position position,
            long floor,
            long loadFloor,
            long expireFloor,
            MarkSet.Named evicted,
            MarkSet.Named expired) {}

    /** The marks of one generation. */
    private static final class History {
        private final MarkSet evicted;
        private final MarkSet expired;
        private volatile Position position;
        private volatile long floor;
        private volatile long loadFloor;
        private volatile long expireFloor;

        History(Position start, int limit) {
            this.position = start;
            this.floor = start.version();
            this.loadFloor = start.version();
            this.expireFloor = start.version();
            this.evicted = new MarkSet(limit, this::raiseFloor, this::raiseLoadFloor);
            this.expired = new MarkSet(limit, this::raiseExpireFloor, this::raiseExpireFloor);
        }

        boolean mayServe(String key, long version) {
            return !evicted.isKeyAfter(key, version) && floor <= version;
        }

        void mark(Change change, Position at) {
            var version = at.version();
            if (change.isEviction()) {
                if (change.all()) {
                    raiseFloor(version);
                    raiseLoadFloor(version);
                }
                evicted.mark(change, version);
            } else {
                if (change.all()) {
                    raiseExpireFloor(version);
                }
                expired.mark(change, version);
            }
            position = at;
        }

        void add(Difference difference) {
            raiseFloor(difference.floor());
            raiseLoadFloor(difference.loadFloor());
            raiseExpireFloor(difference.expireFloor());
            evicted.add(difference.evicted());
            expired.add(difference.expired());
            if (difference.position().version() > position.version()) {
                position = difference.position();
            }
        }

        private void raiseFloor(long version) {
            floor = Math.max(floor, version);
        }

        private void raiseLoadFloor(long version) {
            loadFloor = Math.max(loadFloor, version);
        }

        private void raiseExpireFloor(long version) {
            expireFloor = Math.max(expireFloor, version);
        }
    }
}
