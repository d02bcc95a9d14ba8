package io.cistern.http;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.ext.web.Router;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of a Camel context. It listens from before the routes start (so that a port in
 * use is known before anything else happens), answers 503 until the context has started, and 503
 * again as soon as it stops, while what is in flight is still answered.
 */
public final class HttpServerService extends ServiceSupport {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServerService.class);
    private static final long START_SECONDS = 20;
    private static final long STOP_SECONDS = 5;
    private static final int SHARED_FREE_PORT = -1;

    private final CamelContext context;
    private final HttpSettings settings;
    private final ServerState state;
    private Vertx vertx;
    private volatile int port;
    private volatile boolean held;

    private HttpServerService(CamelContext context, HttpSettings settings) {
        this.context = context;
        this.settings = settings;
        this.state = new ServerState(settings);
    }

    /**
     * Makes a context's {@code platform-http} endpoints be served by a server of their own. It
     * starts and stops with the context; the management server of camel-main is not touched.
     *
     * @param context a context, best before its start
     * @param settings what to listen on, and the bounds
     * @return the service, for its port and for draining
     * @throws IllegalStateException in a started context if the port can't be had, else the start
     *     of the context throws it
     */
    public static HttpServerService install(CamelContext context, HttpSettings settings) {
        var service = new HttpServerService(context, settings);
        var engine = new EventLoopHttpEngine(service);
        context.getRegistry().bind(PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME, engine);
        try {
            context.addLifecycleStrategy(service.lifecycle());
            context.addService(service, true, true);
        } catch (IllegalStateException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP server can't be installed", e);
        }
        if (context.isStarted()) {
            service.state.open();
        }
        return service;
    }

    private LifecycleStrategySupport lifecycle() {
        return new LifecycleStrategySupport() {
            @Override
            public void onContextStarted(CamelContext started) {
                if (!held) {
                    state.open();
                }
            }

            @Override
            public void onContextStopping(CamelContext stopping) {
                beginDrain();
                if (!awaitDrained(state.drainTimeLeft())) {
                    LOG.warn("{} HTTP requests are not answered yet", inFlight());
                }
            }
        };
    }

    /** Goes on answering 503 once the context has started, until {@link #open} is called. */
    public void hold() {
        held = true;
    }

    /** Answers requests from now on; to be called once the context has started. */
    public void open() {
        state.open();
    }

    /** The port it listens on; before its start the configured one. */
    public int port() {
        return port == 0 ? settings.port() : port;
    }

    /** The number of requests that are neither answered nor given up by their clients. */
    public int inFlight() {
        return state.inFlight();
    }

    /** The number of open connections. */
    public int connections() {
        return state.connections();
    }

    /** Refuses requests from now on with 503; what is in flight goes on. Can't be undone. */
    public void beginDrain() {
        state.drain();
    }

    /** Completed when the server drains and nothing is in flight. */
    public CompletionStage<Void> drained() {
        return state.drained().minimalCompletionStage();
    }

    /**
     * Waits until the server drains and nothing is in flight.
     *
     * @return false if the time has passed first, or the thread was interrupted
     */
    public boolean awaitDrained(Duration atMost) {
        try {
            state.drained().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    ServerState state() {
        return state;
    }

    @Override
    protected void doStart() throws Exception {
        vertx = Vertx.vertx(options());
        state.workers(
                task ->
                        vertx.executeBlocking(
                                () -> {
                                    task.run();
                                    return null;
                                },
                                false));
        try {
            // Listeners share a port by its number, and a free one by a negative number.
            var wanted = settings.port() == 0 ? SHARED_FREE_PORT : settings.port();
            var actual = 0;
            for (var i = 0; i < settings.eventLoops(); i++) {
                var verticle = new HttpVerticle(state, wanted);
                deploy(verticle);
                actual = verticle.port();
            }
            port = actual;
        } catch (ExecutionException e) {
            throw cantListen(e.getCause());
        } finally {
            if (port == 0) {
                closeVertx();
            }
        }
        bindRouter();
        LOG.info("HTTP listens on {}:{}", settings.host(), port);
    }

    private VertxOptions options() {
        var files =
                new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false);
        return new VertxOptions()
                .setEventLoopPoolSize(settings.eventLoops())
                .setPreferNativeTransport(true)
                .setFileSystemOptions(files);
    }

    private void deploy(HttpVerticle verticle) throws Exception {
        vertx.deployVerticle(verticle, new DeploymentOptions())
                .toCompletionStage()
                .toCompletableFuture()
                .get(START_SECONDS, TimeUnit.SECONDS);
    }

    private IllegalStateException cantListen(Throwable cause) {
        var why = cause instanceof BindException ? "the port is in use, or not ours to use" : cause;
        return new IllegalStateException(
                "CISTERN_HTTP_PORT: can't listen on "
                        + settings.host()
                        + ":"
                        + settings.port()
                        + ": "
                        + why,
                cause);
    }

    /** Camel's plug-ins look the router up by the port; it serves what no route does. */
    private void bindRouter() {
        var router = Router.router(vertx);
        var name = VertxPlatformHttpRouter.getRouterNameFromPort(port);
        var bound = new VertxPlatformHttpRouter(null, vertx, router, name);
        context.getRegistry().bind(name, bound);
        state.plugins().use(router);
    }

    @Override
    protected void doStop() throws Exception {
        state.drain();
        closeVertx();
    }

    private void closeVertx() throws Exception {
        if (vertx != null) {
            try {
                vertx.close()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(STOP_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException | ExecutionException e) {
                LOG.warn("The HTTP server did not stop cleanly", e);
            }
            vertx = null;
        }
    }
}
