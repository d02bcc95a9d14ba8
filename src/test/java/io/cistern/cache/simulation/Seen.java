package io.cistern.cache.simulation;

import io.cistern.cache.LookupRequest;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Glob;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Observer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the checker remembers. Ticks number everything that happens. */
final class Seen {

    static final long NEVER = Long.MAX_VALUE;

    private Seen() {}

    /** Where a value comes from. */
    interface Source {
        /** When it was read at the origin, or put. */
        long tick();

        /** When its age begins, in nanoseconds of the monotonic time. */
        long bornNanos();

        /** How far the store's time had gone back when its age began. */
        long bornBackwards();

        Duration ttl(String key);

        Duration maxStale(String key);
    }

    /** A reading of a source by which an engine is warmed. */
    static final class Reading implements Source {
        final int id;
        final int engine;
        final long tick;
        long storedNanos;
        long storedBackwards;

        /** How far the store's time had gone back when it was asked where it is. */
        final long beganBackwards;

        /** When it was asked where the invalidations stand. */
        final long began;

        Reading(int id, int engine, long tick, long began, long beganBackwards) {
            this.began = began;
            this.beganBackwards = beganBackwards;
            this.id = id;
            this.engine = engine;
            this.tick = tick;
        }

        @Override
        public long tick() {
            return tick;
        }

        @Override
        public long bornNanos() {
            return storedNanos;
        }

        @Override
        public long bornBackwards() {
            return storedBackwards;
        }

        @Override
        public Duration ttl(String key) {
            return null;
        }

        @Override
        public Duration maxStale(String key) {
            return null;
        }
    }

    /** A call of the origin. */
    static final class Load implements Source {
        final int id;
        final int engine;
        final List<String> keys;
        final String kind;
        final long leader;
        final long began;
        final Position[] order;
        final int[] generations;
        final Map<String, Duration> ttls = new HashMap<>();
        final Map<String, Duration> maxStales = new HashMap<>();

        /** Loads by which the origin said that what this one brought still holds. */
        final List<Load> confirmations = new ArrayList<>();

        /** Whether it began before its engine could know where the store is. */
        boolean whileSetBack;

        long endNanos;
        long endMillis;
        long endBackwards;
        boolean over;
        long expiredNanos = NEVER;
        Observer.Load outcome;

        Load(
                int id,
                int engine,
                List<String> keys,
                String kind,
                long leader,
                long began,
                Position[] order,
                int[] generations) {
            this.id = id;
            this.engine = engine;
            this.keys = keys;
            this.kind = kind;
            this.leader = leader;
            this.began = began;
            this.order = order;
            this.generations = generations;
        }

        boolean isPlain() {
            return kind.equals("plain");
        }

        boolean isExpired() {
            return expiredNanos != NEVER;
        }

        @Override
        public long tick() {
            return began;
        }

        @Override
        public long bornNanos() {
            return endNanos;
        }

        @Override
        public long bornBackwards() {
            return endBackwards;
        }

        @Override
        public Duration ttl(String key) {
            return ttls.get(key);
        }

        @Override
        public Duration maxStale(String key) {
            return maxStales.get(key);
        }
    }

    /** An invalidation or a put. */
    static final class Changed implements Source {
        final int id;
        final int engine;
        final Change change;
        final boolean put;
        final long began;
        final long nanos;
        final long backwards;
        private final Glob[] globs;

        /** By partition, when it took effect there. */
        final Map<Integer, Long> effects = new HashMap<>();

        long acknowledged = NEVER;
        long acknowledgedNanos;

        /** Whether the store was set back to before it. */
        boolean lost;

        /** When it held again after that. */
        long healed = NEVER;

        long healedNanos;

        Changed(
                int id,
                int engine,
                Change change,
                boolean put,
                long began,
                long nanos,
                long backwards) {
            this.id = id;
            this.engine = engine;
            this.change = change;
            this.put = put;
            this.began = began;
            this.nanos = nanos;
            this.backwards = backwards;
            this.globs = change.patterns().stream().map(Glob::of).toArray(Glob[]::new);
        }

        /** The store is one that lacks it. */
        void lose() {
            lost = true;
            healed = NEVER;
        }

        /** Whether a store that was as it was at a moment lacks it, or what said it again. */
        boolean isLaterThan(long moment) {
            return effects.values().stream().anyMatch(at -> at > moment) || lost && healed > moment;
        }

        /** Whether nobody but who made it can know of it now; or not even he. */
        boolean isMissing() {
            return lost && (healed == NEVER || acknowledged == NEVER);
        }

        boolean concerns(String key, Collection<String> tags) {
            if (change.all() || change.keys().contains(key)) {
                return true;
            }
            for (var glob : globs) {
                if (glob.matches(key)) {
                    return true;
                }
            }
            return tags.stream().anyMatch(change.tags()::contains);
        }

        /** The same of an entry, which stays where its key alone is named with a lower version. */
        boolean concerns(String key, Entry entry) {
            var version = change.versions().get(key);
            return version == null || entry.originVersion() <= version
                    ? concerns(key, entry.tags())
                    : change.reaches(key, entry.tags());
        }

        /**
         * @param partition where; null if anywhere
         */
        long effect(Integer partition) {
            return partition == null ? tick() : effects.getOrDefault(partition, NEVER);
        }

        /** Whether it began, took effect or was acknowledged at some moment or later. */
        boolean touchedSince(long since) {
            return began >= since
                    || effects.values().stream().anyMatch(at -> at >= since)
                    || acknowledged != NEVER && acknowledged >= since;
        }

        @Override
        public long tick() {
            return effects.values().stream().mapToLong(at -> at).min().orElse(NEVER);
        }

        @Override
        public long bornNanos() {
            return nanos;
        }

        @Override
        public long bornBackwards() {
            return backwards;
        }

        @Override
        public Duration ttl(String key) {
            return null;
        }

        @Override
        public Duration maxStale(String key) {
            return null;
        }
    }

    /** A lookup of one key. */
    static final class Asked {
        final int id;
        final int engine;
        final String key;
        final String kind;
        final LookupRequest request;
        final long began;
        final long beganNanos;
        final boolean alone;
        boolean done;
        boolean cancelled;

        Asked(
                int id,
                int engine,
                String key,
                String kind,
                LookupRequest request,
                long began,
                long beganNanos,
                boolean alone) {
            this.id = id;
            this.engine = engine;
            this.key = key;
            this.kind = kind;
            this.request = request;
            this.began = began;
            this.beganNanos = beganNanos;
            this.alone = alone;
        }
    }

    /** An entry that the store said it stored. */
    record Stored(Entry entry, long tick) {}
}
