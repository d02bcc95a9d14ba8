package io.cistern.region;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.cistern.invalidation.event.InvalidationEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What regions tell each other as bytes and back: JSON in ASCII, {@code {"cistern":1,"cache":"…",
 * "mode":"evict","all":false,"keys":{"42":null,"43":7},"tags":["…"],"patterns":["…"]}}, each key
 * with the origin's version of it. All that is not ASCII is escaped, so that even half of a
 * surrogate pair arrives as it was. A record that says {@code {"cistern":1}} says nothing.
 */
final class RecordCodec {

    private static final int FORMAT = 1;
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private RecordCodec() {}

    /** A record that says nothing: written to learn whether one can be. */
    static byte[] nothing() {
        return written(json -> {});
    }

    static byte[] encode(Told told) {
        var change = told.change();
        return written(
                json -> {
                    json.writeStringField("cache", told.cache());
                    json.writeStringField("mode", change.isEviction() ? "evict" : "expire");
                    json.writeBooleanField("all", change.all());
                    json.writeObjectFieldStart("keys");
                    for (var key : change.keys()) {
                        var version = change.versions().get(key);
                        if (version == null) {
                            json.writeNullField(key);
                        } else {
                            json.writeNumberField(key, version);
                        }
                    }
                    json.writeEndObject();
                    array("tags", change.tags(), json);
                    array("patterns", change.patterns(), json);
                });
    }

    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] written(Fields fields) {
        var bytes = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("cistern", FORMAT);
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void array(String name, Collection<String> texts, JsonGenerator json)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (var text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    /**
     * @param record what another region wrote
     * @param writtenAt when, or null
     * @return the invalidations that it tells of, together what was told; none if it says nothing
     * @throws IllegalArgumentException if it is nothing that this version writes
     */
    static List<InvalidationEvent> decode(byte[] record, Instant writtenAt) {
        if (record == null) {
            throw new IllegalArgumentException("it is empty");
        }
        try (var json = JSON.createParser(record)) {
            return read(json, writtenAt);
        } catch (IOException e) {
            throw new IllegalArgumentException("it is no JSON, or not all of it", e);
        }
    }

    private static List<InvalidationEvent> read(JsonParser json, Instant writtenAt)
            throws IOException {
        expect(JsonToken.START_OBJECT, json.nextToken());
        field("cistern", json);
        expect(JsonToken.VALUE_NUMBER_INT, json.nextToken());
        if (json.getLongValue() != FORMAT) {
            throw new IllegalArgumentException("it has a format of another version");
        }
        if (json.nextToken() == JsonToken.END_OBJECT) {
            expect(null, json.nextToken());
            return List.of();
        }
        expectName("cache", json);
        var cache = text(json);
        field("mode", json);
        var mode = mode(text(json));
        field("all", json);
        var all = truth(json);
        field("keys", json);
        var keys = keys(json);
        field("tags", json);
        var tags = texts(json);
        field("patterns", json);
        var patterns = texts(json);
        expect(JsonToken.END_OBJECT, json.nextToken());
        expect(null, json.nextToken());
        return new Events(cache, mode, writtenAt).of(all, keys, tags, patterns);
    }

    /** The events that say together what a record says. */
    private record Events(String cache, InvalidationEvent.Mode mode, Instant at) {

        List<InvalidationEvent> of(
                boolean all,
                Map<OptionalLong, List<String>> keys,
                List<String> tags,
                List<String> patterns) {
            var events = new ArrayList<InvalidationEvent>();
            if (all || !tags.isEmpty()) {
                events.add(event(List.of(), tags, null, all, OptionalLong.empty()));
            }
            for (var pattern : patterns) {
                events.add(event(List.of(), List.of(), pattern, false, OptionalLong.empty()));
            }
            keys.forEach(
                    (version, some) -> events.add(event(some, List.of(), null, false, version)));
            if (events.isEmpty()) {
                throw new IllegalArgumentException("it names nothing");
            }
            return events;
        }

        private InvalidationEvent event(
                List<String> keys,
                List<String> tags,
                String pattern,
                boolean all,
                OptionalLong version) {
            return new InvalidationEvent(
                    null, cache, keys, tags, pattern, all, mode, at, null, Duration.ZERO, version);
        }
    }

    private static InvalidationEvent.Mode mode(String text) {
        return switch (text) {
            case "evict" -> InvalidationEvent.Mode.EVICT;
            case "expire" -> InvalidationEvent.Mode.EXPIRE;
            default -> throw new IllegalArgumentException("it has a mode that is unknown");
        };
    }

    private static Map<OptionalLong, List<String>> keys(JsonParser json) throws IOException {
        Map<OptionalLong, List<String>> keys = new LinkedHashMap<>();
        expect(JsonToken.START_OBJECT, json.nextToken());
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var key = json.currentName();
            var version =
                    json.nextToken() == JsonToken.VALUE_NULL
                            ? OptionalLong.empty()
                            : OptionalLong.of(json.getLongValue());
            keys.computeIfAbsent(version, any -> new ArrayList<>()).add(key);
        }
        expect(JsonToken.END_OBJECT, json.currentToken());
        return keys;
    }

    private static List<String> texts(JsonParser json) throws IOException {
        expect(JsonToken.START_ARRAY, json.nextToken());
        var texts = new ArrayList<String>();
        while (json.nextToken() == JsonToken.VALUE_STRING) {
            texts.add(json.getText());
        }
        expect(JsonToken.END_ARRAY, json.currentToken());
        return texts;
    }

    private static boolean truth(JsonParser json) throws IOException {
        var token = json.nextToken();
        if (token != JsonToken.VALUE_TRUE) {
            expect(JsonToken.VALUE_FALSE, token);
        }
        return token == JsonToken.VALUE_TRUE;
    }

    private static String text(JsonParser json) throws IOException {
        expect(JsonToken.VALUE_STRING, json.nextToken());
        return json.getText();
    }

    private static void field(String name, JsonParser json) throws IOException {
        json.nextToken();
        expectName(name, json);
    }

    private static void expectName(String name, JsonParser json) throws IOException {
        expect(JsonToken.FIELD_NAME, json.currentToken());
        if (!name.equals(json.currentName())) {
            throw new IllegalArgumentException("it has fields that are unknown");
        }
    }

    private static void expect(JsonToken expected, JsonToken found) {
        if (expected != found) {
            throw new IllegalArgumentException("it is not as regions write it");
        }
    }
}
