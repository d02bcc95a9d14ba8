package io.cistern.operations;

import io.cistern.cache.spi.Location;
import io.cistern.store.disk.DiskJournal;
import io.cistern.store.near.NearKeeper;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** The meters of what is kept over a restart. */
public final class PersistenceMetrics {

    private static final String PREFIX = "cistern.persistence.";
    private static final String NEAR = "cistern.near.persistence.";

    private PersistenceMetrics() {}

    /**
     * Registers {@code cistern.persistence.…}; its counts are read when they are asked for.
     *
     * @param meters where
     * @param journal which counts
     */
    public static void bind(MeterRegistry meters, DiskJournal journal) {
        gauge(meters, journal, "up", "Whether entries are kept: 1 or 0", PersistenceMetrics::up);
        gauge(meters, journal, "entries", "Entries on the disk", DiskJournal::entries);
        gauge(meters, journal, "bytes", "What is used of the disk", DiskJournal::bytes);
        gauge(meters, journal, "waiting", "Operations to be written", DiskJournal::waiting);
        counter(meters, journal, "failures", "Troubles with the folder", DiskJournal::failures);
        counter(meters, journal, "forces", "Writes forced to the disk", DiskJournal::forces);
        counter(
                meters,
                journal,
                "left.out",
                "Entries that came faster than the disk takes them",
                DiskJournal::leftOut);
        counter(
                meters,
                journal,
                "unreadable",
                "Entries on the disk that were damaged",
                DiskJournal::unreadable);
    }

    /**
     * Registers {@code cistern.near.persistence.…}; its counts are read when they are asked for.
     *
     * @param meters where
     * @param keeper keeps what is near
     */
    public static void bind(MeterRegistry meters, NearKeeper keeper) {
        Gauge.builder(NEAR + "up", keeper, it -> it.isKeeping() ? 1 : 0)
                .description("Whether what is near is kept: 1 or 0")
                .register(meters);
        Gauge.builder(NEAR + "entries", keeper, it -> size(it, Location::entries))
                .description("Near entries that were written or read at last")
                .register(meters);
        Gauge.builder(NEAR + "bytes", keeper, it -> size(it, Location::bytes))
                .description("The size of their file")
                .register(meters);
    }

    private static double size(NearKeeper keeper, ToDoubleFunction<Location> of) {
        return keeper.location().map(of::applyAsDouble).orElse(0.0);
    }

    private static double up(DiskJournal journal) {
        return journal.trouble().isEmpty() ? 1 : 0;
    }

    private static void gauge(
            MeterRegistry meters,
            DiskJournal journal,
            String name,
            String description,
            ToDoubleFunction<DiskJournal> value) {
        Gauge.builder(PREFIX + name, journal, value).description(description).register(meters);
    }

    private static void counter(
            MeterRegistry meters,
            DiskJournal journal,
            String name,
            String description,
            ToDoubleFunction<DiskJournal> value) {
        FunctionCounter.builder(PREFIX + name, journal, value)
                .description(description)
                .register(meters);
    }
}
