package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.entry.Etags;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Loader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/** Makes entries of what origins and callers give, by the policy of one cache. */
final class Entries {

    private static final byte[] NOTHING = {};

    private final CachePolicy policy;
    private final List<String> dependencies;
    private final Clock clock;
    private final DoubleSupplier random;

    /**
     * @param policy of the cache
     * @param clock whose store time is stamped
     * @param random evenly from 0 to 1, for the jitter
     */
    Entries(CachePolicy policy, Clock clock, DoubleSupplier random) {
        this.policy = policy;
        this.dependencies =
                policy.dependsOn().stream()
                        .filter(dependency -> dependency.key().isPresent())
                        .map(dependency -> Dependency.tagOfAny(dependency.cache()))
                        .distinct()
                        .toList();
        this.clock = clock;
        this.random = random;
    }

    /**
     * @param value what the origin gave; null if nothing
     * @param began where the load began
     * @param known the entry that the origin may have confirmed; null if none
     * @param validity for whom it was loaded
     * @throws IllegalStateException if it confirmed an entry although none is known
     * @throws NullPointerException if the value lacks a part
     */
    Entry make(Loader.Value value, Position began, Entry known, Validity validity) {
        if (value != null && value.notModified()) {
            return confirmed(value, began, known);
        }
        if (value == null || value.negative()) {
            return none(value, began, validity);
        }
        var etag = value.etag() == null ? Etags.of(value.value()) : Etags.opaque(value.etag());
        return loaded(value, began, etag, validity);
    }

    /**
     * The same value, from now on. Its tags stay as they are: they follow from key and value, and
     * neither has changed.
     */
    private Entry confirmed(Loader.Value value, Position began, Entry known) {
        if (known == null) {
            throw new IllegalStateException("the origin confirms a value that it was not asked of");
        }
        var now = clock.millis();
        var freshUntil = freshUntil(now, value, policy.ttl());
        return new Entry(
                known.value(),
                known.contentType(),
                now,
                freshUntil,
                staleUntil(freshUntil, value),
                began,
                known.tags(),
                known.etag(),
                known.fingerprint(),
                value.originVersion() == Entry.NO_VERSION
                        ? known.originVersion()
                        : value.originVersion(),
                false,
                known.environment(),
                List.of());
    }

    /**
     * What nobody has asked for: its entity tag is told when it is first read, since a digest of
     * the bytes takes a good part of the time that storing them takes.
     */
    Entry unread(Loader.Value value, Position began, Validity validity) {
        return loaded(value, began, "", validity);
    }

    /** Whether an entry is small enough to be stored, its metadata included. */
    boolean isStorable(Entry entry) {
        return entry.value().length <= policy.maxValueSize() && EntryFormat.canEncode(entry);
    }

    /**
     * An entry beside what was made for others, as far as all of them together are no larger than
     * one value may be.
     *
     * @param others the newest first, which stay before those that are older
     */
    Entry beside(Entry entry, List<Entry> others) {
        if (others.isEmpty()) {
            return entry;
        }
        var room = policy.maxValueSize() - entry.value().length;
        var fitting = new ArrayList<Entry>();
        for (var other : others) {
            room -= other.value().length;
            if (room < 0) {
                break;
            }
            fitting.add(other);
        }
        return entry.with(fitting);
    }

    /** It is never stale. */
    private Entry none(Loader.Value value, Position began, Validity validity) {
        var now = clock.millis();
        var until = freshUntil(now, value, policy.negativeTtl());
        return new Entry(
                NOTHING,
                "",
                now,
                until,
                until,
                began,
                value == null ? dependencies : tags(value),
                "",
                validity.fingerprint(),
                Entry.NO_VERSION,
                true,
                validity.environment(),
                List.of());
    }

    private Entry loaded(Loader.Value value, Position began, String etag, Validity validity) {
        var now = clock.millis();
        var freshUntil = freshUntil(now, value, policy.ttl());
        return new Entry(
                value.value(),
                value.contentType(),
                now,
                freshUntil,
                staleUntil(freshUntil, value),
                began,
                tags(value),
                etag,
                validity.fingerprint(),
                value.originVersion(),
                false,
                validity.environment(),
                List.of());
    }

    /** Whatever it is made of in particular, it is made of something of those caches. */
    private List<String> tags(Loader.Value value) {
        if (dependencies.isEmpty()) {
            return value.tags();
        }
        return Stream.concat(value.tags().stream(), dependencies.stream()).distinct().toList();
    }

    private long freshUntil(long now, Loader.Value value, Duration usual) {
        return now + shortened(value == null || value.ttl() == null ? usual : value.ttl());
    }

    private long staleUntil(long freshUntil, Loader.Value value) {
        return freshUntil
                + bounded(value.maxStale() == null ? policy.maxStale() : value.maxStale())
                        .toMillis();
    }

    private long shortened(Duration ttl) {
        var millis = bounded(ttl).toMillis();
        return policy.jitter() == 0
                ? millis
                : millis - (long) (millis * policy.jitter() * random.getAsDouble());
    }

    /** Origins say what they like. */
    private static Duration bounded(Duration time) {
        if (time.isNegative()) {
            return Duration.ZERO;
        }
        return time.compareTo(CachePolicy.LONGEST) > 0 ? CachePolicy.LONGEST : time;
    }
}
