package io.cistern.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

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
}
