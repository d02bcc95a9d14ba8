package io.cistern.http;

import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** What all event loops of a server share. */
final class ServerState {
    private enum Phase {
        STARTING,
        OPEN,
        DRAINING
    }

    private final HttpSettings settings;
    private final RouteTable routes = new RouteTable();
    private final PluginRoutes plugins = new PluginRoutes();
    private final ClientRateLimit rateLimit;
    private final List<RequestDispatcher> dispatchers = new CopyOnWriteArrayList<>();
    private final AtomicLong bodyMemory = new AtomicLong();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile Executor workers = Runnable::run;
    private long drainBegan;
    private volatile Phase phase = Phase.STARTING;

    ServerState(HttpSettings settings) {
        this.settings = settings;
        this.rateLimit =
                settings.rateLimit() > 0 ? new ClientRateLimit(settings.rateLimit()) : null;
    }

    HttpSettings settings() {
        return settings;
    }

    RouteTable routes() {
        return routes;
    }

    PluginRoutes plugins() {
        return plugins;
    }

    /** Threads that may block. */
    Executor workers() {
        return workers;
    }

    void workers(Executor threads) {
        workers = threads;
    }

    int maxConnectionsEach() {
        return Math.max(1, settings.maxConnections() / settings.eventLoops());
    }

    void add(RequestDispatcher dispatcher) {
        dispatchers.add(dispatcher);
    }

    /** Why no request of this client is taken now; null when it is. */
    Problem refusal(HttpServerRequest request) {
        if (phase != Phase.OPEN) {
            return RequestDispatcher.unavailable(
                    phase == Phase.STARTING ? "The server is starting" : "The server is stopping");
        }
        if (rateLimit != null && !rateLimit.admits(request.remoteAddress().hostAddress())) {
            return ClientRateLimit.refusal();
        }
        return null;
    }

    /** Takes requests from now on, unless it is draining already. */
    synchronized void open() {
        if (phase == Phase.STARTING) {
            phase = Phase.OPEN;
        }
    }

    /** Takes no more requests. */
    synchronized void drain() {
        if (phase != Phase.DRAINING) {
            drainBegan = System.nanoTime();
            phase = Phase.DRAINING;
        }
        left();
    }

    /** What remains of the drain time-out; all of it before the server drains. */
    synchronized Duration drainTimeLeft() {
        var all = settings.drainTimeout();
        return phase == Phase.DRAINING ? all.minusNanos(System.nanoTime() - drainBegan) : all;
    }

    boolean isDraining() {
        return phase == Phase.DRAINING;
    }

    /** Completed when the server drains and no request is in flight. */
    CompletableFuture<Void> drained() {
        return drained;
    }

    /** A request is through. */
    void left() {
        if (phase == Phase.DRAINING && inFlight() == 0) {
            drained.complete(null);
        }
    }

    int inFlight() {
        var sum = 0;
        for (var dispatcher : dispatchers) {
            sum += dispatcher.inFlight();
        }
        return sum;
    }

    int connections() {
        return dispatchers.stream().mapToInt(RequestDispatcher::connected).sum();
    }

    boolean reserve(int bytes) {
        if (bodyMemory.addAndGet(bytes) > settings.maxBodyMemory()) {
            bodyMemory.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void release(int bytes) {
        bodyMemory.addAndGet(-bytes);
    }

    long bodyMemory() {
        return bodyMemory.get();
    }
}
