package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.entry.Etags;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Loader;
import java.time.Duration;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Makes entries of what origins and callers give, by the policy of one cache. */
final class Entries {

    private static final byte[] NOTHING = {};

    private final CachePolicy policy;
    private final String fingerprint;
    private final Clock clock;
    private final DoubleSupplier random;

    /**
     * @param policy of the cache
     * @param clock whose store time is stamped
     * @param random evenly from 0 to 1, for the jitter
     */
    Entries(CachePolicy policy, Clock clock, DoubleSupplier random) {
        this.policy = policy;
        this.fingerprint = policy.fingerprint();
        this.clock = clock;
        this.random = random;
    }

    /**
     * @param value what the origin gave; null if nothing
     * @param began where the load began
     * @param known the entry that the origin may have confirmed; null if none
     * @throws IllegalStateException if it confirmed an entry although none is known
     * @throws NullPointerException if the value lacks a part
     */
    Entry make(Loader.Value value, Position began, Entry known) {
        if (value != null && value.notModified()) {
            return confirmed(value, began, known);
        }
        return value == null || value.negative()
                ? none(value == null ? List.of() : value.tags(), began)
                : make(value, value.ttl() == null ? policy.ttl() : value.ttl(), began);
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
        var freshUntil = now + shortened(value.ttl() == null ? policy.ttl() : value.ttl());
        return new Entry(
                known.value(),
                known.contentType(),
                now,
                freshUntil,
                freshUntil + policy.maxStale().toMillis(),
                began,
                known.tags(),
                known.etag(),
                known.fingerprint(),
                value.originVersion() == Entry.NO_VERSION
                        ? known.originVersion()
                        : value.originVersion(),
                false);
    }

    /** Whether an entry is small enough to be stored, its metadata included. */
    boolean isStorable(Entry entry) {
        return entry.value().length <= policy.maxValueSize() && EntryFormat.canEncode(entry);
    }

    private Entry none(List<String> tags, Position began) {
        var now = clock.millis();
        var until = now + shortened(policy.negativeTtl());
        return new Entry(
                NOTHING,
                "",
                now,
                until,
                until,
                began,
                tags,
                "",
                fingerprint,
                Entry.NO_VERSION,
                true);
    }

    private Entry make(Loader.Value value, Duration ttl, Position began) {
        var now = clock.millis();
        var freshUntil = now + shortened(ttl);
        return new Entry(
                value.value(),
                value.contentType(),
                now,
                freshUntil,
                freshUntil + policy.maxStale().toMillis(),
                began,
                value.tags(),
                value.etag() == null ? Etags.of(value.value()) : Etags.opaque(value.etag()),
                fingerprint,
                value.originVersion(),
                false);
    }

    private long shortened(Duration ttl) {
        var millis = bounded(ttl).toMillis();
        return policy.jitter() == 0
                ? millis
                : millis - (long) (millis * policy.jitter() * random.getAsDouble());
    }

    /** Origins say what they like. */
    private static Duration bounded(Duration ttl) {
        if (ttl.isNegative()) {
            return Duration.ZERO;
        }
        return ttl.compareTo(CachePolicy.LONGEST) > 0 ? CachePolicy.LONGEST : ttl;
    }
}
