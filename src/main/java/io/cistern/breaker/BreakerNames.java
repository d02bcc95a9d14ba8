package io.cistern.breaker;

import java.util.Collection;
import org.apache.camel.Route;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.NodeIdFactory;
import org.apache.camel.support.CamelContextHelper;

/** Names breakers after their routes, so that their metrics keep their names over a restart. */
final class BreakerNames {
    private static final String SUFFIX = "-breaker";

    private BreakerNames() {}

    /**
     * The name of the breaker, also its node's id if its author gave it none. To be called when the
     * route is built, as only then is the route's own id settled (rest verbs, templates,
     * placeholders).
     */
    static String assign(Route route, CircuitBreakerDefinition definition) {
        var owner = ProcessorDefinitionHelper.getRoute(definition);
        if (definition.hasCustomIdAssigned()) {
            var id = CamelContextHelper.parseText(route.getCamelContext(), definition.getId());
            return prefix(route, owner) + id;
        }
        if (owner == null) {
            var ids =
                    route.getCamelContext()
                            .getCamelContextExtension()
                            .getContextPlugin(NodeIdFactory.class);
            return definition.idOrCreate(ids);
        }
        var name = freeName(route, owner);
        definition.setId(name);
        return name;
    }

    /** Camel prefixes the nodes of templated routes with a number, another one at every start. */
    private static String prefix(Route route, RouteDefinition owner) {
        if (owner == null || owner.getNodePrefixId() == null) {
            return "";
        }
        return Boolean.TRUE.equals(owner.isTemplate())
                ? route.getRouteId() + "-"
                : owner.getNodePrefixId();
    }

    private static String freeName(Route route, RouteDefinition owner) {
        Collection<CircuitBreakerDefinition> all =
                ProcessorDefinitionHelper.filterTypeInOutputs(
                        owner.getOutputs(), CircuitBreakerDefinition.class);
        var base = route.getRouteId() + SUFFIX;
        var name = base;
        for (var number = 2; isTaken(all, name); number++) {
            name = base + "-" + number;
        }
        return name;
    }

    private static boolean isTaken(Collection<CircuitBreakerDefinition> breakers, String name) {
        return breakers.stream()
                .anyMatch(breaker -> breaker.hasCustomIdAssigned() && name.equals(breaker.getId()));
    }
}
