package io.cistern.invalidation.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.settings.Quoted;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The attributes of a CloudEvent 1.0 around events: what they say counts where the events
 * themselves say nothing.
 *
 * @param id for {@code id}
 * @param source for {@code source}
 * @param time for {@code occurredAt}
 * @param element what stands before their names in a message
 */
record CloudEvent(String id, String source, String time, String element) {

    static final String VERSION = "specversion";

    /** No envelope. */
    static final CloudEvent NONE = new CloudEvent(null, null, null, "");

    private static final String MEDIA_TYPE = "application/cloudevents";
    private static final String SUPPORTED = "1.0";

    /** Whether a media type says that the body is such an event, or an array of them. */
    static boolean isStructured(String contentType) {
        return contentType != null
                && contentType.strip().toLowerCase(Locale.ROOT).startsWith(MEDIA_TYPE);
    }

    /**
     * Of an event in structured mode.
     *
     * @param element what stands before a field in a message
     * @throws EventException if it is none of version 1.0
     */
    static CloudEvent of(JsonNode envelope, String element) {
        return of(
                name -> {
                    var value = envelope.get(name);
                    if (value != null && !value.isTextual() && !value.isNull()) {
                        throw new EventException(
                                element + name,
                                "expected a string, got " + EventSchema.kind(value));
                    }
                    return value == null ? null : value.textValue();
                },
                element);
    }

    /**
     * Of an event in binary mode.
     *
     * @throws EventException if it is none of version 1.0
     */
    static CloudEvent of(Map<String, String> attributes) {
        return of(attributes::get, "attribute ");
    }

    private static CloudEvent of(Function<String, String> attributes, String element) {
        var version = mandatory(VERSION, attributes, element);
        if (!version.equals(SUPPORTED)) {
            throw new EventException(
                    element + VERSION, "expected 1.0, got " + Quoted.value(version));
        }
        mandatory("type", attributes, element);
        return new CloudEvent(
                mandatory("id", attributes, element),
                mandatory("source", attributes, element),
                attributes.apply("time"),
                element);
    }

    private static String mandatory(
            String name, Function<String, String> attributes, String element) {
        var value = attributes.apply(name);
        if (value == null || value.isEmpty()) {
            throw new EventException(element + name, value == null ? "is missing" : "is empty");
        }
        return value;
    }
}
