package io.cistern.operations;

import io.cistern.region.RegionCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.ToDoubleFunction;

/** The meters of what regions tell each other; those of what is heard are the feed's. */
public final class RegionMetrics {

    private RegionMetrics() {}

    /** Registers {@code cistern.region.…}. */
    public static void bind(MeterRegistry meters, RegionCounts counts) {
        count(
                meters,
                "cistern.region.told",
                "Invalidations that other regions will hear of",
                counts,
                RegionCounts::told);
        count(
                meters,
                "cistern.region.refused",
                "Invalidations that were not acknowledged, since other regions can't be told",
                counts,
                RegionCounts::refused);
        count(
                meters,
                "cistern.region.emptied",
                "How often all caches were emptied, since something may have been missed",
                counts,
                RegionCounts::emptied);
        count(
                meters,
                "cistern.region.unreadable",
                "Records of other regions that can't be read",
                counts,
                RegionCounts::unreadable);
        var telling =
                Timer.builder("cistern.region.tell")
                        .description("Until the brokers have an invalidation")
                        .publishPercentileHistogram()
                        .register(meters);
        counts.onTold(telling::record);
    }

    private static void count(
            MeterRegistry meters,
            String name,
            String description,
            RegionCounts counts,
            ToDoubleFunction<RegionCounts> value) {
        FunctionCounter.builder(name, counts, value).description(description).register(meters);
    }
}
