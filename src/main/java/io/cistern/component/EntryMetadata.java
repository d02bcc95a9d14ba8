package io.cistern.component;

import io.cistern.cache.entry.Entry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is told of an entry to those who do not want its value. */
public final class EntryMetadata {

    private EntryMetadata() {}

    /**
     * @param key its key
     * @param entry the entry
     * @return the contract's fields in their order; times are ISO 8601 in UTC
     */
    public static Map<String, Object> of(String key, Entry entry) {
        // What was told stale was so from its beginning.
        var freshUntil = entry.isExpired() ? entry.created() : entry.freshUntil();
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("key", key);
        metadata.put("contentType", entry.contentType());
        metadata.put("size", entry.value().length);
        metadata.put("created", Instant.ofEpochMilli(entry.created()).toString());
        metadata.put("freshUntil", Instant.ofEpochMilli(freshUntil).toString());
        metadata.put("staleUntil", Instant.ofEpochMilli(entry.staleUntil()).toString());
        metadata.put("version", entry.position().version());
        metadata.put("tags", entry.tags());
        metadata.put("etag", entry.etag());
        metadata.put("fingerprint", entry.fingerprint());
        return metadata;
    }
}
