package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.cistern.routefiles.Components.Availability;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.ComponentModel;
import org.apache.camel.util.TimeUtils;
import org.apache.camel.util.URISupport;

/** Checks the endpoints of a route file: their components and options. */
final class EndpointCheck {
    /** Steps whose URI is known before a message is there; interceptors have patterns. */
    private static final Set<String> STATIC = Set.of("from", "to", "poll");

    private static final Set<String> DYNAMIC = Set.of("toD", "wireTap");

    private final Components components;

    EndpointCheck(Components components) {
        this.components = components;
    }

    /** What is wrong below a part of the document. */
    List<StructureProblem> check(List<Object> path, JsonNode node) {
        var problems = new ArrayList<StructureProblem>();
        walk(path, node, problems);
        return problems;
    }

    /** What is wrong with an endpoint that stands where no step does. */
    List<StructureProblem> check(List<Object> path, boolean polled, String uri) {
        var problems = new ArrayList<StructureProblem>();
        endpoint(path, polled ? "poll" : "to", TextNode.valueOf(uri), problems);
        return problems;
    }

    private void walk(List<Object> path, JsonNode node, List<StructureProblem> problems) {
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                walk(with(path, i), node.get(i), problems);
            }
        }
        node.properties()
                .forEach(
                        field -> {
                            String name = field.getKey();
                            List<Object> below = with(path, name);
                            if (STATIC.contains(name) || DYNAMIC.contains(name)) {
                                endpoint(below, name, field.getValue(), problems);
                            }
                            if (!name.equals("parameters")) {
                                walk(below, field.getValue(), problems);
                            }
                        });
    }

    private void endpoint(
            List<Object> path, String step, JsonNode node, List<StructureProblem> problems) {
        boolean isShort = node.isTextual();
        JsonNode uri = isShort ? node : node.path("uri");
        if (!uri.isTextual() || uri.textValue().startsWith("{{")) {
            return;
        }
        var place = new Place(isShort ? path : with(path, "uri"), with(path, "parameters"));
        String text = uri.textValue().strip();
        String scheme = text.replaceFirst("(?s)[:?].*", "");
        if (scheme.contains("${") || scheme.contains("{{")) {
            return;
        }
        Availability found = components.find(scheme);
        switch (found.state()) {
            case UNKNOWN ->
                    problems.add(
                            new StructureProblem(
                                    place.uri(),
                                    "unknown component `"
                                            + scheme
                                            + "`"
                                            + Suggestions.didYouMean(scheme, components.usable())));
            case NOT_INSTALLED ->
                    problems.add(
                            new StructureProblem(
                                    place.uri(),
                                    "component `"
                                            + scheme
                                            + "` is not on the class path: it is in "
                                            + found.model().getArtifactId()));
            case KNOWN -> {
                if (!DYNAMIC.contains(step)) {
                    options(place, step, text, node.path("parameters"), found.model(), problems);
                }
            }
            case WITHOUT_METADATA -> {
                // Camel itself says what is wrong when it loads the file.
            }
        }
    }

    private void options(
            Place place,
            String step,
            String uri,
            JsonNode parameters,
            ComponentModel model,
            List<StructureProblem> problems) {
        String scheme = model.getScheme();
        var options = new LinkedHashMap<String, String>();
        try {
            int query = uri.indexOf('?');
            if (query >= 0) {
                URISupport.parseQuery(uri.substring(query + 1), true, true)
                        .forEach((name, value) -> options.put(name, String.valueOf(value)));
            }
        } catch (URISyntaxException e) {
            problems.add(new StructureProblem(place.uri(), e.getMessage()));
            return;
        }
        var inParameters = new TreeSet<String>();
        parameters
                .properties()
                .forEach(
                        parameter -> {
                            inParameters.add(parameter.getKey());
                            options.put(parameter.getKey(), parameter.getValue().asText(""));
                        });
        EndpointValidationResult result = components.catalog().validateProperties(scheme, options);
        Map<String, String> messages = new TreeMap<>();
        unknown(step, model, result, messages);
        wrongSide(step, model, options.keySet(), messages);
        wrongValues(result, messages);
        messages.forEach(
                (name, message) -> {
                    String key =
                            inParameters.stream()
                                    .filter(p -> p.equals(name) || p.endsWith("." + name))
                                    .findFirst()
                                    .orElse(null);
                    List<Object> path = key == null ? place.uri() : with(place.parameters(), key);
                    problems.add(new StructureProblem(path, message));
                });
        missing(uri, model, options.keySet())
                .ifPresent(message -> problems.add(new StructureProblem(place.uri(), message)));
    }

    private static void unknown(
            String step,
            ComponentModel model,
            EndpointValidationResult result,
            Map<String, String> messages) {
        // Further options of a lenient component are part of what it calls, as a query of HTTP.
        boolean both = !model.isConsumerOnly() && !model.isProducerOnly();
        boolean lenient = model.isLenientProperties() && !(both && step.equals("from"));
        if (lenient || result.getUnknown() == null) {
            return;
        }
        var names = new TreeSet<String>();
        model.getEndpointOptions().forEach(option -> names.add(option.getName()));
        model.getEndpointPathOptions().forEach(option -> names.add(option.getName()));
        for (String name : result.getUnknown()) {
            messages.put(
                    name,
                    "unknown option `"
                            + name
                            + "` of "
                            + model.getScheme()
                            + Suggestions.didYouMean(name, names));
        }
    }

    private static void wrongSide(
            String step, ComponentModel model, Set<String> names, Map<String, String> messages) {
        boolean consumer = step.equals("from") || step.equals("poll");
        String wrong = consumer ? "producer" : "consumer";
        for (BaseOptionModel option : model.getEndpointParameterOptions()) {
            String label = option.getLabel();
            if (names.contains(option.getName()) && label != null && label.startsWith(wrong)) {
                String where = consumer ? "`to`, not for `from`" : "`from`, not for `to`";
                messages.put(
                        option.getName(),
                        "option `"
                                + option.getName()
                                + "` of "
                                + model.getScheme()
                                + " is for "
                                + where);
            }
        }
    }

    private static void wrongValues(EndpointValidationResult result, Map<String, String> messages) {
        each(result.getInvalidBoolean(), "true or false", messages);
        each(result.getInvalidInteger(), "a whole number", messages);
        each(result.getInvalidNumber(), "a number", messages);
        each(durations(result), "a duration such as `30s` or `10m`", messages);
        if (result.getInvalidEnum() != null) {
            result.getInvalidEnum()
                    .forEach(
                            (name, value) -> {
                                String choices =
                                        String.join(
                                                "`, `", result.getInvalidEnumChoices().get(name));
                                messages.put(name, mustBe(name, "one of `" + choices + "`", value));
                            });
        }
    }

    /** The catalog does not know days, the type converter does. */
    private static Map<String, String> durations(EndpointValidationResult result) {
        var invalid = new TreeMap<String, String>();
        if (result.getInvalidDuration() != null) {
            invalid.putAll(result.getInvalidDuration());
            invalid.values().removeIf(EndpointCheck::isDuration);
        }
        return invalid;
    }

    private static boolean isDuration(String value) {
        try {
            return TimeUtils.toMilliSeconds(value) >= 0;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return false; // it throws the one or the other
        }
    }

    private static void each(
            Map<String, String> values, String wanted, Map<String, String> messages) {
        if (values != null) {
            values.forEach(
                    (name, value) -> {
                        if (!value.contains("{{")) {
                            messages.put(name, mustBe(name, wanted, value));
                        }
                    });
        }
    }

    private static String mustBe(String name, String wanted, String value) {
        return "option `" + name + "` must be " + wanted + ", not `" + value + "`";
    }

    private static Optional<String> missing(String uri, ComponentModel model, Set<String> names) {
        var required = new TreeSet<String>();
        for (BaseOptionModel option : model.getEndpointParameterOptions()) {
            if (option.isRequired() && option.getDefaultValue() == null) {
                required.add(option.getName());
            }
        }
        // What stands behind the scheme is taken apart by the component itself.
        if (uri.matches("[^:?]+:?(\\?(?s:.*))?")) {
            for (BaseOptionModel option : model.getEndpointPathOptions()) {
                if (option.isRequired() && option.getDefaultValue() == null) {
                    required.add(option.getName());
                }
            }
        }
        required.removeAll(names);
        return required.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        model.getScheme() + " needs `" + String.join("` and `", required) + "`");
    }

    private static List<Object> with(List<Object> path, Object step) {
        var longer = new ArrayList<>(path);
        longer.add(step);
        return longer;
    }

    /** Where an endpoint's URI and its parameters stand. */
    private record Place(List<Object> uri, List<Object> parameters) {}
}
