package io.cistern.component;

import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;

/**
 * Keeps Camel's error handler from logging each failure of a route that loads a cache: the cache
 * tells of them itself, by name and not each of thousands. Error handlers that a route's author has
 * chosen stay as they are.
 */
public final class OriginErrorHandling extends ModelLifecycleStrategySupport {

    private static final String SCHEME = "cistern:";

    private final CamelContext context;

    /**
     * @param context whose default error handler is replaced
     */
    public OriginErrorHandling(CamelContext context) {
        this.context = context;
    }

    @Override
    public void onAddRouteDefinition(RouteDefinition route) {
        var input = route.getInput();
        if (input != null
                && String.valueOf(input.getEndpointUri()).startsWith(SCHEME)
                && context.getCamelContextExtension().getErrorHandlerFactory()
                        instanceof DefaultErrorHandlerDefinition usual
                && isUsual(route, usual)) {
            var quiet = (DefaultErrorHandlerDefinition) usual.cloneBuilder();
            route.setErrorHandlerFactory(quiet.logExhausted(false));
        }
    }

    /** Whether nobody has chosen another; what a route inherits is the context's or a copy. */
    private static boolean isUsual(RouteDefinition route, DefaultErrorHandlerDefinition usual) {
        return !route.isErrorHandlerFactorySet()
                || route.getErrorHandlerFactory() == usual
                || usual.getLoggerBean() != null
                        && route.getErrorHandlerFactory()
                                instanceof DefaultErrorHandlerDefinition copy
                        && copy.getLoggerBean() == usual.getLoggerBean();
    }
}
