package io.cistern.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.spi.Loader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.StreamCache;
import org.apache.camel.WrappedFile;

/**
 * Turns a route's answer into values: bytes and text as they are, anything else as JSON. No body,
 * and an answer of 404 or 410, mean that the origin has no such value.
 */
final class ValueReader {

    private static final String BINARY = "application/octet-stream";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON_TYPE = JsonBodies.TYPE;
    private static final byte[] NOTHING = {};

    private static final ObjectMapper JSON = JsonBodies.JSON;

    private final CamelContext context;
    private final TagExpressions tags;

    ValueReader(CamelContext context, TagExpressions tags) {
        this.context = context;
        this.tags = tags;
    }

    /**
     * The answer of a route that was asked for one key.
     *
     * @param request what it was asked for
     * @param room what the value's bytes are taken from
     * @throws IllegalStateException if it answers 304 although it got no entity tag
     * @throws IllegalArgumentException if a header is malformed; the message names it
     * @throws Exception if the body can't be read or written as JSON
     */
    Map<String, Loader.Value> one(Loader.Request request, Exchange exchange, LoadBudget.Share room)
            throws Exception {
        var message = exchange.getMessage();
        var key = request.keys().get(0);
        if (isNotModified(message)) {
            if (request.etag() == null) {
                throw new IllegalStateException(
                        "the answer is 304 Not Modified, and the route got no CisternEtag");
            }
            return Map.of(
                    key,
                    Loader.Value.notModified(
                            DurationHeader.of(message, CisternConstants.TTL),
                            DurationHeader.of(message, CisternConstants.MAX_STALE),
                            originVersion(message)));
        }
        if (request.etag() != null
                && request.etag().equals(message.getHeader(CisternConstants.ETAG))) {
            // What the route got and left there is no tag of the new value.
            message.removeHeader(CisternConstants.ETAG);
        }
        return Map.of(key, isMissing(message) ? none(key, message) : value(key, message, room));
    }

    /**
     * The answer of a route that was asked for many keys: a map, or JSON of an object.
     *
     * @param room what the values' bytes are taken from
     * @throws IllegalArgumentException if it is neither
     * @throws Exception if a value can't be read or written as JSON
     */
    Map<String, Loader.Value> many(List<String> keys, Exchange exchange, LoadBudget.Share room)
            throws Exception {
        var message = exchange.getMessage();
        Map<String, Loader.Value> values = new HashMap<>();
        Map<String, Object> byKey = new HashMap<>();
        if (isNotModified(message)) {
            throw new IllegalStateException("an answer of 304 Not Modified to many keys at once");
        }
        if (!isMissing(message)) {
            asMap(message, room).forEach((key, body) -> byKey.put(String.valueOf(key), body));
        }
        for (var key : keys) {
            var body = byKey.get(key);
            values.put(
                    key, body == null ? none(key, message) : value(key, body, null, message, room));
        }
        return values;
    }

    private Map<?, ?> asMap(Message message, LoadBudget.Share room) throws Exception {
        if (message.getBody() instanceof Map<?, ?> map) {
            return map;
        }
        var bytes = bytes(message.getBody(), message.getExchange(), room);
        try {
            if (bytes != null && JSON.readValue(bytes, Object.class) instanceof Map<?, ?> map) {
                return map;
            }
        } catch (JsonProcessingException notJson) {
            // Said below, for this and for JSON that is no object.
        }
        throw new IllegalArgumentException(
                "a route with batchSize above 1 answers with a map from key to value, or with a"
                        + " JSON object; it answered with "
                        + message.getBody().getClass().getName());
    }

    private static boolean isNotModified(Message message) {
        var status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        return status != null && status == 304;
    }

    private static boolean isMissing(Message message) {
        var status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        return message.getBody() == null || status != null && (status == 404 || status == 410);
    }

    private Loader.Value none(String key, Message message) {
        var header = message.getHeader(CisternConstants.TAGS);
        return new Loader.Value(
                NOTHING,
                "",
                true,
                DurationHeader.of(message, CisternConstants.TTL),
                tags.of(key, null, null, header),
                null,
                Entry.NO_VERSION);
    }

    private Loader.Value value(String key, Message message, LoadBudget.Share room)
            throws Exception {
        var declared = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        return value(key, message.getBody(), declared, message, room);
    }

    private Loader.Value value(
            String key, Object body, String declared, Message message, LoadBudget.Share room)
            throws Exception {
        var bytes = bytes(body, message.getExchange(), room);
        String type;
        if (bytes == null) {
            bytes = JSON.writeValueAsBytes(body);
            room.take(bytes.length);
            type = isJson(declared) ? declared : JSON_TYPE;
        } else if (declared != null && !declared.isBlank()) {
            type = declared;
        } else {
            type = body instanceof CharSequence ? TEXT : BINARY;
        }
        return new Loader.Value(
                bytes,
                type,
                false,
                DurationHeader.of(message, CisternConstants.TTL),
                DurationHeader.of(message, CisternConstants.MAX_STALE),
                tags.of(
                        key,
                        body,
                        isJson(type) ? bytes : null,
                        message.getHeader(CisternConstants.TAGS)),
                message.getHeader(CisternConstants.ETAG, String.class),
                originVersion(message),
                false);
    }

    private static boolean isJson(String type) {
        if (type == null) {
            return false;
        }
        var essence = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return essence.equals(JSON_TYPE) || essence.endsWith("+json");
    }

    private static long originVersion(Message message) {
        var header = message.getHeader(CisternConstants.ORIGIN_VERSION, Long.class);
        return header == null ? Entry.NO_VERSION : header;
    }

    /** The bytes of what is bytes or text; null for anything else. */
    private byte[] bytes(Object body, Exchange exchange, LoadBudget.Share room)
            throws NoTypeConversionAvailableException, IOException {
        if (body instanceof byte[] bytes) {
            room.take(bytes.length);
            return bytes;
        }
        if (body instanceof CharSequence text) {
            var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            room.take(bytes.length);
            return bytes;
        }
        if (body instanceof StreamCache cache) {
            cache.reset();
        }
        if (body instanceof InputStream
                || body instanceof StreamCache
                || body instanceof ByteBuffer
                || body instanceof WrappedFile
                || body instanceof File) {
            var converter = context.getTypeConverter();
            try (var in = converter.mandatoryConvertTo(InputStream.class, exchange, body)) {
                return room.read(in);
            }
        }
        return null;
    }
}
