package io.cistern.warming;

import io.cistern.warming.source.Sources;
import io.cistern.warming.strategy.Strategy;
import io.cistern.warming.strategy.StrategyReader;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.RoutePolicySupport;

/**
 * Reads strategies off the routes that are made of their template, wherever these come from: gives
 * them their schedule, and makes strategies come and go with them.
 */
public final class StrategyDefinitions extends ModelLifecycleStrategySupport {

    private static final String INPUT = "{{" + StrategyRoutes.TRIGGER + "}}";

    private final CamelContext context;
    private final Supplier<Warming> warming;

    /**
     * @param context of the routes
     * @param warming needed only once routes run
     */
    public StrategyDefinitions(CamelContext context, Supplier<Warming> warming) {
        this.context = context;
        this.warming = warming;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if its parameters are wrong; the message names each
     */
    @Override
    public void onAddRouteDefinition(RouteDefinition route) {
        if (route.getInput() == null
                || route.getRouteTemplateContext() == null
                || !INPUT.equals(route.getInput().getEndpointUri())) {
            return;
        }
        Map<String, String> given = new TreeMap<>();
        route.getRouteTemplateContext()
                .getParameters()
                .forEach(
                        (name, value) -> {
                            if (value != null) {
                                given.put(
                                        name,
                                        context.resolvePropertyPlaceholders(value.toString()));
                            }
                        });
        var strategy = StrategyReader.read(route.getId(), given);
        route.getTemplateParameters()
                .put(
                        StrategyRoutes.TRIGGER,
                        strategy.schedule()
                                .map(schedule -> schedule.uri(strategy.name()))
                                .orElse("direct:warming/" + strategy.name()));
        route.routePolicy(new Presence(strategy));
    }

    /** A strategy is there while its route runs. */
    private final class Presence extends RoutePolicySupport {
        private final Strategy strategy;
        private boolean there;

        Presence(Strategy strategy) {
            this.strategy = strategy;
        }

        /** Endpoints of other routes are resolved at the same moment: beans are there by now. */
        @Override
        public void onInit(Route route) {
            try {
                Sources.check(context, strategy.source());
            } catch (RuntimeException e) {
                // Without its cause, which would be told instead: it does not name the parameter.
                throw new IllegalArgumentException(
                        "strategy %s: source: %s (in \"%s\")"
                                .formatted(strategy.name(), root(e), strategy.source()));
            }
        }

        private static String root(Throwable error) {
            var root = error;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return root.getMessage() == null ? root.toString() : root.getMessage();
        }

        @Override
        public void onStart(Route route) {
            warming.get().add(strategy);
            there = true;
        }

        @Override
        public void onStop(Route route) {
            // A route that is only tried stops without ever having started.
            if (there) {
                there = false;
                warming.get().remove(strategy);
            }
        }
    }
}
