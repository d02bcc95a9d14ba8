package io.cistern.app;

import io.cistern.backplane.BackplaneRoutes;
import io.cistern.backplane.RedisBackplane;
import io.cistern.breaker.Breakers;
import io.cistern.cache.Caches;
import io.cistern.cache.Heartbeat;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Regions;
import io.cistern.component.CisternComponent;
import io.cistern.http.AccessControl;
import io.cistern.http.HttpServerService;
import io.cistern.http.HttpSettings;
import io.cistern.invalidation.event.EventReader;
import io.cistern.invalidation.event.Invalidator;
import io.cistern.invalidation.feed.Feeds;
import io.cistern.operations.BackplaneMetrics;
import io.cistern.operations.BreakersHealthCheck;
import io.cistern.operations.CacheMetrics;
import io.cistern.operations.EventMetrics;
import io.cistern.operations.FeedMetrics;
import io.cistern.operations.FeedsHealthCheck;
import io.cistern.operations.LifecycleHealthCheck;
import io.cistern.operations.MemoryHealthCheck;
import io.cistern.operations.NearPersistenceHealthCheck;
import io.cistern.operations.PersistenceHealthCheck;
import io.cistern.operations.PersistenceMetrics;
import io.cistern.operations.RedisHealthCheck;
import io.cistern.operations.RedisMetrics;
import io.cistern.operations.RouteFilesHealthCheck;
import io.cistern.operations.RoutesHealthCheck;
import io.cistern.operations.WarmingHealthCheck;
import io.cistern.operations.WarmingMetrics;
import io.cistern.redis.RedisConnections;
import io.cistern.redis.RedisLink;
import io.cistern.reload.RouteFile;
import io.cistern.reload.RouteFiles;
import io.cistern.reload.RouteFilesWatcher;
import io.cistern.reload.RoutesFolder;
import io.cistern.routefiles.RouteFileCheck;
import io.cistern.settings.DurationText;
import io.cistern.settings.Settings;
import io.cistern.store.EvictionListener;
import io.cistern.store.disk.DiskJournal;
import io.cistern.store.near.CaffeineNearStores;
import io.cistern.store.near.NearKeeper;
import io.cistern.validity.InstanceEnvironment;
import io.cistern.warming.Warming;
import io.cistern.warming.strategy.StrategyFileCheck;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One instance of Cistern: made of its settings, run until it is told to stop. */
public final class Application implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Application.class);

    private static final int SHUTDOWN_SECONDS = 2;
    private static final Duration DRAIN = Duration.ofSeconds(4);
    private static final int BATCH_QUEUE = 256;

    private final Settings settings;
    private final Main main = new Main();
    private final Breakers breakers;
    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final CacheMetrics metrics = new CacheMetrics(meters);
    private final ScheduledTimers timers = new ScheduledTimers();
    private final Backend backend;
    private final Caches caches;
    private final Heartbeat heartbeat;
    private final Feeds feeds;
    private final Optional<RedisBackplane> backplane;
    private final Optional<RegionSetup> regions;
    private final EventReader events;
    private final Invalidator invalidator;
    private final LifecycleHealthCheck lifecycle = new LifecycleHealthCheck();

    /** Takes a while to be made, and is needed only when Camel has started. */
    private final CompletableFuture<RouteFileCheck> check =
            CompletableFuture.supplyAsync(() -> new RouteFileCheck(new StrategyFileCheck()));

    private volatile RouteFiles files;
    private volatile Warming warming;
    private HttpServerService http;
    private Optional<NearKeeper> near = Optional.empty();
    private boolean closed;

    /**
     * Opens stores; a Redis that is away does not stop it.
     *
     * @param settings all of them
     */
    public Application(Settings settings) {
        this.settings = settings;
        this.breakers = new Breakers(settings.breakers());
        this.backend = Backend.open(settings, this::evicted);
        this.backplane =
                backend.connections()
                        .map(redis -> new RedisBackplane(redis.link()::isUp, this::hear));
        this.regions = RegionSetup.of(settings, backend.connections(), timers);
        this.caches =
                new Caches(
                        backend.store(),
                        new CaffeineNearStores(
                                CaffeineNearStores.defaultBytes(), backend.clock(), this::evicted),
                        backend.clock(),
                        timers,
                        backplane.<Backplane>map(it -> it).orElse(Backplane.NONE),
                        regions.<Regions>map(RegionSetup::sender).orElse(Regions.NONE),
                        settings.store().monitoringEnabled()
                                ? metrics::observe
                                : (cache, statistics) -> Observer.NONE,
                        () -> ThreadLocalRandom.current().nextDouble());
        metrics.watch(caches);
        var wallClock = InstantSource.system();
        events = new EventReader(cache -> caches.get(cache) != null, wallClock);
        invalidator = new Invalidator(caches, timers, wallClock, EventMetrics.bind(meters, events));
        feeds = new Feeds(events, invalidator);
        regions.ifPresent(
                others ->
                        others.receiveInto(
                                caches, invalidator, backend.cacheNames(settings)::find));
        heartbeat = new Heartbeat(caches, backend.store(), timers, backend.clock());
    }

    private void hear(Backplane.News news) {
        if (caches != null) {
            caches.hear(news);
        }
    }

    private void evicted(String cache, EvictionListener.Cause cause) {
        if (caches != null) {
            caches.evicted(cache);
        }
        metrics.evicted(cache, cause);
    }

    /**
     * Runs until the JVM is told to stop, and stops before it does.
     *
     * @throws Exception if it cannot start; its message says why
     */
    public void run() throws Exception {
        start();
        StopSignal.handle(lifecycle::stopping, this::close);
        main.getShutdownStrategy().await();
        close();
    }

    private void configure() {
        // Camel's own hook lets the JVM go as soon as the context has stopped, knows of nothing
        // else that has to be closed, and holds what was closed long ago.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        MainSetup.apply(
                main,
                settings.http().port(),
                settings.feeds(),
                caches,
                backend.connections().map(RedisConnections::template));
        main.bind(MicrometerConstants.METRICS_REGISTRY_NAME, meters);
        var configuration = main.configure();
        configuration.setName("cistern");
        configuration.setShutdownTimeout(SHUTDOWN_SECONDS);
        configuration.setShutdownLogInflightExchangesOnTimeout(false);
        configuration
                .httpManagementServer()
                .withEnabled(true)
                .withPort(settings.http().managementPort())
                .withHealthCheckEnabled(true)
                .withMetricsEnabled(true);
        configuration.health().withEnabled(true).withExposureLevel("full");
        backend.connections().ifPresent(redis -> WarmingSetup.bindRedis(main, redis));
        main.addMainListener(new Wiring());
    }

    /**
     * Starts, and returns once the instance is ready.
     *
     * @throws Exception if it cannot start; its message says why. Everything is closed then
     */
    public void start() throws Exception {
        try {
            checkManagementPort();
            configure();
            main.start();
            loadRoutes();
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** Camel only warns when it cannot have this port, and goes on without. */
    private void checkManagementPort() {
        var port = settings.http().managementPort();
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "CISTERN_MANAGEMENT_PORT: can't listen on 0.0.0.0:"
                            + port
                            + ": the port is in use, or not ours to use",
                    e);
        }
    }

    /** The Camel context, once it is started. */
    public CamelContext context() {
        return main.getCamelContext();
    }

    /** The port of the HTTP API. */
    public int port() {
        return http.port();
    }

    /** Stops: refuses new work, finishes what runs, closes what was opened. May be repeated. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        lifecycle.stopping();
        if (http != null) {
            // Now, so that what is in flight ends while the feeds do.
            http.beginDrain();
        }
        near.ifPresent(NearKeeper::close);
        FeedSetup.stop(main.getCamelContext(), feeds);
        if (warming != null) {
            warming.close();
        }
        main.stop();
        feeds.close();
        invalidator.close();
        heartbeat.close();
        backplane.ifPresent(RedisBackplane::close);
        regions.ifPresent(RegionSetup::close);
        timers.close();
        backend.close();
        LOG.info("Cistern has stopped");
    }

    /** What Camel's main has to be told at certain moments of its start. */
    private final class Wiring extends MainListenerSupport {

        @Override
        public void beforeConfigure(BaseMainSupport starting) {
            var context = starting.getCamelContext();
            ContextSetup.apply(context, breakers, component());
            breakers.bindTo(meters);
            http = HttpServerService.install(context, httpSettings());
            // What came before the routes folder is loaded would be told that there is no such
            // cache.
            http.hold();
            var checks = HealthCheckRegistry.get(context);
            checks.register(lifecycle);
            checks.register(new RoutesHealthCheck(context));
            checks.register(new BreakersHealthCheck(breakers));
            checks.register(new MemoryHealthCheck());
            backend.connections().ifPresent(redis -> watch(redis.link(), checks));
            backend.journal().ifPresent(journal -> watch(journal, checks));
            backplane.ifPresent(news -> BackplaneMetrics.bind(meters, news.counts()));
            ShippedRoutes.addTo(
                    context,
                    caches,
                    events,
                    invalidator,
                    batchWorkers(context),
                    Application.this::files,
                    backplane.map(Application.this::routes));
            FeedSetup.install(context, settings.feeds(), feeds, regions);
            regions.ifPresent(others -> others.install(context, feeds, meters));
            checks.register(new FeedsHealthCheck(feeds));
            warming = WarmingSetup.install(context, caches, settings, backend);
            checks.register(new WarmingHealthCheck(warming::holdingReadiness));
            if (settings.store().monitoringEnabled()) {
                WarmingMetrics.bind(meters, warming);
                FeedMetrics.bind(meters, feeds);
            }
        }
    }

    private void watch(NearKeeper keeper, HealthCheckRegistry checks) {
        checks.register(new NearPersistenceHealthCheck(keeper));
        PersistenceMetrics.bind(meters, keeper);
    }

    private void watch(DiskJournal journal, HealthCheckRegistry checks) {
        checks.register(new PersistenceHealthCheck(journal));
        PersistenceMetrics.bind(meters, journal);
    }

    private void watch(RedisLink link, HealthCheckRegistry checks) {
        checks.register(new RedisHealthCheck(link));
        backend.redisStore().ifPresent(store -> RedisMetrics.bind(meters, link, store));
    }

    private BackplaneRoutes routes(RedisBackplane news) {
        var channel =
                BackplaneRoutes.channel(
                        settings.redis().keyPrefix(),
                        settings.store().namespace(),
                        settings.redis().database());
        var listeners = backend.connections().orElseThrow().listenerContainer(news.inbox());
        return new BackplaneRoutes(news, channel, listeners);
    }

    private void loadRoutes() {
        backend.awaitSettled();
        var context = main.getCamelContext();
        files =
                new RouteFiles(
                        context,
                        new RoutesFolder(settings.folders().routes()),
                        check.join(),
                        caches,
                        new TrialContexts(
                                context, settings.breakers(), this::component, settings.feeds()));
        HealthCheckRegistry.get(context).register(new RouteFilesHealthCheck(this::files));
        try {
            files.loadAll();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "CISTERN_ROUTES_DIR: " + settings.folders().routes() + " cannot be read", e);
        }
        backend.awaitOpened();
        follow();
        feeds.open();
        warming.startUp();
        heartbeat.start();
        near = Backend.keepNear(settings, caches);
        near.ifPresent(keeper -> watch(keeper, HealthCheckRegistry.get(context)));
        http.open();
        lifecycle.started();
        backend.started();
        Banner.lines(settings, http.port(), backend, caches, files.list(), context.getRoutesSize())
                .forEach(LOG::info);
    }

    private List<RouteFile> files() {
        return files == null ? List.of() : files.list();
    }

    private void follow() {
        var context = main.getCamelContext();
        try {
            context.addService(new RouteFilesWatcher(context, files), true, true);
        } catch (Exception e) {
            throw new IllegalStateException("the routes folder cannot be followed", e);
        }
    }

    private CisternComponent component() {
        var component = new CisternComponent();
        component.setCaches(caches);
        component.setDefaultTtl(DurationText.format(settings.store().defaultTtl()));
        component.setRefusals(breakers::retryAfter);
        component.setEnvironment(InstanceEnvironment.with(settings.environment()));
        return component;
    }

    private HttpSettings httpSettings() {
        var builder =
                HttpSettings.builder()
                        .port(settings.http().port())
                        .drainTimeout(DRAIN)
                        .accessControl(AccessControl.of(settings.http().tokens()))
                        // Our own routes hold no thread; those that users add may.
                        .blocking(endpoint -> !ShippedRoutes.serve(endpoint.getPath()));
        settings.http().rateLimit().ifPresent(builder::rateLimit);
        return builder.build();
    }

    private static ExecutorService batchWorkers(CamelContext context) {
        var profile = new ThreadPoolProfile("batch-lookup");
        var threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        profile.setPoolSize(threads);
        profile.setMaxPoolSize(threads);
        profile.setMaxQueueSize(BATCH_QUEUE);
        profile.setRejectedPolicy(ThreadPoolRejectedPolicy.Abort);
        return context.getExecutorServiceManager().newThreadPool(context, "batch-lookup", profile);
    }
}
