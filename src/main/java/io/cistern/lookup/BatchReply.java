package io.cistern.lookup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.cistern.cache.LookupResult;
import io.cistern.cache.entry.Entry;
import io.cistern.http.HttpReply;
import io.vertx.core.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The answer to a batch lookup: values that are JSON as they are, others as base64, then the keys
 * without a value, and those that failed with their reasons.
 */
final class BatchReply {

    /** At least one value of the default maximum, and a 32nd of the heap. */
    private static final long MAX_BYTES = Math.max(8L << 20, Runtime.getRuntime().maxMemory() / 32);

    private static final JsonFactory JSON = new JsonFactory();

    private BatchReply() {}

    static HttpReply of(Map<String, LookupResult> results) {
        return of(results, MAX_BYTES);
    }

    /**
     * @param results by key
     * @param maxBytes of all values together; what is beyond is told as failed
     */
    static HttpReply of(Map<String, LookupResult> results, long maxBytes) {
        var leftOut = leftOut(results, maxBytes);
        var out = new ByteArrayOutputStream(256 + 64 * results.size());
        try (var json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeObjectFieldStart("entries");
            for (var each : results.entrySet()) {
                if (each.getValue().hasValue() && !leftOut.contains(each.getKey())) {
                    write(json, each.getKey(), each.getValue());
                }
            }
            json.writeEndObject();
            json.writeArrayFieldStart("missing");
            for (var each : results.entrySet()) {
                if (each.getValue().failure() == null && !each.getValue().hasValue()) {
                    json.writeString(each.getKey());
                }
            }
            json.writeEndArray();
            json.writeObjectFieldStart("failed");
            for (var each : results.entrySet()) {
                if (each.getValue().failure() != null) {
                    json.writeStringField(each.getKey(), each.getValue().failure().reason());
                } else if (leftOut.contains(each.getKey())) {
                    json.writeStringField(
                            each.getKey(), "the answer would be too large; ask again");
                }
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return HttpReply.of(
                200,
                out.toByteArray(),
                HttpHeaders.CONTENT_TYPE,
                "application/json",
                HttpHeaders.CACHE_CONTROL,
                "no-cache");
    }

    /** The answer is written to memory as a whole: it must not take the heap. */
    private static Set<String> leftOut(Map<String, LookupResult> results, long maxBytes) {
        Set<String> leftOut = new HashSet<>();
        var bytes = 0L;
        for (var each : results.entrySet()) {
            if (each.getValue().hasValue()) {
                bytes += each.getValue().entry().value().length;
                if (bytes > maxBytes) {
                    bytes -= each.getValue().entry().value().length;
                    leftOut.add(each.getKey());
                }
            }
        }
        return leftOut;
    }

    private static void write(JsonGenerator json, String key, LookupResult result)
            throws IOException {
        var entry = result.entry();
        json.writeObjectFieldStart(key);
        if (isJson(entry)) {
            json.writeFieldName("value");
            json.writeRawValue(new String(entry.value(), StandardCharsets.UTF_8));
        } else {
            json.writeBinaryField("base64", entry.value());
            json.writeStringField("contentType", entry.contentType());
        }
        json.writeStringField("status", status(result));
        json.writeEndObject();
    }

    private static String status(LookupResult result) {
        return switch (result.way()) {
            case NEAR, SHARED -> "hit";
            case STALE_IF_ERROR, SOFT_TIMEOUT, MAX_STALE -> "stale";
            case MISS, VARIED, STALE, REFRESH, BYPASS, FAILED -> "miss";
        };
    }

    /** Whether it may stand in the answer as it is: a media type alone is no proof. */
    private static boolean isJson(Entry entry) {
        var type = entry.contentType().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!type.equals("application/json") && !type.endsWith("+json")) {
            return false;
        }
        try (var in = JSON.createParser(entry.value())) {
            if (in.nextToken() == null) {
                return false;
            }
            in.skipChildren();
            return in.nextToken() == null;
        } catch (JsonProcessingException notJson) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }
}
