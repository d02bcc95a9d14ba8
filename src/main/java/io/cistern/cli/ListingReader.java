package io.cistern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.cli.Listing.Cache;
import io.cistern.cli.Listing.Refused;
import io.cistern.cli.Listing.Route;
import io.cistern.cli.Listing.Strategy;
import io.cistern.routefiles.Declarations;
import io.cistern.routefiles.RouteFileProblem;
import io.cistern.routefiles.YamlTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads out of route files what they declare. */
final class ListingReader {
    private static final String STRATEGY = "warming-strategy";
    private static final Pattern TTL = Pattern.compile("[?&]ttl=([^&]+)");

    /** Steps that go somewhere. */
    private static final Set<String> GOING = Set.of("to", "toD", "poll");

    /** Steps that go where an expression says. */
    private static final Set<String> ENRICHING = Set.of("enrich", "pollEnrich");

    private final EndpointName endpoints = new EndpointName();
    private final List<Cache> caches = new ArrayList<>();
    private final List<Strategy> strategies = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();

    private ListingReader() {}

    /**
     * @param folder the routes folder
     * @param report of its check
     * @throws IOException when a file is gone since it was checked
     */
    static Listing read(Path folder, Report report) throws IOException {
        Map<String, Long> findings =
                report.findings().stream()
                        .collect(
                                Collectors.groupingBy(
                                        RouteFileProblem::file,
                                        TreeMap::new,
                                        Collectors.counting()));
        var reader = new ListingReader();
        for (String file : report.files()) {
            if (!findings.containsKey(file)) {
                reader.add(file, Files.readString(folder.resolve(file)));
            }
        }
        var refused = new ArrayList<Refused>();
        findings.forEach((file, number) -> refused.add(new Refused(file, number.intValue())));
        return reader.listing(refused);
    }

    /** What a text without findings declares. */
    static Listing read(String file, String text) {
        var reader = new ListingReader();
        reader.add(file, text);
        return reader.listing(List.of());
    }

    private Listing listing(List<Refused> refused) {
        caches.sort(Comparator.comparing(Cache::name).thenComparing(Cache::file));
        strategies.sort(Comparator.comparing(Strategy::name).thenComparing(Strategy::file));
        routes.sort(Comparator.comparing(Route::id).thenComparing(Route::file));
        return new Listing(caches, strategies, routes, refused);
    }

    private void add(String file, String text) {
        YamlTree.parse(file, text).ifPresent(tree -> tree.json().forEach(e -> element(file, e)));
    }

    private void element(String file, JsonNode element) {
        if (element.has("route")) {
            route(file, element.get("route"));
        }
        if (element.has("templatedRoute")) {
            templated(file, element.get("templatedRoute"));
        }
    }

    private void route(String file, JsonNode route) {
        String id = route.path("id").asText();
        JsonNode from = route.path("from");
        String uri = from.path("uri").asText();
        String cache = Declarations.cacheOf(uri, from.path("parameters"));
        if (cache == null) {
            routes.add(new Route(id, file, endpoints.of(from), null));
            return;
        }
        var origins = new LinkedHashSet<String>();
        origins(from.path("steps"), origins);
        String ttl = text(from.path("parameters").path("ttl"));
        if (ttl == null) {
            Matcher inUri = TTL.matcher(uri);
            ttl = inUri.find() ? inUri.group(1) : null;
        }
        caches.add(new Cache(cache, file, id, ttl, List.copyOf(origins)));
    }

    /** Collects where steps go, and the steps within them; logging is no origin. */
    private void origins(JsonNode steps, Set<String> origins) {
        if (steps.isArray()) {
            steps.forEach(step -> origins(step, origins));
        }
        for (var field : steps.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (GOING.contains(name)) {
                origin(endpoints.of(value), origins);
            } else if (ENRICHING.contains(name)) {
                JsonNode expression = value.has("expression") ? value.get("expression") : value;
                origin(endpoints.of(expression.path("constant")), origins);
                origin(endpoints.of(expression.path("simple")), origins);
            } else if (name.equals("bean")) {
                String bean = text(value.has("ref") ? value.get("ref") : value.path("beanType"));
                origin(bean == null ? null : "bean:" + bean, origins);
            } else if (value.isContainerNode() && !name.equals("parameters")) {
                origins(value, origins);
            }
        }
    }

    private static void origin(String endpoint, Set<String> origins) {
        if (endpoint != null && !endpoint.startsWith("log:")) {
            origins.add(endpoint);
        }
    }

    private void templated(String file, JsonNode route) {
        String id = route.path("routeId").asText();
        String template = route.path("routeTemplateRef").asText();
        if (!template.equals(STRATEGY)) {
            routes.add(new Route(id, file, null, template));
            return;
        }
        Map<String, String> parameters = new TreeMap<>();
        route.path("parameters")
                .forEach(p -> parameters.put(p.path("name").asText(), text(p.path("value"))));
        strategies.add(
                new Strategy(
                        id,
                        file,
                        parameters.get("cache"),
                        parameters.get("schedule"),
                        parameters.get("priority")));
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : null;
    }
}
