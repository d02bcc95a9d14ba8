package io.cistern.http;

import io.vertx.ext.web.Router;

/**
 * The Vert.x router behind the routes of Camel. Camel's plug-ins and extensions look a router up in
 * the registry and add handlers to it; they are asked when no route has the path.
 */
final class PluginRoutes {
    private volatile Router router;

    void use(Router behind) {
        router = behind;
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
