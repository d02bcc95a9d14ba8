package io.cistern.validity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.component.ResourceEndpoint;
import org.apache.camel.model.BeanFactoryDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * A digest of how a route makes its values: its steps, written out in one form whatever they were
 * written in, those of the routes and Kamelets that it calls directly, and the beans, scripts and
 * queries that they name. What it begins with, how its breaker is set and what its steps are called
 * say nothing about values, and are left out.
 */
public final class RouteFingerprint {

    private static final Pattern FROM =
            Pattern.compile("<from\\b[^>]*?(/>|>.*?</from>)", Pattern.DOTALL);
    private static final Pattern BREAKER =
            Pattern.compile(
                    "<resilience4jConfiguration\\b[^>]*?(/>|>.*?</resilience4jConfiguration>)",
                    Pattern.DOTALL);
    private static final Pattern IDENTITY =
            Pattern.compile(
                    "\\s(?:id|routeId|description|note|autoStartup|startupOrder)=\"[^\"]*\"");
    private static final Pattern TAG = Pattern.compile("<(/?)(?:[^<>\"]++|\"[^\"]*+\")*+>");
    private static final Pattern KAMELET =
            Pattern.compile("(?:\\bkamelet:(?://)?|<kamelet\\b[^>]*\\bname=\")([\\w.-]+)");
    private static final Pattern CALL = Pattern.compile("\\b((?:direct|seda):(?://)?([\\w.-]+))");
    private static final Pattern BEAN =
            Pattern.compile(
                    "(?:\\bref=\"|\\bbean:(?://)?|\\bmethod:|#bean:|#|<method ref=\")([\\w.$-]+)");
    private static final Pattern TYPE =
            Pattern.compile("(?:\\bbeanType=\"|#class:|\\btype:)([\\w.$]+)");
    private static final Pattern RESOURCE =
            Pattern.compile("(?:resource:((?:\\w+:)?)|(classpath:|file:))([^\"'\\s?&<>]+)");
    private static final Pattern URI = Pattern.compile("\\buri=\"([^\"]+)\"");
    private static final int MAX_RESOURCE = 16 << 20;
    private static final int MAX_ROUTES = 100;

    private final CamelContext context;
    private final String routeId;

    /**
     * @param context in which the route runs
     * @param routeId whose
     */
    public RouteFingerprint(CamelContext context, String routeId) {
        this.context = context;
        this.routeId = routeId;
    }

    /**
     * @return 64 hexadecimal digits: SHA-256
     * @throws IllegalStateException if the route's definition can't be read
     */
    public String compute() {
        var digest = sha256();
        var model = context.getCamelContextExtension().getContextPlugin(Model.class);
        Deque<NamedNode> further = new ArrayDeque<>();
        Set<NamedNode> seen = new HashSet<>();
        Set<String> named = new HashSet<>();
        var first = model.getRouteDefinition(routeId);
        if (first == null) {
            throw new IllegalStateException("route " + routeId + " has no definition");
        }
        further.add(first);
        seen.add(first);
        while (!further.isEmpty() && seen.size() < MAX_ROUTES) {
            var steps = steps(further.poll());
            add(digest, steps);
            addBeans(digest, model, steps, named);
            addResources(digest, steps, named);
            Stream.concat(called(model, steps), kamelets(model, steps))
                    .filter(seen::add)
                    .forEach(further::add);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private String steps(NamedNode route) {
        try {
            // What stands in a template is a parameter rather than a property.
            var resolves = route instanceof RouteDefinition;
            var xml =
                    PluginHelper.getModelToXMLDumper(context)
                            .dumpModelAsXml(context, route, resolves, false, false);
            var bare = BREAKER.matcher(FROM.matcher(xml).replaceAll("")).replaceAll("");
            return plain(bare);
        } catch (Exception e) {
            throw new IllegalStateException(
                    "the definition of route " + route.getId() + " can't be read", e);
        }
    }

    /** Without what steps are called, and how they are indented. What texts say stays as it is. */
    private static String plain(String xml) {
        var plain = new StringBuilder();
        var tags = TAG.matcher(xml);
        var end = 0;
        var opened = false;
        while (tags.find()) {
            var text = xml.substring(end, tags.start());
            var closes = !tags.group(1).isEmpty();
            if (opened && closes || !text.isBlank()) {
                plain.append(text);
            }
            plain.append(IDENTITY.matcher(tags.group()).replaceAll(""));
            opened = !closes && !tags.group().endsWith("/>");
            end = tags.end();
        }
        return plain.append(xml.substring(end).strip()).toString();
    }

    private static Stream<? extends NamedNode> kamelets(Model model, String steps) {
        return KAMELET.matcher(steps)
                .results()
                .map(call -> model.getRouteTemplateDefinition(call.group(1)))
                .filter(Objects::nonNull);
    }

    private static Stream<? extends NamedNode> called(Model model, String steps) {
        Set<String> names = new HashSet<>();
        var calls = CALL.matcher(steps);
        while (calls.find()) {
            names.add(calls.group(1).replace("//", ""));
        }
        return model.getRouteDefinitions().stream()
                .filter(route -> route.getInput() != null)
                .filter(route -> names.contains(begin(route)));
    }

    private static String begin(RouteDefinition route) {
        var uri = route.getInput().getEndpointUri();
        return uri == null ? "" : uri.replaceFirst("\\?.*", "").replace("//", "");
    }

    /** The classes of beans that are named, and how they are defined where a file does that. */
    private void addBeans(MessageDigest digest, Model model, String steps, Set<String> named) {
        var names = BEAN.matcher(steps);
        while (names.find()) {
            var name = names.group(1).replaceFirst("\\.$", "");
            var bean = named.add("bean " + name) ? bean(name) : null;
            if (bean == null) {
                continue;
            }
            add(digest, "bean " + name);
            addClass(digest, bean.getClass());
            model.getCustomBeans().stream()
                    .filter(definition -> name.equals(definition.getName()))
                    .forEach(definition -> addDefinition(digest, definition));
        }
        var types = TYPE.matcher(steps);
        while (types.find()) {
            var type = context.getClassResolver().resolveClass(types.group(1));
            if (type != null && named.add("type " + type.getName())) {
                addClass(digest, type);
            }
        }
    }

    private Object bean(String name) {
        var bean = context.getRegistry().lookupByName(name);
        return bean != null || !name.contains(".")
                ? bean
                : context.getRegistry().lookupByName(name.substring(0, name.indexOf('.')));
    }

    private static void addDefinition(MessageDigest digest, BeanFactoryDefinition<?> bean) {
        Stream.of(
                        bean.getType(),
                        bean.getFactoryBean(),
                        bean.getFactoryMethod(),
                        bean.getBuilderClass(),
                        bean.getBuilderMethod(),
                        bean.getInitMethod(),
                        bean.getScriptLanguage(),
                        bean.getScript(),
                        sorted(bean.getConstructors()),
                        sorted(bean.getProperties()))
                .forEach(part -> add(digest, String.valueOf(part)));
    }

    private static Map<?, ?> sorted(Map<?, ?> parts) {
        return parts == null ? Map.of() : new TreeMap<>(parts);
    }

    /** A class with what it is made of: those that it extends, and those within it. */
    private static void addClass(MessageDigest digest, Class<?> type) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            addFile(digest, each);
        }
        for (var within : type.getDeclaredClasses()) {
            addClass(digest, within);
        }
    }

    private static void addFile(MessageDigest digest, Class<?> type) {
        add(digest, type.getName());
        var loader = type.getClassLoader();
        var file = type.getName().replace('.', '/') + ".class";
        // Those of the JDK change with Java itself; what is made while running has no file.
        if (loader != null && !type.isHidden()) {
            try (var in = loader.getResourceAsStream(file)) {
                addAll(digest, in);
            } catch (IOException e) {
                add(digest, "unreadable");
            }
        }
    }

    private void addResources(MessageDigest digest, String steps, Set<String> named) {
        RESOURCE.matcher(steps)
                .results()
                .map(it -> Objects.requireNonNullElse(it.group(1), it.group(2)) + it.group(3))
                .forEach(name -> addResource(digest, name, named));
        // Those of components that are made of a file, such as a template's: they need no scheme.
        URI.matcher(steps)
                .results()
                .map(it -> context.hasEndpoint(it.group(1).replace("&amp;", "&")))
                .filter(ResourceEndpoint.class::isInstance)
                .map(endpoint -> ((ResourceEndpoint) endpoint).getResourceUri())
                .forEach(name -> addResource(digest, name, named));
    }

    private void addResource(MessageDigest digest, String name, Set<String> named) {
        if (!named.add(name)) {
            return;
        }
        try {
            var resource = ResourceHelper.resolveResource(context, name);
            if (resource != null && resource.exists()) {
                add(digest, name);
                try (var in = resource.getInputStream()) {
                    addAll(digest, in);
                }
            }
        } catch (IOException | RuntimeException noFile) {
            // A folder, or one that is gone: its name stands in the steps.
            add(digest, "unreadable");
        }
    }

    private static void addAll(MessageDigest digest, InputStream in) throws IOException {
        if (in != null) {
            var bytes = in.readNBytes(MAX_RESOURCE);
            digest.update(bytes);
            add(digest, Integer.toString(bytes.length));
        }
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
