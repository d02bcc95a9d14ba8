package io.cistern.reload;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.routefiles.Declarations;
import io.cistern.routefiles.Declarations.Declared;
import io.cistern.routefiles.RouteFileProblem;
import io.cistern.routefiles.RouteUnit;
import io.cistern.routefiles.StructureProblem;
import io.cistern.routefiles.Suggestions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The names over all files: each may be used once, and caches that routes ask must be there. */
final class Names {
    private static final Pattern PARAMETER = Pattern.compile("\\{\\{([^{}:]+)(?::([^{}]*))?}}");
    private static final String OURS = "Cistern";

    private final SortedMap<Path, Revision> active;
    private final SortedMap<Path, Revision> wanted;
    private final Foreign foreign;

    /**
     * The names of what no file brought.
     *
     * @param caches empty where nobody can tell
     */
    record Foreign(
            Predicate<String> routes,
            Predicate<String> templates,
            Predicate<String> beans,
            Function<Set<String>, Set<String>> caches) {}

    Names(SortedMap<Path, Revision> active, SortedMap<Path, Revision> wanted, Foreign foreign) {
        this.active = active;
        this.wanted = wanted;
        this.foreign = foreign;
    }

    /** What is wrong, by file. */
    SortedMap<Path, List<RouteFileProblem>> problems() {
        var problems = new TreeMap<Path, List<RouteFileProblem>>(RoutesFolder.IN_ORDER);
        doubles("route id", Declarations::routes, foreign.routes(), problems);
        doubles("cache", Declarations::caches, name -> false, problems);
        doubles("route template", Declarations::templates, foreign.templates(), problems);
        doubles("bean", Declarations::beans, foreign.beans(), problems);
        if (problems.isEmpty()) {
            unknownCaches(problems);
        }
        return problems;
    }

    private void doubles(
            String what,
            Function<Declarations, List<Declared>> kind,
            Predicate<String> isForeign,
            SortedMap<Path, List<RouteFileProblem>> problems) {
        Map<String, Path> owners = owners(kind);
        Set<String> ofFiles = new HashSet<>();
        active.values().forEach(revision -> ofFiles.addAll(names(kind, revision)));
        wanted.forEach(
                (path, revision) ->
                        kind.apply(revision.read().declarations())
                                .forEach(
                                        declared -> {
                                            String name = declared.name();
                                            String owner =
                                                    !ofFiles.contains(name) && isForeign.test(name)
                                                            ? OURS
                                                            : RouteFile.name(owners.get(name));
                                            if (!owner.equals(RouteFile.name(path))) {
                                                add(
                                                        path,
                                                        declared,
                                                        what
                                                                + " `"
                                                                + name
                                                                + "` is already used by "
                                                                + owner,
                                                        problems);
                                            }
                                        }));
    }

    /**
     * Who has a name keeps it; else who has the element that runs, since it moved there; else the
     * first in the order of the files gets it.
     */
    private Map<String, Path> owners(Function<Declarations, List<Declared>> kind) {
        var owners = new HashMap<String, Path>();
        active.forEach(
                (path, revision) -> {
                    Set<String> had = names(kind, revision);
                    if (wanted.containsKey(path)) {
                        had.retainAll(names(kind, wanted.get(path)));
                        had.forEach(name -> owners.put(name, path));
                    }
                });
        var running = active.values().stream().flatMap(r -> r.units().stream()).toList();
        for (boolean moved : new boolean[] {true, false}) {
            wanted.forEach(
                    (path, revision) ->
                            kind.apply(revision.read().declarations()).stream()
                                    .filter(d -> !moved || isAmong(running, unit(revision, d)))
                                    .forEach(d -> owners.putIfAbsent(d.name(), path)));
        }
        return owners;
    }

    private static Set<String> names(
            Function<Declarations, List<Declared>> kind, Revision revision) {
        return kind.apply(revision.read().declarations()).stream()
                .map(Declared::name)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static RouteUnit unit(Revision revision, Declared declared) {
        return revision.units().get((Integer) declared.path().get(0));
    }

    private static boolean isAmong(List<RouteUnit> units, RouteUnit unit) {
        return units.stream().anyMatch(unit::isSameAs);
    }

    private void unknownCaches(SortedMap<Path, List<RouteFileProblem>> problems) {
        Set<String> ofFiles = new HashSet<>();
        active.values().forEach(revision -> caches(revision, active, ofFiles));
        Set<String> known = new HashSet<>();
        for (Revision revision : wanted.values()) {
            if (!caches(revision, wanted, known)) {
                return; // a name that only loading can tell
            }
        }
        known.addAll(foreign.caches().apply(ofFiles));
        wanted.forEach(
                (path, revision) ->
                        revision.read().declarations().asked().stream()
                                .filter(asked -> !known.contains(asked.name()))
                                .forEach(
                                        asked ->
                                                add(
                                                        path,
                                                        asked,
                                                        "unknown cache `"
                                                                + asked.name()
                                                                + "`"
                                                                + Suggestions.didYouMean(
                                                                        asked.name(), known),
                                                        problems)));
    }

    private void add(
            Path path,
            Declared place,
            String message,
            SortedMap<Path, List<RouteFileProblem>> problems) {
        problems.computeIfAbsent(path, any -> new ArrayList<>())
                .add(wanted.get(path).read().problem(new StructureProblem(place.path(), message)));
    }

    /**
     * Collects the caches that a file loads.
     *
     * @return false if not all of them can be told
     */
    private static boolean caches(
            Revision revision, SortedMap<Path, Revision> all, Set<String> into) {
        boolean told = true;
        for (Declared declared : revision.read().declarations().caches()) {
            told &= !declared.name().contains("{{");
            into.add(declared.name());
        }
        for (RouteUnit unit : revision.units()) {
            JsonNode templated = unit.json().path("templatedRoute");
            JsonNode template = template(templated, all);
            String cache = template == null ? null : cache(template, templated);
            if (cache != null) {
                told &= !cache.contains("{{");
                into.add(cache);
            }
        }
        return told;
    }

    private static JsonNode template(JsonNode templated, SortedMap<Path, Revision> all) {
        String name = templated.path("routeTemplateRef").asText("");
        return all.values().stream()
                .flatMap(revision -> revision.units().stream())
                .filter(unit -> unit.kind() == RouteUnit.Kind.TEMPLATE && unit.name().equals(name))
                .map(unit -> unit.json().path("routeTemplate"))
                .findFirst()
                .orElse(null);
    }

    private static String cache(JsonNode template, JsonNode templated) {
        JsonNode from = template.path("route").path("from");
        if (from.isMissingNode()) {
            from = template.path("from");
        }
        String cache = Declarations.cacheOf(from.path("uri").asText(""), from.path("parameters"));
        if (cache == null) {
            return null;
        }
        Map<String, String> values = new HashMap<>();
        template.path("parameters")
                .forEach(p -> put(values, p.path("name"), p.path("defaultValue")));
        templated.path("parameters").forEach(p -> put(values, p.path("name"), p.path("value")));
        return PARAMETER
                .matcher(cache)
                .replaceAll(
                        found ->
                                Matcher.quoteReplacement(
                                        values.getOrDefault(
                                                found.group(1),
                                                found.group(2) == null
                                                        ? found.group()
                                                        : found.group(2))));
    }

    private static void put(Map<String, String> values, JsonNode name, JsonNode value) {
        if (value.isTextual()) {
            values.put(name.asText(""), value.textValue());
        }
    }
}
