package io.cistern.breaker;

import org.apache.camel.CamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** Routes as users write them. */
final class Yaml {
    private Yaml() {}

    static void load(CamelContext context, String text) throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("routes.camel.yaml", text));
    }
}
