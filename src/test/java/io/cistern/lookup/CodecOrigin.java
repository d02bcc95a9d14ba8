package io.cistern.lookup;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Header;

/** Answers with an object of the kind that a key begins with. */
public final class CodecOrigin {

    static final byte[] BYTES = {0, -1, 7};

    /** A bean that Java's serialization would take. */
    public record Article(String name) implements Serializable {}

    /** For one key. */
    public static Object one(@Header("CisternKey") String key) {
        return switch (key.split("-", 2)[0]) {
            case "bytes" -> BYTES;
            case "text" -> "plain";
            case "json" -> "{\"a\":1}";
            case "map" -> Map.of("a", 1);
            default -> new Article(key);
        };
    }

    /** For many. */
    public static Map<String, Object> many(@Body List<String> keys) {
        Map<String, Object> values = new LinkedHashMap<>();
        keys.forEach(key -> values.put(key, one(key)));
        return values;
    }
}
