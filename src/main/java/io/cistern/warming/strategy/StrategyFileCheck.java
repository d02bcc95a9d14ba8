package io.cistern.warming.strategy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.routefiles.Declarations;
import io.cistern.routefiles.Declarations.Declared;
import io.cistern.routefiles.ElementCheck;
import io.cistern.routefiles.StructureProblem;
import io.cistern.routefiles.Suggestions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks strategies in route files, so that a mistake is told with its line. */
public final class StrategyFileCheck implements ElementCheck {

    private static final String PLACEHOLDER = "{{";

    @Override
    public List<StructureProblem> problems(
            List<Object> path, JsonNode element, Endpoints endpoints) {
        if (!isStrategy(element)) {
            return List.of();
        }
        var parameters = parameters(path, element);
        var problems = new ArrayList<StructureProblem>(parameters.problems);
        var name = element.path("templatedRoute").path("routeId").asText("");
        StrategyReader.mistakes(name, parameters.values)
                .forEach(
                        (parameter, message) -> {
                            var at =
                                    parameters.paths.getOrDefault(parameter, path(path, parameter));
                            if (!parameters.isLeftToLoading(parameter)) {
                                problems.add(new StructureProblem(at, message + meant(parameter)));
                            }
                        });
        var source = parameters.values.getOrDefault(Parameter.SOURCE.text(), "");
        if (!source.isBlank() && !source.contains(PLACEHOLDER) && !isPopular(source)) {
            var at = parameters.paths.get(Parameter.SOURCE.text());
            endpoints
                    .problems(at, isPolled(source), source.strip())
                    .forEach(
                            problem ->
                                    problems.add(
                                            new StructureProblem(
                                                    at, "source: " + problem.message())));
            if (!source.contains(":")) {
                problems.add(new StructureProblem(at, "source: \"" + source + "\" is no endpoint"));
            }
        }
        return problems;
    }

    private static String meant(String parameter) {
        return Parameter.names().contains(parameter) || parameter.equals("routeId")
                ? ""
                : Suggestions.didYouMean(parameter, Parameter.names());
    }

    /** Where a required parameter is missing, the strategy itself. */
    private static List<Object> path(List<Object> element, String parameter) {
        var path = new ArrayList<>(element);
        path.add("templatedRoute");
        if (parameter.equals("routeId")) {
            path.add("routeId");
        }
        return path;
    }

    private static boolean isPopular(String source) {
        try {
            return PopularSource.of(source) != null;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /** Files are read; anything else is called. */
    static boolean isPolled(String source) {
        return source.strip().matches("(?s)(file|ftp|ftps|sftp|smb):.*");
    }

    @Override
    public List<Declared> asked(List<Object> path, JsonNode element) {
        if (!isStrategy(element)) {
            return List.of();
        }
        var parameters = parameters(path, element);
        var asked = new ArrayList<Declared>();
        var cache = parameters.values.getOrDefault(Parameter.CACHE.text(), "").strip();
        if (!cache.isEmpty() && !cache.contains(PLACEHOLDER)) {
            asked.add(new Declared(cache, parameters.paths.get(Parameter.CACHE.text())));
        }
        var source = parameters.values.getOrDefault(Parameter.SOURCE.text(), "").strip();
        var other = Declarations.cacheOf(source, element);
        if (other != null && !other.contains("{")) {
            asked.add(new Declared(other, parameters.paths.get(Parameter.SOURCE.text())));
        }
        return asked;
    }

    private static boolean isStrategy(JsonNode element) {
        return element.path("templatedRoute")
                .path("routeTemplateRef")
                .asText("")
                .equals(StrategyReader.TEMPLATE);
    }

    private record Parameters(
            Map<String, String> values,
            Map<String, List<Object>> paths,
            List<StructureProblem> problems) {

        /** What is told only by the instance that runs: placeholders. */
        boolean isLeftToLoading(String parameter) {
            return values.getOrDefault(parameter, "").contains(PLACEHOLDER);
        }
    }

    private static Parameters parameters(List<Object> path, JsonNode element) {
        var found = new Parameters(new TreeMap<>(), new HashMap<>(), new ArrayList<>());
        var list = element.path("templatedRoute").path("parameters");
        for (var i = 0; i < list.size(); i++) {
            var at = new ArrayList<>(path);
            at.addAll(List.of("templatedRoute", "parameters", i, "value"));
            var name = list.path(i).path("name").asText("");
            if (found.values.put(name, list.path(i).path("value").asText("")) != null) {
                found.problems.add(
                        new StructureProblem(at, name + ": is given twice; which one counts?"));
            }
            found.paths.put(name, at);
        }
        return found;
    }
}
