package io.cistern.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** How what is neither bytes nor text is written, wherever it comes from. */
public final class JsonBodies {

    /** The media type of what is written. */
    public static final String TYPE = "application/json";

    static final ObjectMapper JSON =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .addModule(new SqlTypes())
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                    .build();

    private JsonBodies() {}

    /**
     * @param body a map, a row, a bean
     * @return its JSON text
     * @throws JsonProcessingException if it can't be written
     */
    public static byte[] write(Object body) throws JsonProcessingException {
        return JSON.writeValueAsBytes(body);
    }

    /** Whether a media type, which may be null, says that a value is JSON. */
    public static boolean isJson(String type) {
        if (type == null) {
            return false;
        }
        var essence = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return essence.equals(TYPE) || essence.endsWith("+json");
    }

    /**
     * The media type of a value that is JSON.
     *
     * @param declared what its source says; null for nothing
     * @return the same where it is one of JSON, else {@link #TYPE}
     */
    public static String typeOr(String declared) {
        return isJson(declared) ? declared : TYPE;
    }

    /**
     * What keeps bytes from being JSON: one value, in UTF-8.
     *
     * @return where it is wrong, without a word of the bytes themselves; empty where it is JSON
     */
    public static Optional<String> mistake(byte[] bytes) {
        var text =
                new InputStreamReader(
                        new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder());
        try (var parser = JSON.getFactory().createParser(text)) {
            if (parser.nextToken() == null) {
                return Optional.of("no JSON, but nothing");
            }
            parser.skipChildren();
            return parser.nextToken() == null
                    ? Optional.empty()
                    : Optional.of("more than one JSON value");
        } catch (JsonProcessingException e) {
            var place = e.getLocation();
            return Optional.of(
                    "no JSON at line %d, column %d"
                            .formatted(place.getLineNr(), place.getColumnNr()));
        } catch (IOException e) {
            return Optional.of("no UTF-8");
        }
    }
}
