package io.cistern.app;

import io.cistern.cache.Caches;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Observer;
import io.cistern.cli.FolderCheck;
import io.cistern.cli.Report;
import io.cistern.component.CisternComponent;
import io.cistern.component.OriginHeaders;
import io.cistern.invalidation.InvalidationRoutes;
import io.cistern.lookup.LookupRoutes;
import io.cistern.operations.CacheRoutes;
import io.cistern.operations.RouteFileRoutes;
import io.cistern.reload.RouteFile;
import io.cistern.reload.RouteFile.Refusal;
import io.cistern.reload.RouteFiles;
import io.cistern.reload.RoutesFolder;
import io.cistern.routefiles.RouteFileCheck;
import io.cistern.routefiles.RouteFileProblem;
import io.cistern.settings.BreakerSettings;
import io.cistern.settings.Settings;
import io.cistern.store.EvictionListener;
import io.cistern.store.memory.MemoryStore;
import io.cistern.store.near.CaffeineNearStores;
import io.cistern.warming.strategy.StrategyFileCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.main.Main;
import org.springframework.data.redis.core.RedisTemplate;

/**
 * Loads the route files of a folder as an instance does at its start, into a context in which
 * nothing starts: no route, no port, no Redis, no initialiser of a bean.
 */
public final class FolderTrial implements FolderCheck {
    /** None is ever called, so any will do. */
    private static final BreakerSettings BREAKERS =
            new BreakerSettings(true, 5, Duration.ofSeconds(60));

    private static final int HTTP_PORT = 8080;
    private static final EvictionListener NOBODY = (cache, cause) -> {};

    @Override
    public Report check(Path folder) throws IOException {
        var main = new Main();
        try (var timers = new ScheduledTimers()) {
            var caches = caches(timers);
            configure(main, caches);
            // Beans and properties are there then, and nothing runs.
            main.init();
            var contexts =
                    new TrialContexts(main.getCamelContext(), BREAKERS, () -> component(caches));
            var context = contexts.get();
            try {
                addOurs(context, caches);
                return report(files(context, folder, caches).loadAll());
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

    private static void configure(Main main, Caches caches) {
        main.setPropertyPlaceholderLocations("file:" + Settings.FILE + ";optional=true");
        var configuration = main.configure();
        configuration.setJmxEnabled(false);
        configuration.setAutoConfigurationLogSummary(false);
        configuration.setStartupSummaryLevel(StartupSummaryLevel.Off);
        Defaults.all(HTTP_PORT).forEach(main::addInitialProperty);
        main.bind("caches", caches);
        main.bind("originHeaders", new OriginHeaders());
        main.bind(WarmingSetup.SCHEDULER, WarmingSetup.scheduler());
        main.bind("redisTemplate", new RedisTemplate<String, byte[]>());
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

    /** Their ids cannot be used by others. */
    private static void addOurs(CamelContext context, Caches caches) {
        try {
            context.addRoutes(new LookupRoutes(caches, Runnable::run));
            context.addRoutes(new InvalidationRoutes(caches));
            context.addRoutes(new CacheRoutes(caches));
            context.addRoutes(new RouteFileRoutes(List::of));
            WarmingSetup.addRoutes(context, caches);
        } catch (Exception e) {
            throw new IllegalStateException("the shipped routes do not load", e);
        }
    }

    private static Report report(List<RouteFile> files) {
        List<RouteFileProblem> problems =
                files.stream()
                        .map(RouteFile::refused)
                        .flatMap(Optional::stream)
                        .map(Refusal::problems)
                        .flatMap(List::stream)
                        .toList();
        return new Report(files.stream().map(RouteFile::name).toList(), problems);
    }
}
