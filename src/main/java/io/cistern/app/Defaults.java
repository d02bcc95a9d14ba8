package io.cistern.app;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Camel's own properties as Cistern wants them, where config/application.properties does not say
 * otherwise.
 */
final class Defaults {

    private static final String BINDERS =
            "jvm-memory,jvm-gc,jvm-thread,processor,file-descriptor,uptime";

    private Defaults() {}

    /**
     * @param httpPort of the HTTP API, for routes that call it
     */
    static Map<String, String> all(int httpPort) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("cistern.http.port", Integer.toString(httpPort));
        // What an origin streams is kept on disk while it is large, and read within a bound.
        properties.put("camel.main.streamCachingSpoolEnabled", "true");
        properties.put("camel.main.streamCachingSpoolThreshold", Integer.toString(1 << 20));
        for (var component : new String[] {"http", "https"}) {
            var prefix = "camel.component." + component + ".";
            // An origin without a time-out of its own must not hold a thread for ever.
            properties.put(prefix + "connectTimeout", "5000");
            properties.put(prefix + "responseTimeout", "30000");
            properties.put(prefix + "connectionRequestTimeout", "5000");
            properties.put(prefix + "soTimeout", "30000");
            // As many as a cache's own bound lets through, instead of 20.
            properties.put(prefix + "connectionsPerRoute", "64");
            properties.put(prefix + "maxTotalConnections", "512");
            properties.put(prefix + "headerFilterStrategy", "#bean:originHeaders");
        }
        properties.put("camel.component.quartz.propertiesRef", WarmingSetup.SCHEDULER);
        // Its check of each route trips over one that is being exchanged; ours does not.
        properties.put("camel.health.routesEnabled", "false");
        // A broker that is away must not hold readiness back.
        properties.put("camel.health.consumersEnabled", "false");
        // Setters of Camel's main for these have no effect; as properties they have.
        properties.put("camel.metrics.enabled", "true");
        // Measured: each of these costs a lookup more than all the rest of it.
        properties.put("camel.metrics.enableRoutePolicy", "false");
        properties.put("camel.metrics.enableExchangeEventNotifier", "false");
        properties.put("camel.metrics.enableMessageHistory", "false");
        properties.put("camel.metrics.clearOnReload", "false");
        properties.put("camel.metrics.binders", BINDERS);
        return properties;
    }
}
