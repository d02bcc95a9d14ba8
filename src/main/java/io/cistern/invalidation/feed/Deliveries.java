package io.cistern.invalidation.feed;

import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

/**
 * Gives each message that a route takes from a broker its {@link Delivery}. Whoever calls the route
 * on its thread has said before which one that is.
 */
public final class Deliveries implements RoutePolicyFactory {

    private static final ThreadLocal<Function<Exchange, Delivery>> SOURCE = new ThreadLocal<>();

    private final String judge;

    /**
     * @param judge the exchange property by which a breaker asks whether a failure counts
     */
    public Deliveries(String judge) {
        this.judge = judge;
    }

    /**
     * From now on, exchanges that begin on this thread in the route of a feed get what this gives.
     *
     * @param source null: none
     */
    public static void onThisThread(Function<Exchange, Delivery> source) {
        if (source == null) {
            SOURCE.remove();
        } else {
            SOURCE.set(source);
        }
    }

    @Override
    public RoutePolicy createRoutePolicy(
            CamelContext camelContext, String routeId, NamedNode definition) {
        if (!(definition instanceof RouteDefinition route) || route.getInput() == null) {
            return null;
        }
        var uri = String.valueOf(route.getInput().getEndpointUri());
        var resolved = camelContext.resolvePropertyPlaceholders(uri);
        return resolved.startsWith("kafka:") || resolved.startsWith("jms:") ? new Begin() : null;
    }

    private final class Begin extends RoutePolicySupport {

        private static final Predicate<Throwable> ONLY_TROUBLE = Failures::isTrouble;

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            var source = SOURCE.get();
            if (source != null) {
                source.apply(exchange).attachTo(exchange);
                // A message that can't be followed is no failure of the route: five of them in a
                // row must not stop the sixth.
                exchange.setProperty(judge, ONLY_TROUBLE);
            }
        }
    }
}
