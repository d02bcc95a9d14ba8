package io.cistern.app;

import io.cistern.backplane.BackplaneRoutes;
import io.cistern.backplane.RedisBackplane;
import io.cistern.cache.Caches;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Observer;
import io.cistern.cli.FolderCheck;
import io.cistern.cli.Report;
import io.cistern.component.CisternComponent;
import io.cistern.component.CisternEndpoint;
import io.cistern.invalidation.event.EventReader;
import io.cistern.invalidation.event.Invalidator;
import io.cistern.invalidation.feed.Feeds;
import io.cistern.reload.RouteFile;
import io.cistern.reload.RouteFile.Refusal;
import io.cistern.reload.RouteFiles;
import io.cistern.reload.RoutesFolder;
import io.cistern.routefiles.RouteFileCheck;
import io.cistern.routefiles.RouteFileProblem;
import io.cistern.settings.BreakerSettings;
import io.cistern.store.EvictionListener;
import io.cistern.store.memory.MemoryStore;
import io.cistern.store.near.CaffeineNearStores;
import io.cistern.warming.strategy.StrategyFileCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

/**
 * Loads the route files of a folder as an instance does at its start, into a context in which
 * nothing starts: no route, no port, no Redis, no initialiser of a bean.
 */
public final class FolderTrial implements FolderCheck {
    /** None is ever called, so any will do. */
    private static final BreakerSettings BREAKERS =
            new BreakerSettings(true, 5, Duration.ofSeconds(60));

    private static final int HTTP_PORT = 8080;
    private static final Loader NO_ORIGIN =
            request -> {
                throw new IllegalStateException("nothing is loaded here");
            };
    private static final EvictionListener NOBODY = (cache, cause) -> {};

    @Override
    public Report check(Path folder) throws IOException {
        var main = new Main();
        try (var timers = new ScheduledTimers();
                var backplane = new RedisBackplane(() -> false, news -> {})) {
            var caches = caches(timers);
            MainSetup.apply(
                    main,
                    HTTP_PORT,
                    FeedSetup.EVERYTHING,
                    caches,
                    Optional.of(new RedisTemplate<>()));
            // Beans and properties are there then, and nothing runs.
            main.init();
            var contexts =
                    new TrialContexts(
                            main.getCamelContext(),
                            BREAKERS,
                            () -> component(caches),
                            FeedSetup.EVERYTHING);
            var context = contexts.get();
            try {
                addShippedRoutes(context, caches, backplane);
                var files = files(context, folder, caches).loadAll();
                return report(files, circles(context, files, caches));
            } finally {
                context.stop();
            }
        } finally {
            main.shutdown();
        }
    }

    private static RouteFiles files(CamelContext context, Path folder, Caches caches) {
        return new RouteFiles(
                context,
                new RoutesFolder(folder),
                new RouteFileCheck(new StrategyFileCheck()),
                caches,
                () -> {
                    throw new IllegalStateException("this is the trial");
                });
    }

    private static Caches caches(ScheduledTimers timers) {
        var clock = new ProcessClock();
        var bytes = CaffeineNearStores.defaultBytes();
        return new Caches(
                new MemoryStore(bytes, clock, NOBODY),
                new CaffeineNearStores(bytes, clock, NOBODY),
                clock,
                timers,
                Backplane.NONE,
                (cache, statistics) -> Observer.NONE,
                () -> 0);
    }

    private static CisternComponent component(Caches caches) {
        var component = new CisternComponent();
        component.setCaches(caches);
        return component;
    }

    /** Those of the backplane as well: the same files may run with Redis elsewhere. */
    private static void addShippedRoutes(
            CamelContext context, Caches caches, RedisBackplane backplane) {
        var routes = new BackplaneRoutes(backplane, "trial", new RedisMessageListenerContainer());
        var time = InstantSource.system();
        var reader = new EventReader(cache -> true, time);
        var invalidator =
                new Invalidator(caches, (delay, task) -> () -> {}, time, (source, took) -> {});
        ShippedRoutes.addTo(
                context, caches, reader, invalidator, Runnable::run, List::of, Optional.of(routes));
        WarmingSetup.addRoutes(context, caches);
        FeedSetup.addRoutes(context, new Feeds(reader, invalidator));
        RegionSetup.addTrial(context, caches, invalidator);
    }

    /**
     * Caches that depend on themselves: it shows when they are opened, which no route does here.
     */
    private static List<RouteFileProblem> circles(
            CamelContext context, List<RouteFile> files, Caches caches) {
        List<RouteFileProblem> problems = new ArrayList<>();
        for (var file : files) {
            for (var id : file.routeIds()) {
                var route = context.getRoute(id);
                if (route == null
                        || !(route.getEndpoint() instanceof CisternEndpoint endpoint)
                        || caches.get(endpoint.getName()) != null) {
                    continue;
                }
                try {
                    caches.open(endpoint.getName(), endpoint.policy(), NO_ORIGIN);
                } catch (IllegalStateException circle) {
                    problems.add(new RouteFileProblem(file.name(), 0, 0, id, circle.getMessage()));
                }
            }
        }
        return problems;
    }

    private static Report report(List<RouteFile> files, List<RouteFileProblem> circles) {
        List<RouteFileProblem> problems =
                Stream.concat(
                                files.stream()
                                        .map(RouteFile::refused)
                                        .flatMap(Optional::stream)
                                        .map(Refusal::problems)
                                        .flatMap(List::stream),
                                circles.stream())
                        .toList();
        return new Report(files.stream().map(RouteFile::name).toList(), problems);
    }
}
