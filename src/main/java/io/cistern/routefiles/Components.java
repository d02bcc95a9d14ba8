package io.cistern.routefiles;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.tooling.model.ComponentModel;
import org.apache.camel.tooling.model.JsonMapper;

/**
 * What is known about components: Camel's catalog, and for all others the metadata that stands on
 * the class path beside their classes.
 */
final class Components {
    private static final String SERVICES = "META-INF/services/org/apache/camel/component/";

    private final DefaultCamelCatalog catalog = new DefaultCamelCatalog(true);
    private final ClassLoader classLoader = Components.class.getClassLoader();
    private final Predicate<String> registered;
    private final Map<String, Availability> known = new ConcurrentHashMap<>();

    /**
     * @param registered the schemes that are available without being on the class path
     */
    Components(Predicate<String> registered) {
        this.registered = registered;
        catalog.setSuggestionStrategy(
                (names, unknown) ->
                        Suggestions.nearest(unknown, names)
                                .map(near -> new String[] {near})
                                .orElse(null));
    }

    enum State {
        /** Its options are known, and it can be used. */
        KNOWN,
        /** It can be used; nothing is known about its options. */
        WITHOUT_METADATA,
        /** Camel has it, this application does not. */
        NOT_INSTALLED,
        UNKNOWN
    }

    /**
     * @param model null unless the state is KNOWN or NOT_INSTALLED
     */
    record Availability(State state, ComponentModel model) {}

    Availability find(String scheme) {
        Availability found = known.get(scheme);
        if (found == null) {
            found = look(scheme);
            // An unknown one may be registered later, and names from mistakes should not pile up.
            if (found.state() == State.KNOWN) {
                known.put(scheme, found);
            }
        }
        return found;
    }

    private Availability look(String scheme) {
        boolean usable = isOnClassPath(scheme) || registered.test(scheme);
        if (catalog.componentJSonSchema(scheme) == null) {
            String json = metadata(scheme);
            if (json == null) {
                return new Availability(usable ? State.WITHOUT_METADATA : State.UNKNOWN, null);
            }
            ComponentModel model = JsonMapper.generateComponentModel(json);
            catalog.addComponent(scheme, model.getJavaType(), json);
            return new Availability(State.KNOWN, model);
        }
        ComponentModel model = catalog.componentModel(scheme);
        return new Availability(usable ? State.KNOWN : State.NOT_INSTALLED, model);
    }

    DefaultCamelCatalog catalog() {
        return catalog;
    }

    /** The schemes that can be used. */
    Collection<String> usable() {
        var schemes = new TreeSet<String>(known.keySet());
        catalog.findComponentNames().stream().filter(this::isOnClassPath).forEach(schemes::add);
        return schemes;
    }

    private boolean isOnClassPath(String scheme) {
        return classLoader.getResource(SERVICES + scheme) != null;
    }

    private String metadata(String scheme) {
        try {
            String type = className(scheme);
            if (type == null) {
                return null;
            }
            String folder = type.substring(0, type.lastIndexOf('.')).replace('.', '/');
            return text("META-INF/" + folder + "/" + scheme + ".json");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String className(String scheme) throws IOException {
        try (InputStream stream = classLoader.getResourceAsStream(SERVICES + scheme)) {
            if (stream == null) {
                return null;
            }
            var properties = new Properties();
            properties.load(stream);
            return properties.getProperty("class");
        }
    }

    private String text(String resource) throws IOException {
        try (InputStream stream = classLoader.getResourceAsStream(resource)) {
            return stream == null
                    ? null
                    : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
