package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.breaker.Breakers;
import io.cistern.cache.Cache;
import io.cistern.cache.Caches;
import io.cistern.cache.LookupRequest;
import io.cistern.cache.spi.Backplane;
import io.cistern.component.CisternComponent;
import io.cistern.operations.CacheMetrics;
import io.cistern.reload.RouteFile;
import io.cistern.reload.RouteFiles;
import io.cistern.reload.RoutesFolder;
import io.cistern.routefiles.RouteFileCheck;
import io.cistern.settings.BreakerSettings;
import io.cistern.store.EvictionListener;
import io.cistern.store.memory.MemoryStore;
import io.cistern.store.near.CaffeineNearStores;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The routes folder is edited at random under load. {@code -Dedits.seed=} repeats a run, {@code
 * -Dedits.rounds=} makes it longer.
 */
class RandomEditsIT {
    private static final BreakerSettings BREAKERS =
            new BreakerSettings(true, 5, Duration.ofSeconds(60));
    private static final EvictionListener NOBODY = (cache, cause) -> {};
    private static final RouteFileCheck CHECK = new RouteFileCheck();
    private static final int ROUNDS = Integer.getInteger("edits.rounds", 300);
    private static final long SEED =
            Long.getLong("edits.seed", ThreadLocalRandom.current().nextLong(1_000_000));

    @TempDir Path folder;

    /** An instance without HTTP. */
    private final class Running implements AutoCloseable {
        final ScheduledTimers timers = new ScheduledTimers();
        final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        final Breakers breakers = new Breakers(BREAKERS);
        final CamelContext context = new DefaultCamelContext();
        final Caches caches;
        final RouteFiles files;

        Running() throws Exception {
            var clock = new ProcessClock();
            var metrics = new CacheMetrics(meters);
            caches =
                    new Caches(
                            new MemoryStore(10_000_000, clock, NOBODY),
                            new CaffeineNearStores(10_000_000, clock, NOBODY),
                            clock,
                            timers,
                            Backplane.NONE,
                            metrics::observe,
                            () -> 0);
            metrics.watch(caches);
            breakers.install(context);
            breakers.bindTo(meters);
            context.addComponent("cistern", component());
            context.start();
            files =
                    new RouteFiles(
                            context,
                            new RoutesFolder(folder),
                            CHECK,
                            caches,
                            new TrialContexts(
                                    context, BREAKERS, this::component, FeedSetup.EVERYTHING));
            files.loadAll();
        }

        private CisternComponent component() {
            var component = new CisternComponent();
            component.setCaches(caches);
            return component;
        }

        String value(String cache, String key) throws Exception {
            return text(caches.find(cache).orElseThrow(), key);
        }

        Set<String> caches() {
            return caches.all().stream().map(Cache::name).collect(Collectors.toSet());
        }

        /** All that must not pile up. */
        Set<String> holdings() {
            var all = new TreeSet<String>();
            context.getEndpoints().stream().map(Endpoint::getEndpointUri).forEach(all::add);
            context.getRoutes().stream().map(Route::getId).forEach(all::add);
            breakers.states().forEach((id, state) -> all.add(id + " " + state));
            meters.getMeters().stream().map(Meter::getId).map(Meter.Id::toString).forEach(all::add);
            return all;
        }

        @Override
        public void close() {
            context.stop();
            timers.close();
        }
    }

    private static String text(Cache cache, String key) throws Exception {
        var result =
                cache.lookup(key, LookupRequest.PLAIN)
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
        if (result.failure() != null) {
            throw new IllegalStateException(result.failure().toString());
        }
        return new String(result.entry().value(), StandardCharsets.UTF_8);
    }

    @Test
    void runsAlwaysTheLastValidStateAndNoLookupFails() throws Exception {
        var model = new EditModel(SEED);
        write(model);
        try (var running = new Running();
                var load = new Load(running)) {
            int threads = 0;
            for (int round = 0; round < ROUNDS; round++) {
                String edit = model.edit();
                write(model);
                List<RouteFile> list = running.files.reload();

                String what =
                        "seed %d, round %d, edit of %s%n%s".formatted(SEED, round, edit, model);
                assertThat(load.failures).as(what).isEmpty();
                assertThat(refused(list)).as(what).isEqualTo(model.refused());
                assertThat(running.caches()).as(what).isEqualTo(model.caches().keySet());
                for (var cache : model.caches().entrySet()) {
                    String key = "round-" + round;
                    assertThat(running.value(cache.getKey(), key))
                            .as(what)
                            .isEqualTo(cache.getValue() + " for " + key);
                }
                if (round == ROUNDS / 2) {
                    threads = Thread.activeCount();
                }
            }
            assertThat(load.lookups.get()).isGreaterThan(ROUNDS);
            assertThat(Thread.activeCount()).as("threads").isLessThanOrEqualTo(threads + 3);
            // Another start would not find the older versions of what is refused.
            model.mend();
            write(model);
            assertThat(refused(running.files.reload())).isEmpty();
            assertThat(load.failures).isEmpty();
            try (var fresh = new Running()) {
                assertThat(running.holdings()).as("seed " + SEED).isEqualTo(fresh.holdings());
            }
        }
    }

    private static Set<String> refused(List<RouteFile> list) {
        return list.stream()
                .filter(file -> file.state() == RouteFile.State.REFUSED)
                .map(RouteFile::name)
                .collect(Collectors.toSet());
    }

    private void write(EditModel model) throws IOException {
        var wanted = model.files();
        try (var files = Files.walk(folder)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                if (!wanted.containsKey(folder.relativize(path).toString())) {
                    Files.delete(path);
                }
            }
        }
        for (var file : wanted.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            if (!Files.exists(path) || !Files.readString(path).equals(file.getValue())) {
                Files.writeString(path, file.getValue());
            }
        }
    }

    /** Looks up what must always be there, some of it new, some of it known. */
    private static final class Load implements AutoCloseable {
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicLong lookups = new AtomicLong();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean stopped;

        Load(Running running) {
            for (int i = 0; i < 2; i++) {
                var thread = new Thread(() -> run(running.caches), "load-" + i);
                thread.start();
                threads.add(thread);
            }
        }

        private void run(Caches caches) {
            while (!stopped) {
                long number = lookups.incrementAndGet();
                String cache = EditModel.PINNED.get((int) (number % EditModel.PINNED.size()));
                String key = "key-" + number / 100;
                try {
                    String value = text(caches.find(cache).orElseThrow(), key);
                    if (!value.endsWith(" for " + key)) {
                        failures.add(cache + " " + key + ": " + value);
                    }
                } catch (Exception e) {
                    failures.add(cache + " " + key + ": " + e);
                }
                LockSupport.parkNanos(200_000);
            }
        }

        @Override
        public void close() throws InterruptedException {
            stopped = true;
            for (Thread thread : threads) {
                thread.join(10_000);
            }
        }
    }
}
