package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.cistern.routefiles.YamlTree.YamlException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A route file that was read and checked. */
public final class CheckedRouteFile {
    private static final Declarations NOTHING =
            new Declarations(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    private final String file;
    private final String text;
    private final YamlTree tree;
    private final Declarations declarations;
    private final List<RouteUnit> units;
    private final List<RouteFileProblem> problems;

    private CheckedRouteFile(
            String file,
            String text,
            YamlTree tree,
            Declarations declarations,
            List<RouteFileProblem> problems) {
        this.file = file;
        this.text = text;
        this.tree = tree;
        this.declarations = declarations;
        this.units = tree == null ? List.of() : RouteUnit.of(tree.json());
        this.problems = List.copyOf(problems);
    }

    static CheckedRouteFile empty(String file, String text) {
        return new CheckedRouteFile(file, text, null, NOTHING, List.of());
    }

    static CheckedRouteFile broken(String file, String text, RouteFileProblem problem) {
        return new CheckedRouteFile(file, text, null, NOTHING, List.of(problem));
    }

    /** A file whose text nobody knows. */
    public static CheckedRouteFile unreadable(String file, String error) {
        return broken(file, "", RouteFileProblem.ofFile(file, error));
    }

    static CheckedRouteFile of(String file, String text, YamlTree tree, Declarations declarations) {
        return new CheckedRouteFile(file, text, tree, declarations, List.of());
    }

    CheckedRouteFile with(List<RouteFileProblem> found) {
        return new CheckedRouteFile(file, text, tree, declarations, found);
    }

    /** What it is called in problems. */
    public String file() {
        return file;
    }

    /** What is wrong, in the order of the text. */
    public List<RouteFileProblem> problems() {
        return problems;
    }

    /** The names in it. */
    public Declarations declarations() {
        return declarations;
    }

    /** Its elements in their order; none when it is empty or no YAML. */
    public List<RouteUnit> units() {
        return units;
    }

    /** Whether the other text is the beginning of this one. */
    public boolean startsWith(CheckedRouteFile other) {
        return text.length() > other.text.length() && text.startsWith(other.text);
    }

    /** Whether the text ends where a line does. */
    public boolean endsLine() {
        return text.endsWith("\n");
    }

    /**
     * The text with some of its elements, each on the lines where it stands in the whole text.
     *
     * @return empty where the way that it is written doesn't allow to leave the others out, as with
     *     anchors
     */
    public Optional<String> textOf(Collection<RouteUnit> some) {
        if (some.size() == units.size()) {
            return Optional.of(text);
        }
        String[] lines = text.split("\n", -1);
        for (RouteUnit unit : units) {
            if (!some.contains(unit)) {
                int end =
                        unit.index() + 1 < units.size() ? line(unit.index() + 1) : lines.length + 1;
                IntStream.range(line(unit.index()), end).forEach(line -> lines[line - 1] = "");
            }
        }
        String part = String.join("\n", lines);
        var wanted = JsonNodeFactory.instance.arrayNode();
        units.stream().filter(some::contains).forEach(unit -> wanted.add(unit.json()));
        try {
            return YamlTree.parse(file, part)
                    .map(YamlTree::json)
                    .filter(wanted::equals)
                    .map(same -> part);
        } catch (YamlException e) {
            return Optional.empty();
        }
    }

    private int line(int index) {
        return tree.position(List.of(index)).line();
    }

    /** What Camel threw when it loaded the file, as a problem with a place. */
    public RouteFileProblem problem(Throwable error) {
        return LoadErrors.describe(this, error);
    }

    /** A problem of this file, with its place and the route it is in. */
    public RouteFileProblem problem(StructureProblem problem) {
        List<Object> path = problem.path();
        Position position = tree == null ? Position.START : tree.position(path);
        return RouteFileProblem.at(position, file, routeIdAt(path), problem.message());
    }

    Optional<YamlTree> tree() {
        return Optional.ofNullable(tree);
    }

    private String routeIdAt(List<Object> path) {
        if (tree == null || path.isEmpty() || !(path.get(0) instanceof Integer index)) {
            return null;
        }
        JsonNode element = tree.json().path(index);
        return Declarations.routeId(element);
    }
}
