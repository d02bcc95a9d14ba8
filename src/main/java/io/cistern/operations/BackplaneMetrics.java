package io.cistern.operations;

import io.cistern.backplane.BackplaneCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of the backplane. */
public final class BackplaneMetrics {

    private BackplaneMetrics() {}

    /**
     * Registers {@code cistern.backplane.messages}, by direction, and {@code
     * cistern.backplane.dropped}, by reason; their counts are read when they are asked for.
     *
     * @param meters where
     * @param counts of the backplane
     */
    public static void bind(MeterRegistry meters, BackplaneCounts counts) {
        for (var direction : BackplaneCounts.Direction.values()) {
            FunctionCounter.builder(
                            "cistern.backplane.messages",
                            counts,
                            counted -> counted.messages(direction))
                    .description("Messages to and from other instances")
                    .tag("direction", BackplaneCounts.label(direction))
                    .register(meters);
        }
        for (var reason : BackplaneCounts.Drop.values()) {
            FunctionCounter.builder(
                            "cistern.backplane.dropped", counts, counted -> counted.dropped(reason))
                    .description("News that were not sent, and messages that were not read")
                    .tag("reason", BackplaneCounts.label(reason))
                    .register(meters);
        }
    }
}
