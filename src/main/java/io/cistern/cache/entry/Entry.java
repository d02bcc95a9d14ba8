package io.cistern.cache.entry;

import io.cistern.cache.order.Position;
import java.util.List;
import java.util.Objects;

/**
 * One value with what a cache must know of it. Immutable; the arrays are shared, not copied, and
 * must not be changed by anyone.
 *
 * @param value the value's bytes; empty for a negative entry
 * @param contentType the media type of the value
 * @param created when the load that made it ended, in milliseconds of the store's time
 * @param freshUntil fresh up to and including this moment, milliseconds of the store's time
 * @param staleUntil dead after this moment, milliseconds of the store's time
 * @param position where in the order of invalidations its load began
 * @param tags the tags by which it can be invalidated
 * @param etag the opaque part of its entity tag, without quotes; empty where it is still to be
 *     told, see {@link #tagged}
 * @param fingerprint under which definition it was made; empty if the cache has none
 * @param originVersion the version that the origin gave it, or {@link #NO_VERSION}
 * @param negative whether it records that the origin has no such value
 * @param environment in which it was made, as far as that matters; {@link Environment#NONE} if
 *     everything applies everywhere
 * @param others what was made of the same key in other environments, the newest first; none of them
 *     has others. Each lives and dies by its own times, position and tags
 */
public record Entry(
        byte[] value,
        String contentType,
        long created,
        long freshUntil,
        long staleUntil,
        Position position,
        List<String> tags,
        String etag,
        String fingerprint,
        long originVersion,
        boolean negative,
        Environment environment,
        List<Entry> others) {

    /** The origin said nothing about a version. */
    public static final long NO_VERSION = Long.MIN_VALUE;

    /** Before all time: fresh at no moment, however the store's time is corrected. */
    private static final long EXPIRED = Long.MIN_VALUE;

    public Entry {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(contentType, "contentType");
        Objects.requireNonNull(position, "position");
        Objects.requireNonNull(etag, "etag");
        Objects.requireNonNull(fingerprint, "fingerprint");
        Objects.requireNonNull(environment, "environment");
        tags = List.copyOf(tags);
        others = List.copyOf(others);
    }

    /** What applies everywhere. */
    public Entry(
            byte[] value,
            String contentType,
            long created,
            long freshUntil,
            long staleUntil,
            Position position,
            List<String> tags,
            String etag,
            String fingerprint,
            long originVersion,
            boolean negative) {
        this(
                value,
                contentType,
                created,
                freshUntil,
                staleUntil,
                position,
                tags,
                etag,
                fingerprint,
                originVersion,
                negative,
                Environment.NONE,
                List.of());
    }

    /** Whether it may be served without asking the origin, at a moment of the store's time. */
    public boolean isFreshAt(long millis) {
        return millis <= freshUntil && !isExpired();
    }

    /** Whether it was told stale before its time. */
    public boolean isExpired() {
        return freshUntil == EXPIRED;
    }

    /** Whether it must never be served any more, at a moment of the store's time. */
    public boolean isDeadAt(long millis) {
        return millis > staleUntil;
    }

    /** Until when it, or one of the others, may be served at all: milliseconds of store's time. */
    public long keptUntil() {
        var until = staleUntil;
        for (var other : others) {
            until = Math.max(until, other.staleUntil);
        }
        return until;
    }

    /**
     * Its size in memory, in bytes, near enough for a bound: payload, metadata and object headers.
     */
    public int weight() {
        var weight = 160L + value.length + 2L * (contentType.length() + etag.length());
        for (var tag : tags) {
            weight += 56 + 2L * tag.length();
        }
        for (var other : others) {
            weight += other.weight();
        }
        return (int) Math.min(Integer.MAX_VALUE, weight);
    }

    /** The same entry with an entity tag, if need be that of its bytes. */
    public Entry tagged() {
        if (!etag.isEmpty() || negative) {
            return this;
        }
        return with(freshUntil, position, Etags.of(value), others);
    }

    /** The same entry without the others. */
    public Entry alone() {
        return others.isEmpty() ? this : with(List.of());
    }

    /** The same entry beside others. */
    public Entry with(List<Entry> newOthers) {
        return with(freshUntil, position, etag, newOthers);
    }

    /** The same entry at another position. */
    public Entry at(Position other) {
        return with(freshUntil, other, etag, others);
    }

    /** The same entry, told stale before its time: of whoever reads it, never to be stored. */
    public Entry expired() {
        return with(EXPIRED, position, etag, others);
    }

    private Entry with(
            long newFreshUntil, Position newPosition, String newEtag, List<Entry> newOthers) {
        return new Entry(
                value,
                contentType,
                created,
                newFreshUntil,
                staleUntil,
                newPosition,
                tags,
                newEtag,
                fingerprint,
                originVersion,
                negative,
                environment,
                newOthers);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Entry that
                && java.util.Arrays.equals(value, that.value)
                && contentType.equals(that.contentType)
                && created == that.created
                && freshUntil == that.freshUntil
                && staleUntil == that.staleUntil
                && position.equals(that.position)
                && tags.equals(that.tags)
                && etag.equals(that.etag)
                && fingerprint.equals(that.fingerprint)
                && originVersion == that.originVersion
                && negative == that.negative
                && environment.equals(that.environment)
                && others.equals(that.others);
    }

    @Override
    public int hashCode() {
        return Objects.hash(etag, created, position);
    }

    @Override
    public String toString() {
        return "Entry[%d bytes of %s, %s, tags %s, etag %s%s]"
                .formatted(
                        value.length, contentType, position, tags, etag, negative ? ", none" : "");
    }
}
