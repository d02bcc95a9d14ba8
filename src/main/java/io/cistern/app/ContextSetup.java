package io.cistern.app;

import io.cistern.breaker.Breakers;
import io.cistern.component.CisternComponent;
import io.cistern.component.OriginErrorHandling;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;

/** What a Camel context has to have before routes of caches are added to it. */
final class ContextSetup {

    private ContextSetup() {}

    /**
     * To be called once a context.
     *
     * @param breakers of all routes that will be added
     * @param component what {@code cistern:} means there
     */
    static void apply(CamelContext context, Breakers breakers, CisternComponent component) {
        breakers.install(context);
        context.addComponent("cistern", component);
        context.getCamelContextExtension()
                .getContextPlugin(Model.class)
                .addModelLifecycleStrategy(new OriginErrorHandling(context));
    }
}
