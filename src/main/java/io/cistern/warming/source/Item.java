package io.cistern.warming.source;

/** What a source yields, one at a time. */
public sealed interface Item {

    /** A key to load. */
    record Key(String key) implements Item {}

    /**
     * A row to store as it is.
     *
     * @param key its key
     * @param value its bytes
     * @param contentType their media type
     * @param body what the bytes were made of, for the cache's expressions; null where they are all
     *     there is
     */
    record Row(String key, byte[] value, String contentType, Object body) implements Item {}

    /**
     * Something that is neither.
     *
     * @param reason why not, for people
     */
    record Garbage(String reason) implements Item {}
}
