package io.cistern.http;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which consumer answers which path and method. A tree over the segments as the client sent them: a
 * text counts more than a parameter, a parameter more than a prefix. Lookups read an immutable
 * tree; every change builds another.
 */
final class RouteTable {
    private final List<Entry> entries = new ArrayList<>();
    private volatile Node root = new Node();

    /**
     * One consumer at one path.
     *
     * @param template the path
     * @param methods the methods it answers; empty for all
     * @param mediaTypes what it takes and gives
     * @param target who answers
     */
    record Entry(
            PathTemplate template,
            Set<HttpMethod> methods,
            MediaTypes mediaTypes,
            RequestTarget target) {
        boolean answers(HttpMethod method) {
            return methods.isEmpty() || methods.contains(method);
        }

        private boolean collidesWith(Entry other) {
            return template.segments().equals(other.template.segments())
                    && template.prefix() == other.template.prefix()
                    && mediaTypes.equals(other.mediaTypes)
                    && (methods.isEmpty()
                            || other.methods.isEmpty()
                            || methods.stream().anyMatch(other.methods::contains));
        }
    }

    /** The place of one segment. Only {@link #build} changes it, before anybody else sees it. */
    private static final class Node {
        private final Map<String, Node> literals = new LinkedHashMap<>();
        private String[] names = {};
        private Node[] children = {};
        private Node parameter;
        private List<Entry> exact = List.of();
        private List<Entry> prefixed = List.of();

        private void freeze() {
            names = literals.keySet().toArray(String[]::new);
            children = literals.values().toArray(Node[]::new);
            for (var child : children) {
                child.freeze();
            }
            if (parameter != null) {
                parameter.freeze();
            }
        }
    }

    /** What was found; one instance an event loop, reused. */
    static final class Match {
        private final int[] captured = new int[32];
        private int depth;
        private List<Entry> found;
        private Set<String> allowed;

        List<Entry> found() {
            return found;
        }

        /** The methods that the path knows, when it is known but not for the asked one. */
        Set<String> allowed() {
            return allowed;
        }

        /** The decoded parameters of the path. */
        String[] values(RequestPath path) {
            var values = new String[depth];
            for (var i = 0; i < depth; i++) {
                values[i] = path.value(captured[i]);
            }
            return values;
        }
    }

    /**
     * Adds a consumer.
     *
     * @throws IllegalArgumentException if another already answers one of its methods there
     */
    synchronized void add(Entry entry) {
        for (var other : entries) {
            if (entry.collidesWith(other)) {
                throw new IllegalArgumentException(
                        "The path " + entry.template() + " is served by another route already");
            }
        }
        entries.add(entry);
        root = build(entries);
    }

    synchronized void remove(RequestTarget target) {
        entries.removeIf(entry -> entry.target() == target);
        root = build(entries);
    }

    private static Node build(List<Entry> entries) {
        var root = new Node();
        for (var entry : entries) {
            var node = root;
            for (var segment : entry.template().segments()) {
                if (segment != null) {
                    node = node.literals.computeIfAbsent(segment, name -> new Node());
                } else {
                    node.parameter = node.parameter == null ? new Node() : node.parameter;
                    node = node.parameter;
                }
            }
            if (entry.template().prefix()) {
                node.prefixed = with(node.prefixed, entry);
            } else {
                node.exact = with(node.exact, entry);
            }
        }
        root.freeze();
        return root;
    }

    private static List<Entry> with(List<Entry> entries, Entry entry) {
        var more = new ArrayList<>(entries);
        more.add(entry);
        return List.copyOf(more);
    }

    /**
     * Looks a path up.
     *
     * @return whether somebody answers it; if not, {@code match.allowed()} tells what else is there
     */
    boolean find(RequestPath path, HttpMethod method, Match match) {
        match.depth = 0;
        match.found = null;
        match.allowed = null;
        return find(root, path, 0, method, match);
    }

    private static boolean find(
            Node node, RequestPath path, int index, HttpMethod method, Match match) {
        if (index == path.size()) {
            return take(node.exact, method, match) || take(node.prefixed, method, match);
        }
        var names = node.names;
        for (var i = 0; i < names.length; i++) {
            if (path.is(index, names[i])
                    && find(node.children[i], path, index + 1, method, match)) {
                return true;
            }
        }
        if (node.parameter != null && !path.isEmpty(index)) {
            var depth = match.depth;
            match.captured[match.depth++] = index;
            if (find(node.parameter, path, index + 1, method, match)) {
                return true;
            }
            match.depth = depth;
        }
        return take(node.prefixed, method, match);
    }

    private static boolean take(List<Entry> entries, HttpMethod method, Match match) {
        if (entries.isEmpty()) {
            return false;
        }
        for (var i = 0; i < entries.size(); i++) {
            if (entries.get(i).answers(method)) {
                match.found = entries;
                return true;
            }
        }
        // Who answers GET answers HEAD too, without the payload.
        if (HttpMethod.HEAD.equals(method) && take(entries, HttpMethod.GET, match)) {
            return true;
        }
        match.allowed = match.allowed == null ? new TreeSet<>() : match.allowed;
        for (var entry : entries) {
            entry.methods().forEach(known -> match.allowed.add(known.name()));
        }
        return false;
    }

    /** The first of several consumers of one path that takes this method and these media types. */
    static Entry choose(List<Entry> entries, HttpMethod method, String contentType, String accept) {
        for (var entry : entries) {
            var fits =
                    entry.answers(method)
                            || (HttpMethod.HEAD.equals(method) && entry.answers(HttpMethod.GET));
            if (fits && entry.mediaTypes().refusal(contentType, accept) == 0) {
                return entry;
            }
        }
        return null;
    }
}
