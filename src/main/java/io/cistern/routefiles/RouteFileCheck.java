package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.routefiles.YamlTree.YamlException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Checks route files without loading them: YAML, the structure by the schema of Camel's YAML DSL,
 * the endpoints' components and options by the catalog, and that every route has an id. What only
 * the running application knows, such as expressions, beans and placeholders, is left to loading.
 *
 * <p>An instance is meant to be kept: making it reads the schema and takes a few hundred
 * milliseconds. It may be used by several threads.
 */
public final class RouteFileCheck {
    private final StructureCheck structure = new StructureCheck();
    private final EndpointCheck endpoints;
    private final List<ElementCheck> further;

    /** A check that knows the components of Camel's catalog and of the class path. */
    public RouteFileCheck() {
        this(scheme -> false, List.of());
    }

    /**
     * A check that looks closer at some elements.
     *
     * @param further how
     */
    public RouteFileCheck(ElementCheck... further) {
        this(scheme -> false, List.of(further));
    }

    /**
     * A check that knows further components.
     *
     * @param registered whether a scheme can be used although it is not on the class path, as one
     *     that was added to the Camel context; nothing is then known about its options
     */
    public RouteFileCheck(Predicate<String> registered) {
        this(registered, List.of());
    }

    private RouteFileCheck(Predicate<String> registered, List<ElementCheck> further) {
        this.further = further;
        this.endpoints = new EndpointCheck(new Components(registered));
    }

    /**
     * Checks a file's text.
     *
     * @param file what to call it in the problems
     * @return what is wrong, in the order of the text; empty when nothing is
     */
    public List<RouteFileProblem> check(String file, String text) {
        return read(file, text).problems();
    }

    /**
     * Reads and checks a file's text.
     *
     * @param file what to call it in the problems
     */
    public CheckedRouteFile read(String file, String text) {
        try {
            Optional<YamlTree> tree = YamlTree.parse(file, text);
            return tree.map(t -> checked(file, text, t))
                    .orElseGet(() -> CheckedRouteFile.empty(file, text));
        } catch (YamlException e) {
            return CheckedRouteFile.broken(
                    file,
                    text,
                    RouteFileProblem.at(e.position(), file, null, "no YAML: " + e.getMessage()));
        }
    }

    private CheckedRouteFile checked(String file, String text, YamlTree tree) {
        JsonNode document = tree.json();
        if (document.isNull() || document.isArray() && document.isEmpty()) {
            return CheckedRouteFile.empty(file, text);
        }
        if (!document.isArray()) {
            return CheckedRouteFile.broken(
                    file,
                    text,
                    RouteFileProblem.at(
                            Position.START,
                            file,
                            null,
                            "a route file is a list: put `- ` before `route` and indent the rest"));
        }
        var declarations = Declarations.of(document);
        var closer = new ArrayList<StructureProblem>();
        for (int i = 0; i < document.size(); i++) {
            List<Object> path = List.of(i);
            for (var check : further) {
                closer.addAll(check.problems(path, document.get(i), endpoints::check));
                declarations.asked().addAll(check.asked(path, document.get(i)));
            }
        }
        Stream<StructureProblem> problems =
                Stream.of(
                                structure.check(document),
                                endpoints.check(List.of(), document),
                                declarations.problems(),
                                closer)
                        .flatMap(List::stream);
        var read = CheckedRouteFile.of(file, text, tree, declarations);
        return read.with(problems.map(read::problem).sorted(RouteFileProblem.IN_ORDER).toList());
    }
}
