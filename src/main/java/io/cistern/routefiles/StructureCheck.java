package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;

/** Checks a route file's structure by the schema of Camel's YAML DSL. */
final class StructureCheck {
    private static final String SCHEMA = "/schema/camelYamlDsl.json";

    /** Each round may uncover a further scalar that Camel would convert. */
    private static final int MAX_ROUNDS = 5;

    private final JsonNode schemaText;
    private final JsonSchema schema;

    StructureCheck() {
        try (var stream = StructureCheck.class.getResourceAsStream(SCHEMA)) {
            if (stream == null) {
                throw new IllegalStateException(SCHEMA + " is not on the class path");
            }
            schemaText = new ObjectMapper().readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Preloading walks all of the 264 definitions, several times: 1.5 s instead of 0.2 s.
        var config = SchemaValidatorsConfig.builder().preloadJsonSchema(false).build();
        // Camel marks what is deprecated, which draft 4 does not know and the validator warns of.
        var dialect =
                JsonMetaSchema.builder(JsonMetaSchema.getV4())
                        .keyword(new NonValidationKeyword("deprecated"))
                        .build();
        var factory =
                JsonSchemaFactory.getInstance(
                        VersionFlag.V4, builder -> builder.metaSchema(dialect));
        schema = factory.getSchema(schemaText, config);
    }

    /** What is wrong, at most once for each part of the document. */
    List<StructureProblem> check(JsonNode document) {
        JsonNode converted = document.deepCopy();
        Set<ValidationMessage> messages = schema.validate(converted);
        for (int round = 0; round < MAX_ROUNDS && convert(converted, messages); round++) {
            messages = schema.validate(converted);
        }
        return new StructureProblems(schemaText, document).of(messages);
    }

    /**
     * Gives texts the type that the schema wants, where Camel would convert them, or where only the
     * running application knows the value of a placeholder.
     */
    private static boolean convert(JsonNode document, Set<ValidationMessage> messages) {
        boolean converted = false;
        for (ValidationMessage message : messages) {
            JsonNode value = message.getInstanceNode();
            if (value == null || !value.isTextual()) {
                continue;
            }
            JsonNode wanted =
                    switch (message.getType()) {
                        case "type" -> typed(value.textValue(), message.getSchemaNode().asText());
                        case "enum" -> ofEnum(value.textValue(), message.getSchemaNode());
                        default -> null;
                    };
            if (wanted != null) {
                replace(document, StructureProblems.path(message), wanted);
                converted = true;
            }
        }
        return converted;
    }

    private static JsonNode typed(String text, String type) {
        boolean placeholder = text.contains("{{");
        return switch (type) {
            case "boolean" ->
                    placeholder || text.equals("true") || text.equals("false")
                            ? BooleanNode.valueOf(text.equals("true"))
                            : null;
            case "number", "integer" ->
                    placeholder || text.matches("-?[0-9]+(\\.[0-9]+)?")
                            ? DoubleNode.valueOf(placeholder ? 0 : Double.parseDouble(text))
                            : null;
            default -> null;
        };
    }

    private static JsonNode ofEnum(String text, JsonNode choices) {
        return text.contains("{{") && choices.isArray() ? choices.get(0) : null;
    }

    private static void replace(JsonNode document, List<Object> path, JsonNode value) {
        JsonNode parent = document;
        for (Object step : path.subList(0, path.size() - 1)) {
            parent = step instanceof Integer index ? parent.get(index) : parent.get((String) step);
        }
        Object last = path.get(path.size() - 1);
        if (parent instanceof ArrayNode array && last instanceof Integer index) {
            array.set(index, value);
        } else if (parent instanceof ObjectNode object) {
            object.set((String) last, value);
        }
    }
}
