package io.cistern.breaker;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteDefinitionHelper;

/**
 * Puts the steps of a route that has no circuit breaker of its own into one, when it is added.
 *
 * <p>A route has one of its own if a breaker is among its steps themselves, or among those of what
 * wraps the whole route ({@code transacted}, {@code policy}, {@code saga}): its author has chosen
 * what the breaker is to cover. One that is deeper, in a branch of a choice or inside a split,
 * covers only what comes by there, so such a route is wrapped all the same.
 *
 * <p>The error handler goes around the breaker, not into it: {@code onException} and dead-letter
 * channels fire as without a breaker, but redelivery repeats all the steps.
 */
final class RouteWrapper extends ModelLifecycleStrategySupport {
    @Override
    public void onAddRouteDefinition(RouteDefinition route) {
        if (!hasBreaker(route.getOutputs())) {
            wrap(route);
            RouteDefinitionHelper.initParent(route);
        }
    }

    private static boolean hasBreaker(List<ProcessorDefinition<?>> outputs) {
        return outputs.stream()
                .anyMatch(
                        output ->
                                output instanceof CircuitBreakerDefinition
                                        || output.isWrappingEntireOutput()
                                                && hasBreaker(output.getOutputs()));
    }

    private static void wrap(ProcessorDefinition<?> parent) {
        var around = new ArrayList<ProcessorDefinition<?>>();
        var steps = new ArrayList<ProcessorDefinition<?>>();
        for (var output : parent.getOutputs()) {
            if (output.isWrappingEntireOutput()) {
                wrap(output);
                around.add(output);
            } else if (output.isAbstract()) {
                around.add(output);
            } else {
                steps.add(output);
            }
        }
        if (steps.isEmpty()) {
            return;
        }
        around.add(breaker(steps));
        parent.getOutputs().clear();
        parent.getOutputs().addAll(around);
    }

    private static CircuitBreakerDefinition breaker(List<ProcessorDefinition<?>> steps) {
        var breaker = new CircuitBreakerDefinition();
        breaker.setConfiguration(Breakers.CONFIGURATION);
        breaker.setInheritErrorHandler(true);
        breaker.setOutputs(new ArrayList<>(steps));
        // Messages about the breaker then lead to the file of the route.
        var first = steps.get(0);
        breaker.setLocation(first.getLocation());
        breaker.setLineNumber(first.getLineNumber());
        return breaker;
    }
}
