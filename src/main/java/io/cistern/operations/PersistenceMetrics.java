package io.cistern.operations;

import io.cistern.store.disk.DiskJournal;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** The meters of what is kept over a restart. */
public final class PersistenceMetrics {

    private static final String PREFIX = "cistern.persistence.";

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
