package io.cistern.component;

import io.cistern.cache.LookupRequest;
import io.cistern.cache.Validity;
import io.cistern.cache.entry.Entry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is told of an entry to those who do not want its value. */
public final class EntryMetadata {

    private EntryMetadata() {}

    /**
     * @param key its key
     * @param entry the entry, beside what was made of the key in other environments
     * @param request tells who asks
     * @return the contract's fields in their order; times are ISO 8601 in UTC
     */
    public static Map<String, Object> of(String key, Entry entry, LookupRequest request) {
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
        var validity = request.validity();
        if (validity != null && validity.isVaried()) {
            metadata.put("environment", entry.environment().values());
            metadata.put(
                    "variants",
                    Validity.variants(entry).stream()
                            .map(variant -> variant(variant, validity))
                            .toList());
        }
        return metadata;
    }

    private static Map<String, Object> variant(Entry entry, Validity validity) {
        Map<String, Object> variant = new LinkedHashMap<>();
        variant.put("environment", entry.environment().values());
        variant.put("created", Instant.ofEpochMilli(entry.created()).toString());
        variant.put("size", entry.value().length);
        var objections = validity.objections(entry);
        variant.put("applies", objections.isEmpty());
        if (!objections.isEmpty()) {
            variant.put("because", objections);
        }
        return variant;
    }
}
