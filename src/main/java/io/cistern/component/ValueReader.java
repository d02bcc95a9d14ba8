package io.cistern.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.spi.Loader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Turns a route's answer into values. No body, and an answer of 404 or 410, mean that the origin
 * has no such value.
 */
final class ValueReader {

    private static final byte[] NOTHING = {};

    private static final ObjectMapper JSON = JsonBodies.JSON;

    private final ValueEncoder values;
    private final TagExpressions tags;

    ValueReader(ValueEncoder values, TagExpressions tags) {
        this.values = values;
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
        Map<String, Loader.Value> found = new HashMap<>();
        Map<String, Object> byKey = new HashMap<>();
        if (isNotModified(message)) {
            throw new IllegalStateException("an answer of 304 Not Modified to many keys at once");
        }
        if (!isMissing(message)) {
            asMap(message, room).forEach((key, body) -> byKey.put(String.valueOf(key), body));
        }
        for (var key : keys) {
            var body = byKey.get(key);
            found.put(
                    key, body == null ? none(key, message) : value(key, body, null, message, room));
        }
        return found;
    }

    private Map<?, ?> asMap(Message message, LoadBudget.Share room) throws Exception {
        if (message.getBody() instanceof Map<?, ?> map) {
            return map;
        }
        var bytes = values.bytes(message.getBody(), message.getExchange(), room);
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
        var encoded = values.encode(key, body, declared, message.getExchange(), room);
        var bytes = encoded.bytes();
        var type = encoded.type();
        return new Loader.Value(
                bytes,
                type,
                false,
                DurationHeader.of(message, CisternConstants.TTL),
                DurationHeader.of(message, CisternConstants.MAX_STALE),
                tags.of(
                        key,
                        body,
                        JsonBodies.isJson(type) ? bytes : null,
                        message.getHeader(CisternConstants.TAGS)),
                message.getHeader(CisternConstants.ETAG, String.class),
                originVersion(message),
                false);
    }

    private static long originVersion(Message message) {
        var header = message.getHeader(CisternConstants.ORIGIN_VERSION, Long.class);
        return header == null ? Entry.NO_VERSION : header;
    }
}
