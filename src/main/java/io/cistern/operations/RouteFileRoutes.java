package io.cistern.operations;

import io.cistern.breaker.Breakers;
import io.cistern.reload.RouteFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;

/** The route by which people see what became of the files of the routes folder. */
public final class RouteFileRoutes extends RouteBuilder {

    private final Supplier<List<RouteFile>> files;

    /**
     * @param files all files of the routes folder
     */
    public RouteFileRoutes(Supplier<List<RouteFile>> files) {
        this.files = files;
    }

    @Override
    public void configure() {
        from("platform-http:/routes?httpMethodRestrict=GET")
                .routeId("list-route-files")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("list-route-files-breaker")
                .process(this::list)
                .id("list-route-files-answer")
                .end()
                .marshal()
                .json()
                .id("list-route-files-json");
    }

    private void list(Exchange exchange) {
        var context = exchange.getContext();
        var described = files.get().stream().map(file -> describe(file, context)).toList();
        exchange.getMessage().setBody(Map.of("files", described));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    }

    private static Map<String, Object> describe(RouteFile file, CamelContext context) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("file", file.name());
        all.put("active", file.active().map(RouteFileRoutes::describe).orElse(null));
        all.put("refused", file.refused().map(RouteFileRoutes::describe).orElse(null));
        List<Object> routes = new ArrayList<>();
        for (var id : file.routeIds()) {
            var state =
                    Optional.ofNullable(context.getRouteController().getRouteStatus(id))
                            .map(ServiceStatus::name)
                            .orElse("Unknown");
            routes.add(Map.of("id", id, "state", state));
        }
        all.put("routes", routes);
        return all;
    }

    private static Map<String, Object> describe(RouteFile.Version version) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", version.version());
        all.put("since", version.since().toString());
        return all;
    }

    private static Map<String, Object> describe(RouteFile.Refusal refusal) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", refusal.version());
        all.put("since", refusal.since().toString());
        all.put("error", refusal.error());
        return all;
    }
}
