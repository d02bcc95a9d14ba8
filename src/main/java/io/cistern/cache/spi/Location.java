package io.cistern.cache.spi;

/**
 * Where entries lie.
 *
 * @param kind of what sort it is, in a word, such as {@code redis}
 * @param where it is, for people
 * @param entries how many lie there, dead ones among them
 * @param bytes what they take there
 * @param extent of what that is the size
 */
public record Location(String kind, String where, long entries, long bytes, Extent extent) {

    /** Of what a size was taken. */
    public enum Extent {
        /** Of the cache. */
        CACHE,
        /** Of a part of the cache: counting all of it would have taken too long. */
        PART,
        /** Of all caches of the instance: nobody counts them apart there. */
        ALL
    }

    /** In the memory of this instance. */
    public static Location memory(Store.Usage usage) {
        return new Location(
                "memory", "memory of this instance", usage.entries(), usage.bytes(), Extent.CACHE);
    }
}
