package io.cistern.invalidation.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.cistern.settings.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The JSON schema of events, which is published, and judges them. */
public final class EventSchema {

    /** Where it lies on the class path. */
    public static final String RESOURCE = "io/cistern/invalidation/event/invalidation-event.json";

    private static final String NOTHING =
            "names nothing to invalidate: expected keys, tags, pattern, or all: true";

    private final JsonSchema schema;

    EventSchema() {
        try (var stream = EventSchema.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new IllegalStateException(RESOURCE + " is not on the class path");
            }
            schema = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What is wrong with an event, if anything is.
     *
     * @param field the path of the field, empty for the event itself
     * @param detail what is wrong there
     */
    record Mistake(String field, String detail) {}

    /** Judges one event: the first mistake, by the order of fields. */
    Optional<Mistake> mistake(JsonNode event) {
        if (!event.isObject()) {
            return Optional.of(new Mistake("", "expected an event, got " + kind(event)));
        }
        for (var field : event.properties()) {
            // The validator throws at what is beyond all numbers.
            var isBeyond =
                    field.getValue().isDouble()
                            && Double.isInfinite(field.getValue().doubleValue());
            if (isBeyond && schema.getSchemaNode().at("/properties").has(field.getKey())) {
                return Optional.of(new Mistake(field.getKey(), "is out of range"));
            }
        }
        return schema.validate(event).stream()
                // That nothing is named comes last: it may follow from another mistake.
                .min(
                        Comparator.comparing(EventSchema::namesNothing)
                                .thenComparing(message -> message.getInstanceLocation().toString())
                                .thenComparing(ValidationMessage::getType))
                .map(EventSchema::mistake);
    }

    private static boolean namesNothing(ValidationMessage message) {
        return message.getEvaluationPath().toString().contains("anyOf");
    }

    private static Mistake mistake(ValidationMessage message) {
        if (namesNothing(message)) {
            return new Mistake("", NOTHING);
        }
        if (message.getType().equals("required")) {
            return new Mistake(message.getProperty(), "is missing");
        }
        return new Mistake(field(message), detail(message));
    }

    /** {@code $.keys[1]} is {@code keys[1]}. */
    private static String field(ValidationMessage message) {
        return message.getInstanceLocation().toString().replaceFirst("^\\$\\.?", "");
    }

    private static String detail(ValidationMessage message) {
        var value = message.getInstanceNode();
        var wanted = message.getSchemaNode();
        return switch (message.getType()) {
            case "type" -> "expected " + types(wanted) + ", got " + kind(value);
            case "enum" -> "expected " + choices(wanted) + ", got " + kind(value);
            case "minLength" -> "is empty";
            case "maxLength" -> "is longer than " + wanted.asText() + " characters";
            case "maxItems" -> "has more than " + wanted.asText() + " elements";
            case "minimum" -> "is less than " + wanted.asText();
            case "maximum" -> "is more than " + wanted.asText();
            case "pattern" ->
                    field(message).equals("delay")
                            ? "expected a duration such as 500ms or 5s, got " + kind(value)
                            : "is no name of a cache: " + kind(value);
            default -> "breaks the schema's rule " + message.getType();
        };
    }

    private static String types(JsonNode types) {
        return (types.isArray()
                        ? StreamSupport.stream(types.spliterator(), false)
                        : Stream.of(types))
                .map(
                        type ->
                                switch (type.asText()) {
                                    case "array" -> "an array";
                                    case "integer" -> "a whole number";
                                    case "boolean" -> "true or false";
                                    default -> "a " + type.asText();
                                })
                .collect(Collectors.joining(" or "));
    }

    private static String choices(JsonNode choices) {
        return StreamSupport.stream(choices.spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.joining(", "));
    }

    /** What a value is, with the value itself where that is short. */
    static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> Quoted.value(value.textValue());
            case NUMBER -> "the number " + shortened(value.asText());
            case BOOLEAN, NULL -> value.asText();
            case ARRAY -> "an array";
            default -> "an object";
        };
    }

    private static String shortened(String text) {
        return text.length() <= 24 ? text : text.substring(0, 24) + "…";
    }
}
