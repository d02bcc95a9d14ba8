package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An element of a route file, which is what an edit exchanges: elements that did not change go on
 * running.
 *
 * @param kind what it is
 * @param name its id; the names of the beans; for others their place in the file
 * @param index its place in the file, from 0
 * @param json what it says
 */
public record RouteUnit(Kind kind, String name, int index, JsonNode json) {

    /** Kinds of elements. */
    public enum Kind {
        /** A route, written out or made of a template. */
        ROUTE,
        TEMPLATE,
        BEANS,
        /** Settings for all routes of all files. */
        CONFIGURATION,
        /** Anything else: it has an effect on the whole file that it stands in. */
        OTHER
    }

    static List<RouteUnit> of(JsonNode document) {
        var units = new ArrayList<RouteUnit>();
        for (int i = 0; i < document.size(); i++) {
            units.add(of(i, document.get(i)));
        }
        return List.copyOf(units);
    }

    private static RouteUnit of(int index, JsonNode element) {
        String routeId = Declarations.routeId(element);
        if (routeId != null) {
            return new RouteUnit(Kind.ROUTE, routeId, index, element);
        }
        JsonNode template = element.path("routeTemplate").path("id");
        if (template.isTextual()) {
            return new RouteUnit(Kind.TEMPLATE, template.textValue(), index, element);
        }
        if (element.has("beans")) {
            return new RouteUnit(Kind.BEANS, String.join(",", beans(element)), index, element);
        }
        Kind kind = element.has("routeConfiguration") ? Kind.CONFIGURATION : Kind.OTHER;
        return new RouteUnit(kind, "#" + index, index, element);
    }

    /** What people call it. */
    public String title() {
        return switch (kind) {
            case ROUTE -> "route " + name;
            case TEMPLATE -> "template " + name;
            case BEANS -> "beans " + name;
            case CONFIGURATION -> "route configuration";
            case OTHER ->
                    json.fieldNames().hasNext() ? json.fieldNames().next() : "element " + name;
        };
    }

    /** Whether it has an effect beyond what its name is used for. */
    public boolean isGlobal() {
        return kind == Kind.CONFIGURATION || kind == Kind.OTHER;
    }

    /** Whether it says the same, wherever it stands. */
    public boolean isSameAs(RouteUnit other) {
        return kind == other.kind && name.equals(other.name) && json.equals(other.json);
    }

    /** Whether it has to be made anew when the other one was. */
    public boolean uses(RouteUnit other) {
        return switch (other.kind) {
            case TEMPLATE ->
                    json.path("templatedRoute")
                            .path("routeTemplateRef")
                            .asText("")
                            .equals(other.name);
            // Names of beans stand in URIs, expressions and references of many kinds.
            case BEANS -> beans(other.json).stream().anyMatch(bean -> mentions(json, word(bean)));
            case CONFIGURATION -> kind == Kind.ROUTE;
            case ROUTE, OTHER -> false;
        };
    }

    private static Pattern word(String name) {
        return Pattern.compile("(?<![\\w-])" + Pattern.quote(name) + "(?![\\w-])");
    }

    private static boolean mentions(JsonNode node, Pattern name) {
        if (node.isTextual()) {
            return name.matcher(node.textValue()).find();
        }
        for (JsonNode child : node) {
            if (mentions(child, name)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> beans(JsonNode element) {
        var names = new ArrayList<String>();
        element.path("beans").forEach(bean -> names.add(bean.path("name").asText("")));
        return names;
    }
}
