package io.cistern.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An error as a client is told it (RFC 9457, {@code application/problem+json}). Immutable. As the
 * body of a message it is written like a {@link HttpReply}.
 */
public final class Problem {
    private static final CharSequence CONTENT_TYPE =
            HttpHeaders.createOptimized("application/problem+json");
    private static final Set<String> RESERVED =
            Set.of("type", "title", "status", "detail", "instance");
    private static final JsonFactory JSON = new JsonFactory();

    private final int status;
    private final String title;
    private final String detail;
    private final Map<String, Object> fields;
    private final Map<String, String> headers;

    private Problem(
            int status,
            String title,
            String detail,
            Map<String, Object> fields,
            Map<String, String> headers) {
        this.status = status;
        this.title = title;
        this.detail = detail;
        this.fields = fields;
        this.headers = headers;
    }

    /**
     * A problem.
     *
     * @param status the status, 400 to 599
     * @param title its kind in a few words, the same for all of the kind
     * @param detail what went wrong this time; null to say nothing
     */
    public static Problem of(int status, String title, String detail) {
        return new Problem(status, title, detail, Map.of(), Map.of());
    }

    /**
     * The same problem with one more field.
     *
     * @param name not one of RFC 9457's own
     * @param value null, a string, a number, a boolean, or an iterable or a map of such
     * @throws IllegalArgumentException if the name is one of RFC 9457's own
     */
    public Problem with(String name, Object value) {
        if (RESERVED.contains(name)) {
            throw new IllegalArgumentException("The field " + name + " has its own meaning");
        }
        var more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return new Problem(status, title, detail, more, headers);
    }

    /** The same problem with one more header. */
    public Problem header(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(status, title, detail, fields, more);
    }

    /** The same problem with {@code Retry-After}, in whole seconds, at least one. */
    public Problem retryAfter(Duration wait) {
        var seconds = Math.max(1, (wait.toMillis() + 999) / 1000);
        return header("Retry-After", Long.toString(seconds));
    }

    public int status() {
        return status;
    }

    /** The answer that carries it. */
    public HttpReply toReply() {
        var reply = HttpReply.status(status).header(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE);
        headers.forEach(reply::header);
        return reply.payload(toJson()).build();
    }

    private byte[] toJson() {
        var bytes = new ByteArrayOutputStream(200);
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("title", title);
            json.writeNumberField("status", status);
            if (detail != null) {
                json.writeStringField("detail", detail);
            }
            for (var field : fields.entrySet()) {
                json.writeFieldName(field.getKey());
                write(json, field.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Iterable<?> values) {
            json.writeStartArray();
            for (var one : values) {
                write(json, one);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (var entry : map.entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            json.writeObject(value);
        } else {
            json.writeString(value.toString());
        }
    }

    @Override
    public String toString() {
        return status + " " + title + (detail == null ? "" : ": " + detail);
    }
}
