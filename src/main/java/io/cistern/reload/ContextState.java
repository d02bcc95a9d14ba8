package io.cistern.reload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;

/** What a Camel context held at a moment, so that it can be told what came since. */
final class ContextState {
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

    /** What came since. */
    Content added() {
        var content = new Content();
        add(model.getRouteDefinitions(), content.routes);
        add(model.getRouteTemplateDefinitions(), content.templates);
        add(model.getRouteConfigurationDefinitions(), content.configurations);
        add(model.getRestDefinitions(), content.rests);
        add(model.getCustomBeans(), content.beans);
        return content;
    }

    /** Endpoints that came since: those of a route that failed stay behind otherwise. */
    List<org.apache.camel.Endpoint> addedEndpoints() {
        return context.getEndpoints().stream().filter(e -> !endpoints.contains(e)).toList();
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

    private <T> void add(Collection<? extends T> now, List<T> into) {
        for (T definition : now) {
            if (!definitions.contains(definition)) {
                into.add(definition);
            }
        }
    }

    private static Set<Object> identities(Collection<?> objects) {
        Set<Object> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(objects);
        return set;
    }
}
