package io.cistern.breaker;

import java.util.Collection;
import org.apache.camel.Route;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;

/** Names breakers after their routes, so that their metrics keep their names over a restart. */
final class BreakerNames {
    private static final String SUFFIX = "-breaker";

    private BreakerNames() {}

    /**
     * Gives the breaker an id if its author gave none. It happens when the route is built, as only
     * then is the route's own id settled (rest verbs, templates, placeholders).
     */
    static void assign(Route route, CircuitBreakerDefinition definition) {
        var owner = ProcessorDefinitionHelper.getRoute(definition);
        if (definition.hasCustomIdAssigned() || owner == null) {
            return;
        }
        Collection<CircuitBreakerDefinition> all =
                ProcessorDefinitionHelper.filterTypeInOutputs(
                        owner.getOutputs(), CircuitBreakerDefinition.class);
        var base = route.getRouteId() + SUFFIX;
        var id = base;
        for (var number = 2; isTaken(all, id); number++) {
            id = base + "-" + number;
        }
        definition.setId(id);
    }

    private static boolean isTaken(Collection<CircuitBreakerDefinition> breakers, String id) {
        return breakers.stream()
                .anyMatch(breaker -> breaker.hasCustomIdAssigned() && id.equals(breaker.getId()));
    }
}
