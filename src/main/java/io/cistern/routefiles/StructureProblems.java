package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Condenses what a validator says about every alternative that a schema offers into what helps: one
 * message for each part that is wrong, and none for a part only because something in it is wrong.
 */
final class StructureProblems {
    private static final int MAX_CHOICES = 8;

    private final JsonNode schema;
    private final JsonNode document;

    StructureProblems(JsonNode schema, JsonNode document) {
        this.schema = schema;
        this.document = document;
    }

    List<StructureProblem> of(Collection<ValidationMessage> messages) {
        Map<List<Object>, List<ValidationMessage>> byPath = new LinkedHashMap<>();
        for (ValidationMessage message : messages) {
            byPath.computeIfAbsent(path(message), p -> new ArrayList<>()).add(message);
        }
        var problems = new ArrayList<StructureProblem>();
        byPath.forEach(
                (path, here) -> {
                    List<StructureProblem> unknown = unknownNames(path, here);
                    if (!unknown.isEmpty()) {
                        problems.addAll(unknown);
                    } else if (byPath.keySet().stream().noneMatch(p -> isBelow(p, path))) {
                        problems.add(problem(path, here));
                    }
                });
        return problems;
    }

    private static boolean isBelow(List<Object> path, List<Object> other) {
        return path.size() > other.size() && path.subList(0, other.size()).equals(other);
    }

    /** Names that none of the alternatives knows. */
    private List<StructureProblem> unknownNames(
            List<Object> path, List<ValidationMessage> messages) {
        var names = new LinkedHashSet<String>();
        var known = new TreeSet<String>();
        for (ValidationMessage message : messages) {
            if (message.getType().equals("additionalProperties")) {
                names.add(message.getProperty());
                known.addAll(knownNames(message));
            }
        }
        names.removeAll(known);
        return names.stream()
                .map(name -> new StructureProblem(with(path, name), unknown(path, name, known)))
                .toList();
    }

    private static String unknown(List<Object> path, String name, Set<String> known) {
        String suggestion = Suggestions.didYouMean(name, known);
        if (path.size() == 1) {
            return "unknown element `" + name + "`" + suggestion;
        }
        String parent = nameOf(path);
        boolean step = last(path) instanceof Integer && parent.equals("steps");
        return step
                ? "unknown EIP `" + name + "`" + suggestion
                : "unknown property `" + name + "` of `" + parent + "`" + suggestion;
    }

    private Set<String> knownNames(ValidationMessage message) {
        JsonNodePath where = message.getSchemaLocation().getFragment().getParent();
        JsonNode node = schema;
        for (int i = 0; i < where.getNameCount(); i++) {
            Object step = where.getElement(i);
            node = step instanceof Integer index ? node.path(index) : node.path(step.toString());
        }
        var names = new TreeSet<String>();
        node.path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    private StructureProblem problem(List<Object> path, List<ValidationMessage> messages) {
        String name = nameOf(path);
        String value = text(path);
        return first(messages, "maxProperties")
                .map(m -> secondStep(path))
                .or(() -> wrongValue(path, name, value, messages))
                .or(() -> missing(path, name, messages))
                .or(() -> wrongType(path, name, value, messages))
                .orElseGet(
                        () -> {
                            String message = messages.get(0).getMessage();
                            return new StructureProblem(
                                    path, message.substring(message.indexOf(": ") + 1).strip());
                        });
    }

    private StructureProblem secondStep(List<Object> path) {
        var names = new ArrayList<String>();
        node(path).fieldNames().forEachRemaining(names::add);
        String second = names.get(1);
        return new StructureProblem(
                with(path, second),
                "`" + second + "` needs a list item of its own: put `- ` before it");
    }

    private static Optional<StructureProblem> wrongValue(
            List<Object> path, String name, String value, List<ValidationMessage> messages) {
        return first(messages, "enum")
                .map(
                        m -> {
                            var choices = new ArrayList<String>();
                            m.getSchemaNode().forEach(choice -> choices.add(choice.asText()));
                            String some =
                                    String.join(
                                            "`, `",
                                            choices.subList(
                                                    0, Math.min(MAX_CHOICES, choices.size())));
                            return new StructureProblem(
                                    path,
                                    "`" + name + "` must be one of `" + some + "`, not " + value);
                        });
    }

    private static Optional<StructureProblem> missing(
            List<Object> path, String name, List<ValidationMessage> messages) {
        var names = new TreeSet<String>();
        for (ValidationMessage message : messages) {
            if (message.getType().equals("required")) {
                names.add(message.getProperty());
            }
        }
        if (names.isEmpty()) {
            return Optional.empty();
        }
        // Alternatives each want something else: no list of forty languages helps.
        String wanted =
                names.size() > MAX_CHOICES
                        ? names.contains("simple") ? "an expression" : "one more property"
                        : "`" + String.join("` and `", names) + "`";
        return Optional.of(new StructureProblem(path, "`" + name + "` needs " + wanted));
    }

    private static Optional<StructureProblem> wrongType(
            List<Object> path, String name, String value, List<ValidationMessage> messages) {
        var types = new LinkedHashSet<String>();
        for (ValidationMessage message : messages) {
            if (message.getType().equals("type")) {
                types.add(typeName(message.getSchemaNode().asText()));
            }
        }
        if (types.isEmpty()) {
            return Optional.empty();
        }
        String wanted = String.join(" or ", types);
        return Optional.of(
                new StructureProblem(path, "`" + name + "` must be " + wanted + ", not " + value));
    }

    private static String typeName(String type) {
        return switch (type) {
            case "string" -> "a text";
            case "boolean" -> "true or false";
            case "number", "integer" -> "a number";
            case "array" -> "a list";
            case "object" -> "a mapping";
            default -> type;
        };
    }

    /** The value as a message shows it. */
    private String text(List<Object> path) {
        JsonNode node = node(path);
        if (node.isTextual()) {
            return "`" + node.textValue() + "`";
        }
        return node.isNull() ? "empty" : node.isArray() ? "a list" : "a mapping";
    }

    private JsonNode node(List<Object> path) {
        JsonNode node = document;
        for (Object step : path) {
            node = step instanceof Integer index ? node.path(index) : node.path((String) step);
        }
        return node;
    }

    private static Optional<ValidationMessage> first(
            List<ValidationMessage> messages, String type) {
        return messages.stream().filter(m -> m.getType().equals(type)).findFirst();
    }

    /** The innermost name on the way. */
    private static String nameOf(List<Object> path) {
        for (int i = path.size() - 1; i >= 0; i--) {
            if (path.get(i) instanceof String name) {
                return name;
            }
        }
        return "the file";
    }

    private static Object last(List<Object> path) {
        return path.get(path.size() - 1);
    }

    private static List<Object> with(List<Object> path, String name) {
        var longer = new ArrayList<>(path);
        longer.add(name);
        return longer;
    }

    static List<Object> path(ValidationMessage message) {
        JsonNodePath location = message.getInstanceLocation();
        var path = new ArrayList<Object>();
        for (int i = 0; i < location.getNameCount(); i++) {
            path.add(location.getElement(i));
        }
        return path;
    }
}
