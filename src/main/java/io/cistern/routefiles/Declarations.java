package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The names in a route file: what it declares, and of which caches it asks.
 *
 * @param routes their ids
 * @param caches those that its routes load
 * @param templates the ids of its route templates
 * @param beans their names
 * @param asked caches that its routes look up, fill or invalidate
 * @param problems what is wrong with their names
 */
public record Declarations(
        List<Declared> routes,
        List<Declared> caches,
        List<Declared> templates,
        List<Declared> beans,
        List<Declared> asked,
        List<StructureProblem> problems) {
    private static final String CACHE_SCHEME = "cistern:";
    private static final String ANY = "*";

    /** Cistern's own routes read them. */
    private static final Set<String> OURS =
            Set.of(
                    "direct:invalidate",
                    "direct:invalidation-message",
                    "direct:warm",
                    "direct:cistern-backplane-send",
                    "direct:cistern-warming-run");

    private static final Set<String> STEPS = Set.of("to", "toD", "wireTap");

    /**
     * @param path to the id, or to the URI that names the cache
     */
    public record Declared(String name, List<Object> path) {}

    static Declarations of(JsonNode document) {
        var declarations =
                new Declarations(
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ArrayList<>());
        for (int i = 0; i < document.size(); i++) {
            declarations.add(i, document.get(i));
        }
        declarations.findDoubles();
        return declarations;
    }

    /** The id of the route that an element of the file declares, or null. */
    static String routeId(JsonNode element) {
        JsonNode id = element.path("route").path("id");
        if (!id.isTextual()) {
            id = element.path("templatedRoute").path("routeId");
        }
        return id.isTextual() ? id.textValue() : null;
    }

    private void add(int index, JsonNode element) {
        if (element.has("from")) {
            problems.add(
                    new StructureProblem(
                            List.of(index, "from"),
                            "every route needs an id: put `from` into a `route` that has an `id`"));
        }
        declare(index, element, "route", "id");
        declare(index, element, "templatedRoute", "routeId");
        JsonNode template = element.path("routeTemplate").path("id");
        if (template.isTextual()) {
            templates.add(
                    new Declared(template.textValue(), List.of(index, "routeTemplate", "id")));
        }
        JsonNode named = element.path("beans");
        for (int i = 0; i < named.size(); i++) {
            JsonNode name = named.path(i).path("name");
            if (name.isTextual()) {
                beans.add(new Declared(name.textValue(), List.of(index, "beans", i, "name")));
            }
        }
        JsonNode route = element.path("route");
        JsonNode uri = route.path("from").path("uri");
        String cache = cacheOf(uri.asText(""), route.path("from").path("parameters"));
        if (cache != null && !route.has("precondition")) {
            caches.add(new Declared(cache, List.of(index, "route", "from", "uri")));
        }
        checkBegin(route.path("from"), List.of(index, "route", "from", "uri"));
        findAsked(List.of(index), element);
    }

    /** Camel would only say that there are two consumers, and not whose. */
    private void checkBegin(JsonNode from, List<Object> path) {
        String uri = from.path("uri").asText("").strip();
        String name =
                uri.equals("direct")
                        ? "direct:" + from.path("parameters").path("name").asText("")
                        : uri.replaceFirst("^direct://", "direct:").replaceFirst("\\?.*", "");
        if (OURS.contains(name)) {
            problems.add(
                    new StructureProblem(
                            path,
                            "`"
                                    + name
                                    + "` is read by Cistern itself: a route may send to it, but not"
                                    + " begin with it"));
        }
    }

    /** Caches that steps name; those that only a message or a placeholder names are left out. */
    private void findAsked(List<Object> path, JsonNode node) {
        for (int i = 0; i < (node.isArray() ? node.size() : 0); i++) {
            findAsked(with(path, i), node.get(i));
        }
        for (var field : node.properties()) {
            String name = field.getKey();
            List<Object> below = with(path, name);
            if (STEPS.contains(name)) {
                JsonNode uri =
                        field.getValue().isTextual()
                                ? field.getValue()
                                : field.getValue().path("uri");
                String cache = cacheOf(uri.asText("").strip(), field.getValue().path("parameters"));
                if (cache != null && !cache.equals(ANY) && !cache.contains("{")) {
                    asked.add(
                            new Declared(
                                    cache,
                                    field.getValue().isTextual() ? below : with(below, "uri")));
                }
            }
            if (!name.equals("parameters")) {
                findAsked(below, field.getValue());
            }
        }
    }

    private static List<Object> with(List<Object> path, Object step) {
        var longer = new ArrayList<>(path);
        longer.add(step);
        return longer;
    }

    private void declare(int index, JsonNode element, String kind, String idName) {
        if (!element.has(kind)) {
            return;
        }
        JsonNode id = element.get(kind).path(idName);
        if (id.isTextual() && !id.textValue().isBlank()) {
            routes.add(new Declared(id.textValue(), List.of(index, kind, idName)));
        } else {
            problems.add(
                    new StructureProblem(
                            List.of(index, kind),
                            "every route needs an id: give it `" + idName + "`"));
        }
    }

    /**
     * The cache that an endpoint names.
     *
     * @return null where it is none of a cache
     */
    public static String cacheOf(String uri, JsonNode parameters) {
        if (uri.equals("cistern")) {
            return parameters.path("name").asText(null);
        }
        if (!uri.startsWith(CACHE_SCHEME)) {
            return null;
        }
        return uri.substring(CACHE_SCHEME.length())
                .replaceFirst("^//", "")
                .replaceFirst("\\?.*", "");
    }

    private void findDoubles() {
        doubles(routes, "route id");
        doubles(caches, "cache");
        doubles(templates, "route template");
        doubles(beans, "bean");
    }

    private void doubles(List<Declared> declared, String what) {
        Set<String> names = new HashSet<>();
        for (Declared one : declared) {
            if (!names.add(one.name())) {
                problems.add(
                        new StructureProblem(
                                one.path(),
                                what + " `" + one.name() + "` is already used in this file"));
            }
        }
    }
}
