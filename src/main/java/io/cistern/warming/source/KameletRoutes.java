package io.cistern.warming.source;

import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes that Kamelets are made into, one for each endpoint: Camel leaves them in the context,
 * so whoever makes an endpoint for a while has to remove its route.
 */
final class KameletRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(KameletRoutes.class);

    /** A Kamelet whose route is given no id. */
    private static final Pattern UNNAMED = Pattern.compile("(?s)kamelet:(?://)?([^/?]+)(\\?.*)?");

    private KameletRoutes() {}

    static boolean isKamelet(String source) {
        return source.strip().startsWith("kamelet:");
    }

    /**
     * Gives a Kamelet's route an id. By default it gets a new one each time, and as many breakers
     * and meters would pile up as there are runs.
     *
     * @param source any endpoint
     * @param strategy whose source it is
     */
    static String named(String source, String strategy) {
        var kamelet = UNNAMED.matcher(source.strip());
        if (!kamelet.matches() || source.contains("routeId=")) {
            return source;
        }
        var options = kamelet.group(2) == null ? "" : kamelet.group(2);
        // No strategy and no route of a file has such an id: theirs have no tilde.
        return "kamelet:" + kamelet.group(1) + "/" + strategy + "~source" + options;
    }

    /**
     * Sends an exchange through a Kamelet's route. Its producer would send a copy, and what that
     * has opened, such as a cursor, would be closed before anything of it is read.
     */
    static void call(CamelContext context, KameletEndpoint kamelet, Exchange exchange)
            throws Exception {
        var consumer = (DefaultConsumer) context.getRoute(kamelet.getRouteId()).getConsumer();
        consumer.getProcessor().process(exchange);
    }

    /** Removes the route of an endpoint that is of no use any more, if it is a Kamelet. */
    static void remove(CamelContext context, Endpoint endpoint) {
        if (!(endpoint instanceof KameletEndpoint kamelet)) {
            return;
        }
        var route = kamelet.getRouteId();
        try {
            context.getRouteController().stopRoute(route);
            context.removeRoute(route);
        } catch (Exception e) {
            LOG.warn("The route {} of a Kamelet can't be removed: {}", route, e.toString());
        }
    }
}
