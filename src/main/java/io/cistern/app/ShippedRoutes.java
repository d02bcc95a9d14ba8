package io.cistern.app;

import io.cistern.backplane.BackplaneRoutes;
import io.cistern.cache.Caches;
import io.cistern.invalidation.InvalidationRoutes;
import io.cistern.invalidation.event.EventReader;
import io.cistern.invalidation.event.Invalidator;
import io.cistern.lookup.LookupRoutes;
import io.cistern.operations.CacheRoutes;
import io.cistern.operations.RouteFileRoutes;
import io.cistern.reload.RouteFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;

/** The routes that Cistern brings itself. Route files cannot use their ids. */
final class ShippedRoutes {

    private static final Set<String> PATHS =
            Set.of("/routes", "/openapi.yaml", "/invalidations", "/invalidation-event.json");

    private ShippedRoutes() {}

    /**
     * Adds all of them.
     *
     * @param context prepared by {@link ContextSetup}
     * @param caches what the API serves
     * @param reader reads events
     * @param invalidator applies them
     * @param workers where large bodies are read and large answers are written
     * @param files all files of the routes folder
     * @param backplane empty without Redis
     * @throws IllegalStateException if one does not load
     */
    static void addTo(
            CamelContext context,
            Caches caches,
            EventReader reader,
            Invalidator invalidator,
            Executor workers,
            Supplier<List<RouteFile>> files,
            Optional<BackplaneRoutes> backplane) {
        try {
            context.addRoutes(new LookupRoutes(caches, workers));
            context.addRoutes(new InvalidationRoutes(caches, reader, invalidator, workers));
            context.addRoutes(new CacheRoutes(caches));
            context.addRoutes(new RouteFileRoutes(files));
            if (backplane.isPresent()) {
                context.addRoutes(backplane.get());
            }
        } catch (Exception e) {
            throw new IllegalStateException("the shipped routes do not load", e);
        }
    }

    /** Whether one of them, and not a user's, answers at this path of the HTTP API. */
    static boolean serve(String path) {
        return path.startsWith("/caches") || PATHS.contains(path);
    }
}
