package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.language.simple.types.SimpleIllegalSyntaxException;
import org.apache.camel.util.URISupport;

/** Makes one line, with its place, of what Camel throws when it cannot load a file. */
final class LoadErrors {
    private static final int MAX_LENGTH = 300;
    private static final Pattern QUOTED =
            Pattern.compile("\\[([^\\[\\]]{2,})]|\"([^\"]{2,})\"|: ([^\\s\"]{3,})$");

    /** How messages about an option of an endpoint begin. */
    private static final Pattern OPTION = Pattern.compile("([a-z][A-Za-z]*): ");

    private LoadErrors() {}

    static RouteFileProblem describe(CheckedRouteFile file, Throwable error) {
        List<Throwable> chain = chain(error);
        String message = oneLine(message(chain));
        List<Object> path = place(file, chain);
        return file.problem(new StructureProblem(path, message));
    }

    private static List<Throwable> chain(Throwable error) {
        var chain = new ArrayList<Throwable>();
        for (Throwable t = error; t != null && !chain.contains(t); t = t.getCause()) {
            chain.add(t);
        }
        return chain;
    }

    /** The innermost message that says what is wrong: those around it repeat it. */
    private static String message(List<Throwable> chain) {
        for (Throwable cause : chain) {
            if (cause instanceof SimpleIllegalSyntaxException simple) {
                String why = simple.getMessage().lines().findFirst().orElse("");
                return "simple expression `" + simple.getExpression() + "`: " + why;
            }
        }
        for (int i = chain.size() - 1; i >= 0; i--) {
            Throwable cause = chain.get(i);
            String message = cause.getMessage();
            boolean poor = cause instanceof NumberFormatException && i > 0;
            if (message != null && !message.isBlank() && !poor) {
                // "x" alone, as of a class or a number that cannot be found, says too little.
                return message.contains(" ")
                        ? message
                        : cause.getClass().getSimpleName() + ": " + message;
            }
        }
        return chain.get(0).getClass().getSimpleName();
    }

    private static String oneLine(String message) {
        String line = URISupport.sanitizeUri(message).strip().replaceAll("\\s+", " ");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH - 1) + "…";
    }

    /** The part of the file that the error names; else its route; else the file's beginning. */
    private static List<Object> place(CheckedRouteFile file, List<Throwable> chain) {
        JsonNode document = file.tree().map(YamlTree::json).orElse(null);
        if (document == null) {
            return List.of();
        }
        List<Object> route = route(document, chain);
        List<Object> option = option(route, document, chain);
        if (option != null) {
            return option;
        }
        JsonNode within = route.isEmpty() ? document : document.path((Integer) route.get(0));
        for (String named : named(chain)) {
            List<Object> found = find(named, route.isEmpty() ? List.of() : route, within);
            if (found != null) {
                return found;
            }
        }
        return route;
    }

    /** The option of an endpoint that the innermost message begins with; null for none. */
    private static List<Object> option(
            List<Object> route, JsonNode document, List<Throwable> chain) {
        if (chain.stream().noneMatch(ResolveEndpointFailedException.class::isInstance)) {
            return null;
        }
        var name = OPTION.matcher(message(chain));
        if (!name.lookingAt()) {
            return null;
        }
        return route.isEmpty()
                ? option(name.group(1), route, document)
                : option(name.group(1), route, document.path((Integer) route.get(0)));
    }

    private static List<Object> option(String name, List<Object> path, JsonNode node) {
        if (node.path("parameters").has(name)) {
            return with(with(path, "parameters"), name);
        }
        for (int i = 0; i < (node.isArray() ? node.size() : 0); i++) {
            List<Object> found = option(name, with(path, i), node.get(i));
            if (found != null) {
                return found;
            }
        }
        for (var field : node.properties()) {
            List<Object> found = option(name, with(path, field.getKey()), field.getValue());
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static String routeId(Throwable cause) {
        if (cause instanceof FailedToCreateRouteException failed) {
            return failed.getRouteId();
        }
        return cause instanceof FailedToStartRouteException failed ? failed.getRouteId() : null;
    }

    private static List<Object> route(JsonNode document, List<Throwable> chain) {
        for (Throwable cause : chain) {
            String failed = routeId(cause);
            if (failed != null) {
                for (int i = 0; i < document.size(); i++) {
                    String id = Declarations.routeId(document.get(i));
                    if (id != null && id.equals(failed)) {
                        return List.of(i);
                    }
                }
            }
        }
        return List.of();
    }

    /** What the errors name that may stand in the file, the innermost first. */
    private static Set<String> named(List<Throwable> chain) {
        var named = new LinkedHashSet<String>();
        for (int i = chain.size() - 1; i >= 0; i--) {
            Throwable cause = chain.get(i);
            if (cause instanceof SimpleIllegalSyntaxException simple
                    && simple.getExpression() != null) {
                named.add(simple.getExpression());
            }
            if (cause instanceof NoSuchBeanException bean && bean.getName() != null) {
                named.add("#bean:" + bean.getName());
                named.add(bean.getName());
            }
            var quoted = QUOTED.matcher(String.valueOf(cause.getMessage()));
            while (quoted.find()) {
                named.add(
                        Stream.of(quoted.group(1), quoted.group(2), quoted.group(3))
                                .filter(Objects::nonNull)
                                .findFirst()
                                .orElseThrow());
            }
            if (cause instanceof ResolveEndpointFailedException endpoint
                    && endpoint.getUri() != null) {
                String uri = endpoint.getUri().replaceFirst("\\?.*", "").replace("://", ":");
                named.add(uri);
            }
        }
        return named;
    }

    /** The path to the first text that is the name, or else holds it; or null. */
    private static List<Object> find(String name, List<Object> path, JsonNode node) {
        List<Object> same = find(name, path, node, true);
        return same != null ? same : find(name, path, node, false);
    }

    private static List<Object> find(String name, List<Object> path, JsonNode node, boolean same) {
        if (node.isTextual()) {
            String text = node.textValue().strip();
            return (same ? text.equals(name) : text.contains(name)) ? path : null;
        }
        for (int i = 0; i < (node.isArray() ? node.size() : 0); i++) {
            List<Object> found = find(name, with(path, i), node.get(i), same);
            if (found != null) {
                return found;
            }
        }
        for (var field : node.properties()) {
            List<Object> found = find(name, with(path, field.getKey()), field.getValue(), same);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static List<Object> with(List<Object> path, Object step) {
        var longer = new ArrayList<>(path);
        longer.add(step);
        return longer;
    }
}
