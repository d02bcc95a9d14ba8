package io.cistern.warming;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.cache.Caches;
import io.cistern.component.JsonBodies;
import io.cistern.http.EventStream;
import io.cistern.http.HttpReply;
import io.cistern.http.HttpRequestMessage;
import io.cistern.http.Problem;
import io.cistern.lookup.HttpOperation;
import io.cistern.lookup.RequestException;
import io.cistern.settings.DurationText;
import io.cistern.warming.run.RunReport;
import io.cistern.warming.strategy.Schedule;
import io.cistern.warming.strategy.Strategy;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.util.URISupport;

/** What the routes of warming answer. */
final class WarmingApi extends HttpOperation {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Supplier<Warming> service;
    private final CamelContext context;
    private final Call call;

    /** One of its calls. */
    @FunctionalInterface
    interface Call {
        Object answer(WarmingApi api, HttpRequestMessage request);
    }

    WarmingApi(Caches caches, Supplier<Warming> service, CamelContext context, Call call) {
        super(caches);
        this.service = service;
        this.context = context;
        this.call = call;
    }

    @Override
    protected CompletionStage<?> answer(HttpRequestMessage request) {
        return CompletableFuture.completedFuture(call.answer(this, request));
    }

    HttpReply listStrategies(HttpRequestMessage request) {
        return json(
                200,
                Map.of("strategies", warming().strategies().stream().map(this::describe).toList()));
    }

    HttpReply describe(HttpRequestMessage request) {
        return json(200, describe(strategy(request)));
    }

    HttpReply turn(HttpRequestMessage request) {
        var strategy = strategy(request);
        JsonNode body;
        try {
            body = JSON.readTree(request.getBody(byte[].class));
        } catch (IOException | IllegalArgumentException e) {
            throw RequestException.badRequest("body", "the body is no JSON");
        }
        if (body == null || !body.isObject()) {
            throw RequestException.badRequest("body", "expected {\"enabled\":false}");
        }
        body.fieldNames()
                .forEachRemaining(
                        name -> {
                            if (!name.equals("enabled")) {
                                throw RequestException.badRequest(
                                        name, "only enabled can be changed");
                            }
                        });
        if (!body.path("enabled").isBoolean()) {
            throw RequestException.badRequest("enabled", "enabled: expected true or false");
        }
        try {
            warming().turn(strategy, body.get("enabled").booleanValue());
        } catch (IllegalStateException e) {
            throw new RequestException(
                    Problem.of(503, "Can't be kept", e.getMessage())
                            .retryAfter(Duration.ofSeconds(1)));
        }
        return json(200, describe(strategy));
    }

    HttpReply demand(HttpRequestMessage request) {
        var strategy = strategy(request);
        if (!warming().isOn()) {
            throw conflict("Warming is off: CACHE_WARMING_ENABLED is false");
        }
        if (!strategy.onDemand()) {
            throw conflict("The strategy does not run on demand: onDemand is false");
        }
        var run = warming().demand(strategy);
        return HttpReply.of(
                202,
                bytes(run),
                "Location",
                "/warming/runs/" + run.id(),
                "Content-Type",
                JsonBodies.TYPE);
    }

    HttpReply listRuns(HttpRequestMessage request) {
        return json(200, Map.of("runs", warming().underWay()));
    }

    /** As server-sent events, if that is what the client takes. */
    Object follow(HttpRequestMessage request) {
        var run = run(request);
        var accept = request.requestHeader("Accept");
        if (accept == null || !accept.contains("text/event-stream")) {
            return json(200, run);
        }
        if (!warming().mayFollow()) {
            throw new RequestException(
                    Problem.of(503, "Too many followers", "Ask again without text/event-stream")
                            .retryAfter(Duration.ofSeconds(1)));
        }
        EventStream events = listener -> warming().follow(run.id(), follower(listener));
        return events;
    }

    private static Predicate<Optional<RunReport>> follower(EventStream.Listener listener) {
        return run -> {
            if (run.isEmpty()) {
                listener.end("gone", "{}");
                return false;
            }
            var text = new String(bytes(run.get()), UTF_8);
            if (run.get().isOver()) {
                listener.end("end", text);
                return false;
            }
            return listener.send("progress", text);
        };
    }

    HttpReply cancel(HttpRequestMessage request) {
        var run = run(request);
        if (!run.isOver() && !warming().cancel(run.id())) {
            throw new RequestException(
                    Problem.of(503, "Can't be cancelled now", "The run is on " + run.instance())
                            .retryAfter(Duration.ofSeconds(1)));
        }
        return HttpReply.of(202, bytes(run(request)), "Content-Type", JsonBodies.TYPE);
    }

    private Warming warming() {
        return service.get();
    }

    private Strategy strategy(HttpRequestMessage request) {
        var name = request.pathParameter("name");
        return warming()
                .strategy(name)
                .orElseThrow(
                        () ->
                                new RequestException(
                                        Problem.of(
                                                        404,
                                                        "Unknown strategy",
                                                        "There is no strategy " + name)
                                                .with("strategy", name)));
    }

    private RunReport run(HttpRequestMessage request) {
        var id = request.pathParameter("id");
        return warming()
                .run(id)
                .orElseThrow(
                        () ->
                                new RequestException(
                                        Problem.of(
                                                        404,
                                                        "Unknown run",
                                                        "There is no run "
                                                                + id
                                                                + ", or it is forgotten")
                                                .with("run", id)));
    }

    private static RequestException conflict(String detail) {
        return new RequestException(Problem.of(409, "Not now", detail));
    }

    private Map<String, Object> describe(Strategy strategy) {
        Map<String, Object> all = new LinkedHashMap<>();
        var enabled = warming().isEnabled(strategy);
        all.put("name", strategy.name());
        all.put("cache", strategy.cache());
        all.put("priority", strategy.priority());
        all.put("enabled", enabled);
        all.put("schedule", strategy.schedule().map(Schedule::text).orElse(null));
        all.put(
                "nextFireTime",
                enabled && warming().isOn() ? NextFire.of(context, strategy.name()) : null);
        all.put("lastRun", warming().lastRun(strategy.name()).orElse(null));
        all.put("onStartup", strategy.onStartup());
        all.put("onDemand", strategy.onDemand());
        all.put("batchSize", strategy.batchSize());
        all.put("delayBetweenBatches", DurationText.format(strategy.delay()));
        all.put("ttl", strategy.ttl().map(DurationText::format).orElse(null));
        all.put("tags", strategy.tags());
        all.put("keyField", strategy.keyField().orElse(null));
        all.put("refreshAhead", strategy.refreshAhead().map(DurationText::format).orElse(null));
        all.put("readiness", strategy.readiness());
        all.put("timeLimit", DurationText.format(strategy.timeLimit()));
        all.put("source", URISupport.sanitizeUri(strategy.source()));
        return all;
    }

    private static HttpReply json(int status, Object body) {
        return HttpReply.of(status, bytes(body), "Content-Type", JsonBodies.TYPE);
    }

    private static byte[] bytes(Object body) {
        try {
            return JsonBodies.write(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a description that is no JSON", e);
        }
    }
}
