package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A YAML document as a tree that knows where in the text each of its parts stands. */
public final class YamlTree {
    private static final int MAX_DEPTH = 200;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Node root;
    private final JsonNode json;

    private YamlTree(Node root, JsonNode json) {
        this.root = root;
        this.json = json;
    }

    /**
     * Reads a text; an empty one gives no tree.
     *
     * @throws YamlException when the text is no YAML document
     */
    public static Optional<YamlTree> parse(String label, String text) {
        try {
            var settings =
                    LoadSettings.builder().setLabel(label).setCodePointLimit(10_000_000).build();
            Optional<Node> root = new Compose(settings).composeString(text);
            return root.map(node -> new YamlTree(node, json(node, 0)));
        } catch (MarkedYamlEngineException e) {
            Position position = e.getProblemMark().map(YamlTree::position).orElse(Position.START);
            throw new YamlException(position, e.getProblem());
        } catch (YamlEngineException e) {
            throw new YamlException(Position.START, e.getMessage());
        }
    }

    /**
     * The tree without positions. Every scalar is a text, as it is for Camel, which gives it a type
     * only when it knows for what it is; one that is left empty is null.
     */
    public JsonNode json() {
        return json;
    }

    /**
     * Where a part stands: its key, where it has one.
     *
     * @param path names and indexes from the root on
     */
    Position position(Iterable<?> path) {
        Node node = root;
        Node marked = root;
        for (Object step : path) {
            if (node instanceof SequenceNode list && step instanceof Integer index) {
                node = list.getValue().get(index);
                marked = node;
            } else if (node instanceof MappingNode map) {
                NodeTuple entry = entry(map, step.toString());
                if (entry == null) {
                    break;
                }
                node = entry.getValueNode();
                marked = entry.getKeyNode();
            }
        }
        return marked.getStartMark().map(YamlTree::position).orElse(Position.START);
    }

    private static NodeTuple entry(MappingNode map, String name) {
        for (NodeTuple entry : map.getValue()) {
            if (name.equals(keyOf(entry))) {
                return entry;
            }
        }
        return null;
    }

    private static JsonNode json(Node node, int depth) {
        if (depth > MAX_DEPTH) {
            throw new YamlException(at(node), "nested deeper than " + MAX_DEPTH + " levels");
        }
        if (node instanceof MappingNode map) {
            var object = JSON.objectNode();
            for (NodeTuple entry : map.getValue()) {
                String key = keyOf(entry);
                if (key == null) {
                    throw new YamlException(at(entry.getKeyNode()), "a key must be a text");
                }
                if (object.has(key)) {
                    throw new YamlException(
                            at(entry.getKeyNode()), "`" + key + "` is there a second time");
                }
                object.set(key, json(entry.getValueNode(), depth + 1));
            }
            return object;
        }
        if (node instanceof SequenceNode list) {
            var array = JSON.arrayNode();
            list.getValue().forEach(item -> array.add(json(item, depth + 1)));
            return array;
        }
        if (node instanceof ScalarNode scalar) {
            boolean empty =
                    scalar.getScalarStyle() == ScalarStyle.PLAIN && scalar.getValue().isEmpty();
            return empty ? JSON.nullNode() : JSON.textNode(scalar.getValue());
        }
        throw new YamlException(at(node), "neither a text, a list nor a mapping");
    }

    private static String keyOf(NodeTuple entry) {
        return entry.getKeyNode() instanceof ScalarNode key ? key.getValue() : null;
    }

    private static Position at(Node node) {
        return node.getStartMark().map(YamlTree::position).orElse(Position.START);
    }

    private static Position position(Mark mark) {
        return new Position(mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** The text is no YAML. */
    public static final class YamlException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Position position;

        YamlException(Position position, String message) {
            super(message);
            this.position = position;
        }

        Position position() {
            return position;
        }
    }
}
