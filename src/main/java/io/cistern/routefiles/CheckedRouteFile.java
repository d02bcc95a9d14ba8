package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * A route file that was read and checked.
 *
 * @param file its name, relative to the routes folder
 * @param tree what it holds; empty when it is empty or no YAML
 * @param problems what is wrong, in the order of the text
 */
record CheckedRouteFile(
        String file,
        Optional<YamlTree> tree,
        Declarations declarations,
        List<RouteFileProblem> problems) {
    private static final Declarations NOTHING =
            new Declarations(List.of(), List.of(), List.of(), List.of());

    static CheckedRouteFile empty(String file) {
        return new CheckedRouteFile(file, Optional.empty(), NOTHING, List.of());
    }

    static CheckedRouteFile broken(String file, RouteFileProblem problem) {
        return new CheckedRouteFile(file, Optional.empty(), NOTHING, List.of(problem));
    }

    CheckedRouteFile with(List<RouteFileProblem> found) {
        return new CheckedRouteFile(file, tree, declarations, found);
    }

    /** A problem of this file, with its place and the route it is in. */
    RouteFileProblem problem(StructureProblem problem) {
        List<Object> path = problem.path();
        Position position = tree.map(t -> t.position(path)).orElse(Position.START);
        return RouteFileProblem.at(position, file, routeIdAt(path), problem.message());
    }

    private String routeIdAt(List<Object> path) {
        if (tree.isEmpty() || path.isEmpty() || !(path.get(0) instanceof Integer index)) {
            return null;
        }
        JsonNode element = tree.get().json().path(index);
        return Declarations.routeId(element);
    }
}
