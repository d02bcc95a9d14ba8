package io.cistern.operations;

import io.cistern.invalidation.event.EventReader;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** The meters of events. */
public final class EventMetrics {

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofHours(1)
    };

    private EventMetrics() {}

    /**
     * @param meters where they are registered
     * @param reader whose ignored fields are counted
     * @return to be told by which way an event came, and how long after it occurred it took effect
     */
    public static BiConsumer<String, Duration> bind(MeterRegistry meters, EventReader reader) {
        FunctionCounter.builder("cistern.event.fields.ignored", reader, EventReader::unknownFields)
                .description("Fields of invalidation events that were ignored")
                .tag("reason", "unknown")
                .register(meters);
        Map<String, Timer> timers = new ConcurrentHashMap<>();
        return (source, took) ->
                timers.computeIfAbsent(source, any -> timer(meters, any)).record(took);
    }

    private static Timer timer(MeterRegistry meters, String source) {
        return Timer.builder("cistern.invalidation")
                .description("Times from when a change occurred, by its event, to its effect")
                .tag("source", source)
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }
}
