package io.cistern.invalidation.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Reads events: one or an array of them, as plain JSON or as CloudEvents 1.0, structured or binary.
 * The {@link EventSchema} judges them; what is plain and right is read without it, since that takes
 * a tenth of the time. Safe for use by many threads.
 */
public final class EventReader {

    private static final ObjectMapper JSON =
            new ObjectMapper(
                            JsonFactory.builder()
                                    .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
                                    .build())
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final String BASE64 = "data_base64";

    /** How the parser's message begins where a field stands twice in an object. */
    private static final String DUPLICATE = "Duplicate field";

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final EventSchema schema = new EventSchema();
    private final EventChecks checks;
    private final LongAdder unknown = new LongAdder();

    /**
     * @param caches tells whether there is a cache of a name
     * @param time what time it is, to tell absurd times
     */
    public EventReader(Predicate<String> caches, InstantSource time) {
        this.checks = new EventChecks(caches, time);
    }

    /**
     * Reads a message, whole or not at all.
     *
     * @param body the bytes; null counts as empty
     * @param contentType the media type that the sender gave; null where there was none
     * @param attributes of a CloudEvent in binary mode, by their plain names in lower case, such as
     *     {@code specversion}, {@code id} and {@code time}; empty where there were none
     * @return its events, in their order; at least one
     * @throws EventException if anything of it is wrong; it says what, and where
     */
    public List<InvalidationEvent> read(
            byte[] body, String contentType, Map<String, String> attributes) {
        var text = text(body);
        var structured = CloudEvent.isStructured(contentType);
        var envelope =
                !structured && attributes.containsKey(CloudEvent.VERSION)
                        ? CloudEvent.of(attributes)
                        : CloudEvent.NONE;
        var message = new Message();
        var plain = structured ? Optional.<Plain>empty() : plain(text);
        if (plain.isPresent()) {
            message.takePlain(plain.get(), envelope);
        } else {
            message.take(tree(text), structured ? null : envelope, "");
        }
        checkDelays(message.events);
        unknown.add(message.unknownFields);
        return message.events;
    }

    /** What could never wait together would be refused again and again. */
    private static void checkDelays(List<InvalidationEvent> events) {
        var names = events.stream().mapToInt(InvalidationEvent::delayedNames).sum();
        if (names > Invalidator.MOST_DELAYED) {
            throw new EventException(
                    "body",
                    "names %d keys, tags and patterns with a delay; at most %d may wait at once"
                            .formatted(names, Invalidator.MOST_DELAYED));
        }
    }

    /** How many fields were ignored that are none of an event, in all that was read. */
    public long unknownFields() {
        return unknown.sum();
    }

    private static String text(byte[] body) {
        if (body == null || body.length == 0) {
            throw new EventException("body", "is empty");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw new EventException("body", "is no valid UTF-8");
        }
        if (text.charAt(0) == BYTE_ORDER_MARK) {
            text = text.substring(1);
        }
        if (text.isBlank()) {
            throw new EventException("body", "is empty");
        }
        return text;
    }

    /**
     * Events that are plain and right.
     *
     * @param isArray whether they are elements of an array
     * @param events at least one
     */
    record Plain(boolean isArray, List<EventFields> events) {}

    /** Reads events that are plain and right; empty for what the schema has to judge. */
    static Optional<Plain> plain(String text) {
        List<EventFields> events = new ArrayList<>();
        try (var in = JSON.createParser(text)) {
            var isArray = in.nextToken() == JsonToken.START_ARRAY;
            if (isArray) {
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    events.add(EventFields.read(in));
                }
            } else {
                events.add(EventFields.read(in));
            }
            return events.isEmpty() || in.nextToken() != null
                    ? Optional.empty()
                    : Optional.of(new Plain(isArray, events));
        } catch (IOException | EventFields.MisfitException e) {
            return Optional.empty();
        }
    }

    private static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            var mistake =
                    e.getOriginalMessage().startsWith(DUPLICATE)
                            ? "has a field twice"
                            : "is not JSON";
            var place = e.getLocation();
            throw new EventException(
                    "body",
                    place == null
                            ? mistake
                            : "%s, at line %d, column %d"
                                    .formatted(mistake, place.getLineNr(), place.getColumnNr()));
        }
    }

    /** One message while it is read. */
    private final class Message {
        private final List<InvalidationEvent> events = new ArrayList<>();
        private long unknownFields;

        void takePlain(Plain plain, CloudEvent envelope) {
            for (var i = 0; i < plain.events().size(); i++) {
                take(plain.events().get(i), plain.isArray() ? "[" + i + "]" : "", envelope);
            }
        }

        /**
         * One event, or an array of them.
         *
         * @param envelope what is around it; null where each has to have its own
         * @param path where it stands in the message; empty for the whole
         */
        void take(JsonNode node, CloudEvent envelope, String path) {
            if (!node.isArray()) {
                takeOne(node, envelope, path);
                return;
            }
            if (node.isEmpty()) {
                throw new EventException(path.isEmpty() ? "body" : path, "is an empty array");
            }
            for (var i = 0; i < node.size(); i++) {
                takeOne(node.get(i), envelope, path + "[" + i + "]");
            }
        }

        private void takeOne(JsonNode node, CloudEvent envelope, String path) {
            if (node.isObject() && (envelope == null || node.has(CloudEvent.VERSION))) {
                var attributes = CloudEvent.of(node, dotted(path));
                take(data(node, dotted(path)), attributes, dotted(path) + "data");
                return;
            }
            schema.mistake(node)
                    .ifPresent(
                            mistake -> {
                                throw new EventException(
                                        field(path, mistake.field()), mistake.detail());
                            });
            take(fields(node, path), path, envelope);
        }

        private void take(EventFields fields, String path, CloudEvent envelope) {
            events.add(checks.check(fields, dotted(path), envelope));
            unknownFields += fields.unknown;
        }
    }

    /** Of an event that the schema found right. */
    private static EventFields fields(JsonNode node, String path) {
        try (var in = node.traverse()) {
            in.nextToken();
            return EventFields.read(in);
        } catch (EventFields.MisfitException e) {
            throw new EventException(field(path, e.getMessage()), "is out of range");
        } catch (IOException e) {
            throw new IllegalStateException("reading a tree", e);
        }
    }

    /** What a CloudEvent in structured mode carries. */
    private static JsonNode data(JsonNode envelope, String element) {
        var data = envelope.get("data");
        var encoded = envelope.get(BASE64);
        if (data == null && encoded == null) {
            throw new EventException(element + "data", "is missing");
        }
        if (data != null) {
            return data;
        }
        try {
            return tree(text(encoded.binaryValue()));
        } catch (IOException | EventException e) {
            throw new EventException(element + BASE64, "is not the base64 of JSON");
        }
    }

    private static String field(String path, String field) {
        if (field.isEmpty()) {
            return path.isEmpty() ? "body" : path;
        }
        return dotted(path) + field;
    }

    private static String dotted(String path) {
        return path.isEmpty() ? "" : path + ".";
    }
}
