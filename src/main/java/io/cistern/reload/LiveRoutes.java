package io.cistern.reload;

import io.cistern.component.CisternEndpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds what route files hold to a Camel context, and removes it. */
final class LiveRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(LiveRoutes.class);
    private static final Duration DRAIN = Duration.ofSeconds(1);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** What is still under way after the drain gets no second chance. */
    private static final long STOP_MILLIS = 100;

    private final CamelContext context;
    private final Path folder;
    private final Model model;

    LiveRoutes(CamelContext context, Path folder) {
        this.context = context;
        this.folder = folder;
        this.model = context.getCamelContextExtension().getContextPlugin(Model.class);
    }

    /**
     * Loads a text.
     *
     * @param path of its file
     * @return what it brought; where it fails, it leaves nothing behind
     * @throws Exception what Camel throws
     */
    Content add(Path path, String text) throws Exception {
        var before = ContextState.of(context);
        try {
            RouteText.load(context, folder, path, text);
        } catch (Exception | LinkageError e) {
            remove(before.added());
            for (Endpoint endpoint : before.addedEndpoints()) {
                attempt(() -> context.removeEndpoint(endpoint));
            }
            throw e;
        }
        return before.added();
    }

    /**
     * Removes. What cannot be removed is logged: one route that does not stop must not keep the
     * others.
     */
    void remove(Content content) {
        content.routes.forEach(route -> attempt(() -> remove(route)));
        content.templates.forEach(t -> attempt(() -> model.removeRouteTemplateDefinition(t)));
        content.configurations.forEach(c -> attempt(() -> model.removeRouteConfiguration(c)));
        model.getRestDefinitions().removeAll(content.rests);
        content.beans.forEach(bean -> context.getRegistry().unbind(bean.getName()));
        model.getCustomBeans().removeAll(content.beans);
    }

    private void remove(RouteDefinition route) throws Exception {
        String id = route.getId();
        if (context.getRoute(id) != null) {
            context.getRouteController().stopRoute(id, STOP_MILLIS, TimeUnit.MILLISECONDS);
            context.removeRoute(id);
        }
        model.removeRouteDefinition(route);
    }

    /** The caches that the routes load. */
    List<String> caches(List<Content> contents) {
        var caches = new ArrayList<String>();
        for (Content content : contents) {
            for (RouteDefinition route : content.routes) {
                var running = context.getRoute(route.getId());
                if (running != null && running.getEndpoint() instanceof CisternEndpoint origin) {
                    caches.add(origin.getName());
                }
            }
        }
        return caches;
    }

    /**
     * Waits, for a bounded time, until nothing is under way in the routes: their stop would look
     * only every second.
     */
    void drain(List<Content> contents) {
        List<String> ids =
                contents.stream()
                        .flatMap(content -> content.routes.stream())
                        .map(RouteDefinition::getId)
                        .toList();
        var inflight = context.getInflightRepository();
        long until = System.nanoTime() + DRAIN.toNanos();
        while (ids.stream().anyMatch(id -> inflight.size(id) > 0) && System.nanoTime() < until) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static void attempt(Removal removal) {
        try {
            removal.run();
        } catch (Exception e) {
            LOG.warn("Cannot remove a part of a route file: {}", e.toString());
        }
    }

    @FunctionalInterface
    private interface Removal {
        void run() throws Exception;
    }
}
