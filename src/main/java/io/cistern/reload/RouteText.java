package io.cistern.reload;

import java.nio.file.Path;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.engine.DefaultRoutesLoader;
import org.apache.camel.support.ResourceHelper;

/** Loads the text of a route file into a Camel context. */
final class RouteText {
    private static final String SUFFIX = ".camel.yaml";

    private RouteText() {}

    /**
     * @param folder the routes folder
     * @param path of the file in it
     * @param text what to load: the file's text, or a part of it
     * @throws Exception what Camel throws
     */
    static void load(CamelContext context, Path folder, Path path, String text) throws Exception {
        String location = "file:" + folder.resolve(path).resolveSibling(plainName(path));
        // A loader for this file alone: a shared one keeps what it read of a file that failed.
        try (var loader = new DefaultRoutesLoader(context)) {
            loader.start();
            loader.loadRoutes(ResourceHelper.fromString(location, text));
        }
    }

    /** Camel takes all that comes after a name's first dot for the kind of the file. */
    private static String plainName(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.replaceFirst("(\\.camel)?\\.yaml$", "").replace('.', '_') + SUFFIX;
    }
}
