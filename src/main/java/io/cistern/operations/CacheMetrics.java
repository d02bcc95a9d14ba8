package io.cistern.operations;

import io.cistern.cache.Cache;
import io.cistern.cache.Caches;
import io.cistern.cache.Statistics;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Store;
import io.cistern.store.EvictionListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The meters of caches. Counts are read from the engine when they are asked for; only times are
 * recorded as they happen. Labels take their values from small sets, never from keys.
 */
public final class CacheMetrics implements EvictionListener {

    private static final String PREFIX = "cistern.";

    private static final Duration[] BUCKETS = {
        Duration.ofNanos(50_000),
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    /** By which ways invalidations come. */
    private static final List<String> SOURCES =
            List.of("http", "route", "kafka", "jms", "dependency");

    private final MeterRegistry meters;
    private final Map<String, Observer> observers = new ConcurrentHashMap<>();
    private final Map<String, Map<Cause, Counter>> evictions = new ConcurrentHashMap<>();
    private volatile Caches caches;

    /**
     * @param meters where the meters are registered
     */
    public CacheMetrics(MeterRegistry meters) {
        this.meters = meters;
    }

    /** The caches whose sizes are shown; set once, right after they were made. */
    public void watch(Caches watched) {
        caches = watched;
    }

    /** Registers the meters of a cache, unless they are there from when it was open before. */
    public Observer observe(String cache, Statistics statistics) {
        return observers.computeIfAbsent(cache, any -> register(cache, statistics));
    }

    private Observer register(String cache, Statistics statistics) {
        for (var result : Observer.Lookup.values()) {
            count(
                    "cistern.requests",
                    "Lookups of keys, by how they ended",
                    statistics,
                    counted -> counted.lookups(result),
                    "cache",
                    cache,
                    "result",
                    label(result));
        }
        for (var result : Observer.Load.values()) {
            count(
                    "cistern.loads",
                    "Calls of the origin, by how they ended",
                    statistics,
                    counted -> counted.loads(result),
                    "cache",
                    cache,
                    "result",
                    label(result));
        }
        count(
                "cistern.collapsed",
                "Lookups answered by a load that another lookup had begun",
                statistics,
                Statistics::collapsed,
                "cache",
                cache);
        count(
                "cistern.cut.answers",
                "Lookups answered while Redis was out of reach, without knowing of all invalidations",
                statistics,
                Statistics::cut,
                "cache",
                cache);
        count(
                "cistern.oversized",
                "Values that were answered but not stored, because they were too large",
                statistics,
                Statistics::oversized,
                "cache",
                cache);
        for (var kind : new String[] {"key", "tag", "pattern", "all"}) {
            for (var source : SOURCES) {
                count(
                        "cistern.invalidations",
                        "Invalidations that took effect",
                        statistics,
                        counted -> counted.invalidations(kind, source),
                        "cache",
                        cache,
                        "kind",
                        kind,
                        "source",
                        source);
            }
        }
        evictions.put(cache, evictions(cache));
        var usage = new RecentUsage(() -> usage(cache), System::nanoTime);
        gauge("cistern.entries", "Entries in this process", cache, () -> usage.get().entries());
        gauge(
                "cistern.bytes",
                "Size of the entries in this process",
                cache,
                () -> usage.get().bytes());
        return new Times(cache);
    }

    private void forget(String cache) {
        observers.remove(cache);
        evictions.remove(cache);
        meters.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().startsWith(PREFIX) && cache.equals(id.getTag("cache")))
                .forEach(meters::remove);
    }

    private void count(
            String name,
            String description,
            Statistics statistics,
            ToDoubleFunction<Statistics> value,
            String... tags) {
        FunctionCounter.builder(name, statistics, value)
                .description(description)
                .tags(tags)
                .register(meters);
    }

    private void gauge(String name, String description, String cache, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tag("cache", cache).register(meters);
    }

    private Store.Usage usage(String cache) {
        return caches == null
                ? Store.Usage.NONE
                : caches.find(cache).map(Cache::usage).orElse(Store.Usage.NONE);
    }

    @Override
    public void evicted(String cache, Cause cause) {
        var counters = evictions.get(cache);
        if (counters != null) {
            counters.get(cause).increment();
        }
    }

    private Map<Cause, Counter> evictions(String cache) {
        Map<Cause, Counter> counters = new EnumMap<>(Cause.class);
        for (var cause : Cause.values()) {
            counters.put(
                    cause,
                    Counter.builder("cistern.evictions")
                            .description("Entries of this process that made way or expired")
                            .tag("cache", cache)
                            .tag("cause", label(cause))
                            .register(meters));
        }
        return counters;
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private Timer timer(String name, String description, String cache, String result) {
        return Timer.builder(name)
                .description(description)
                .tag("cache", cache)
                .tag("result", result)
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }

    private final class Times implements Observer {
        private final String cache;
        private final Map<Lookup, Timer> lookups = new EnumMap<>(Lookup.class);
        private final Map<Load, Timer> loads = new EnumMap<>(Load.class);

        Times(String cache) {
            this.cache = cache;
            for (var result : Lookup.values()) {
                lookups.put(
                        result, timer("cistern.lookup", "Times of lookups", cache, label(result)));
            }
            for (var result : Load.values()) {
                loads.put(
                        result,
                        timer(
                                "cistern.load",
                                "Times of calls of the origin",
                                cache,
                                label(result)));
            }
        }

        @Override
        public void looked(Lookup result, long nanos) {
            lookups.get(result).record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void loaded(Load result, long nanos) {
            loads.get(result).record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void forgotten() {
            forget(cache);
        }
    }
}
