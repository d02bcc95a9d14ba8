package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a route file declares: its routes, caches and beans.
 *
 * @param problems what is wrong with their names
 */
record Declarations(
        List<Declared> routes,
        List<Declared> caches,
        List<Declared> beans,
        List<StructureProblem> problems) {
    private static final String CACHE_SCHEME = "cistern:";

    /**
     * @param path to the id, or to the URI that names the cache
     */
    record Declared(String name, List<Object> path) {}

    static Declarations of(JsonNode document) {
        var declarations =
                new Declarations(
                        new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
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

    private static String cacheOf(String uri, JsonNode parameters) {
        if (uri.equals("cistern")) {
            return parameters.path("cacheName").asText(null);
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
