package io.cistern.http;

import io.netty.handler.codec.DateFormatter;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Date;

/**
 * The Vert.x router behind the routes of Camel. Camel's plug-ins and extensions look a router up in
 * the registry and add handlers to it; they are asked when no route has the path.
 */
final class PluginRoutes {
    private volatile Router router;

    void use(Router behind) {
        behind.errorHandler(404, PluginRoutes::notFound);
        router = behind;
    }

    private static void notFound(RoutingContext routing) {
        RequestDispatcher.nothingHere()
                .toReply()
                .writeTo(
                        routing.response(),
                        routing.request().method() == HttpMethod.HEAD,
                        DateFormatter.format(new Date()));
    }

    /** Hands a call to the router; false if it has no handlers. */
    boolean serve(HttpCall call) {
        var behind = router;
        if (behind == null || behind.getRoutes().isEmpty()) {
            return false;
        }
        call.passedOn();
        behind.handle(call.request());
        return true;
    }
}
