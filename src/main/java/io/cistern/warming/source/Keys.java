package io.cistern.warming.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/** Finds the keys of what sources yield. */
final class Keys {

    private static final int MAX_BYTES = 2048;
    private static final JsonFactory JSON = new JsonFactory();

    private final String field;

    /**
     * @param field of a row that is its key; null where keys are yielded
     */
    Keys(String field) {
        this.field = field;
    }

    /** Whether rows are wanted. */
    boolean ofRows() {
        return field != null;
    }

    /** A key as it is. */
    static Item key(String text) {
        var problem = problem(text);
        return problem == null ? new Item.Key(text) : new Item.Garbage(problem);
    }

    /** What is wrong with a key; null where nothing is. */
    static String problem(String key) {
        if (key.isEmpty()) {
            return "an empty key";
        }
        var tooLong =
                key.length() * 3 > MAX_BYTES
                        && key.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
        return tooLong ? "a key of more than " + MAX_BYTES + " bytes" : null;
    }

    /** A row with its key. */
    static Item row(String key, byte[] value, String contentType, Object body) {
        var problem = problem(key);
        return problem == null
                ? new Item.Row(key, value, contentType, body)
                : new Item.Garbage(problem);
    }

    /** The key of a row that is a map; null where it has none. */
    String of(Map<?, ?> row) {
        var value = row.get(field);
        return isScalar(value) ? value.toString() : null;
    }

    static boolean isScalar(Object value) {
        return value instanceof CharSequence
                || value instanceof Number
                || value instanceof UUID
                || value instanceof Character;
    }

    Item.Garbage without() {
        return new Item.Garbage("a row without the field " + field);
    }

    /**
     * A JSON value.
     *
     * @param json its bytes, kept as they are
     * @param contentType of the bytes
     */
    Item ofJson(byte[] json, String contentType) {
        try (var parser = JSON.createParser(json)) {
            var token = parser.nextToken();
            if (token == null) {
                return new Item.Garbage("nothing where a value is expected");
            }
            if (!ofRows()) {
                return keyOf(parser, token);
            }
            if (token != JsonToken.START_OBJECT) {
                return new Item.Garbage("a row that is no JSON object");
            }
            var key = keyOfRow(parser);
            end(parser);
            return key == null ? without() : row(key, json, contentType, null);
        } catch (JsonProcessingException e) {
            return new Item.Garbage("no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** To the end of the object: what is damaged further on must not be stored. */
    private String keyOfRow(JsonParser parser) throws IOException {
        String key = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var wanted = key == null && parser.currentName().equals(field);
            var value = parser.nextToken();
            if (wanted && (value == JsonToken.VALUE_STRING || value.isNumeric())) {
                key = parser.getText();
            } else {
                parser.skipChildren();
            }
        }
        return key;
    }

    private static void end(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw new JsonParseException(parser, "something behind the value");
        }
    }

    private static Item keyOf(JsonParser parser, JsonToken first) throws IOException {
        var token = first;
        var inObject = token == JsonToken.START_OBJECT;
        if (inObject && parser.nextToken() == JsonToken.FIELD_NAME) {
            token = parser.nextToken();
        }
        if (token != JsonToken.VALUE_STRING && !token.isNumeric()) {
            return new Item.Garbage("neither text nor a number where a key is expected");
        }
        var key = parser.getText();
        if (inObject && parser.nextToken() != JsonToken.END_OBJECT) {
            return severalFields();
        }
        end(parser);
        return key(key);
    }

    static Item.Garbage severalFields() {
        return new Item.Garbage(
                "a row of several fields where a key is expected: with keyField rows are stored");
    }
}
