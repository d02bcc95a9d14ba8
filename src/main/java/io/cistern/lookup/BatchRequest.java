package io.cistern.lookup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.cistern.cache.entry.Unicode;
import io.cistern.http.Problem;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/** The body of a batch lookup: {@code {"keys":[…]}}. Fields that it does not know it ignores. */
final class BatchRequest {

    /** How many keys one batch may have. */
    static final int MAX_KEYS = 10_000;

    private static final JsonFactory JSON = new JsonFactory();
    private static final String FIELD = "keys";

    private BatchRequest() {}

    /**
     * @param body the bytes of the body; null where there is none
     * @return the keys, each once, in their order
     * @throws RequestException if the body is anything else; it names the field
     */
    static Set<String> keys(byte[] body) {
        if (body == null || body.length == 0) {
            throw RequestException.badRequest("body", "expected {\"keys\":[…]}, got nothing");
        }
        try (var in = JSON.createParser(body)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw RequestException.badRequest("body", "expected a JSON object with \"keys\"");
            }
            Set<String> keys = null;
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                var name = in.currentName();
                in.nextToken();
                if (name.equals(FIELD)) {
                    keys = list(in);
                } else {
                    in.skipChildren();
                }
            }
            if (in.nextToken() != null) {
                throw RequestException.badRequest("body", "something follows the JSON object");
            }
            if (keys == null) {
                throw RequestException.badRequest(FIELD, "keys is missing");
            }
            if (keys.isEmpty()) {
                throw RequestException.badRequest(FIELD, "keys is empty");
            }
            return keys;
        } catch (IOException e) {
            throw RequestException.badRequest("body", "not JSON");
        }
    }

    private static Set<String> list(JsonParser in) throws IOException {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            throw RequestException.badRequest(FIELD, "keys has to be an array of strings");
        }
        Set<String> keys = new LinkedHashSet<>();
        for (var i = 0; in.nextToken() != JsonToken.END_ARRAY; i++) {
            var field = FIELD + "[" + i + "]";
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                throw RequestException.badRequest(field, field + " has to be a string");
            }
            var key = in.getText();
            if (key.isEmpty()) {
                throw RequestException.badRequest(field, field + " is empty");
            }
            if (!Unicode.isValid(key)) {
                throw RequestException.badRequest(field, field + " is no valid Unicode");
            }
            if (Keys.isTooLong(key)) {
                throw new RequestException(
                        Problem.of(
                                        400,
                                        "Bad request",
                                        field + " is longer than " + Keys.MAX_BYTES + " bytes")
                                .with("field", field));
            }
            keys.add(key);
            if (i >= MAX_KEYS) {
                throw RequestException.badRequest(FIELD, "more than " + MAX_KEYS + " keys");
            }
        }
        return keys;
    }
}
