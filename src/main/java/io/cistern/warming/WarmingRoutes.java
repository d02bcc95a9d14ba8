package io.cistern.warming;

import io.cistern.breaker.Breakers;
import io.cistern.cache.Caches;
import io.cistern.lookup.HttpOperation;
import java.util.function.Supplier;
import org.apache.camel.builder.RouteBuilder;

/** The routes by which strategies are listed, run, paused, and their runs followed. */
public final class WarmingRoutes extends RouteBuilder {

    private static final String STRATEGIES = "/warming/strategies";
    private static final String RUNS = "/warming/runs";

    private final Caches caches;
    private final Supplier<Warming> warming;

    /**
     * @param warming needed only once routes run
     */
    public WarmingRoutes(Caches caches, Supplier<Warming> warming) {
        this.caches = caches;
        this.warming = warming;
    }

    @Override
    public void configure() {
        json("list-strategies", STRATEGIES, "GET", operation(WarmingApi::listStrategies));
        json("describe-strategy", STRATEGIES + "/{name}", "GET", operation(WarmingApi::describe));
        json("turn-strategy", STRATEGIES + "/{name}", "PATCH", operation(WarmingApi::turn));
        json("run-strategy", STRATEGIES + "/{name}/runs", "POST", operation(WarmingApi::demand));
        json("list-runs", RUNS, "GET", operation(WarmingApi::listRuns));
        json("follow-run", RUNS + "/{id}", "GET", operation(WarmingApi::follow));
        json("cancel-run", RUNS + "/{id}", "DELETE", operation(WarmingApi::cancel));
    }

    private HttpOperation operation(WarmingApi.Call call) {
        return new WarmingApi(caches, warming, getContext(), call);
    }

    private void json(String id, String path, String method, HttpOperation operation) {
        from("platform-http:" + path + "?httpMethodRestrict=" + method)
                .routeId(id)
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id(id + "-breaker")
                .process(operation)
                .id(id + "-answer")
                .end();
    }
}
