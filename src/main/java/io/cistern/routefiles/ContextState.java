package io.cistern.routefiles;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a Camel context held before a file was loaded, so that all can be removed that the file
 * brought: routes, templates, route configurations, rest services, beans, endpoints.
 */
final class ContextState {
    private static final Logger LOG = LoggerFactory.getLogger(ContextState.class);

    private final CamelContext context;
    private final Model model;
    private final Set<Object> definitions;
    private final Set<Object> endpoints;

    private ContextState(CamelContext context) {
        this.context = context;
        this.model = context.getCamelContextExtension().getContextPlugin(Model.class);
        this.definitions = identities(definitions());
        this.endpoints = identities(context.getEndpoints());
    }

    static ContextState of(CamelContext context) {
        return new ContextState(context);
    }

    /** The ids of the routes that came since. */
    List<String> newRouteIds() {
        return added(model.getRouteDefinitions()).stream().map(RouteDefinition::getId).toList();
    }

    /**
     * Removes all that came since. What cannot be removed is logged: one route that does not stop
     * must not keep the others.
     */
    void restore() {
        added(model.getRouteDefinitions()).forEach(r -> attempt(() -> removeRoute(r)));
        added(model.getRouteTemplateDefinitions())
                .forEach(t -> attempt(() -> model.removeRouteTemplateDefinition(t)));
        added(model.getRouteConfigurationDefinitions())
                .forEach(c -> attempt(() -> model.removeRouteConfiguration(c)));
        model.getRestDefinitions().removeAll(added(model.getRestDefinitions()));
        var beans = added(model.getCustomBeans());
        beans.forEach(bean -> context.getRegistry().unbind(bean.getName()));
        model.getCustomBeans().removeAll(beans);
        for (var endpoint : List.copyOf(context.getEndpoints())) {
            if (!endpoints.contains(endpoint)) {
                attempt(() -> context.removeEndpoint(endpoint));
            }
        }
    }

    private void removeRoute(RouteDefinition route) throws Exception {
        String id = route.getId();
        if (context.getRoute(id) != null) {
            context.getRouteController().stopRoute(id);
            context.removeRoute(id);
        }
        model.removeRouteDefinition(route);
    }

    private void attempt(Removal removal) {
        try {
            removal.run();
        } catch (Exception e) {
            LOG.warn("Cannot remove a part of a refused route file: {}", e.toString());
        }
    }

    private List<Object> definitions() {
        var all = new ArrayList<>();
        all.addAll(model.getRouteDefinitions());
        all.addAll(model.getRouteTemplateDefinitions());
        all.addAll(model.getRouteConfigurationDefinitions());
        all.addAll(model.getRestDefinitions());
        all.addAll(model.getCustomBeans());
        return all;
    }

    private <T> List<T> added(Collection<? extends T> now) {
        var added = new ArrayList<T>();
        for (T definition : now) {
            if (!definitions.contains(definition)) {
                added.add(definition);
            }
        }
        return added;
    }

    private static Set<Object> identities(Collection<?> objects) {
        Set<Object> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(objects);
        return set;
    }

    @FunctionalInterface
    private interface Removal {
        void run() throws Exception;
    }
}
