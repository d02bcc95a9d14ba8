package io.cistern.warming.strategy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A warming strategy as it is defined.
 *
 * @param name its route's id
 * @param cache which cache it fills
 * @param priority 1 for the first to 10
 * @param schedule when it runs by itself; empty for never
 * @param onStartup whether it runs when instances start
 * @param onDemand whether it may be run by the API or a route
 * @param enabled whether it runs unless somebody says otherwise over the API
 * @param batchSize how many keys or rows make a batch
 * @param delayBetweenBatches the pause between two batches; empty for the default of its kind
 * @param ttl how long what it loads is fresh; empty for the cache's own
 * @param tags what it loads gets these, besides its own
 * @param keyField the field of a row that is its key; empty where the source yields keys
 * @param source the endpoint that yields keys or rows
 * @param refreshAhead only keys that are fresh for less than that are loaded; empty for all
 * @param readiness whether an instance is ready only after its start-up run
 * @param readinessTimeout for how long that may hold readiness up
 * @param timeLimit how long a run may take
 */
public record Strategy(
        String name,
        String cache,
        int priority,
        Optional<Schedule> schedule,
        boolean onStartup,
        boolean onDemand,
        boolean enabled,
        int batchSize,
        Optional<Duration> delayBetweenBatches,
        Optional<Duration> ttl,
        List<String> tags,
        Optional<String> keyField,
        String source,
        Optional<Duration> refreshAhead,
        boolean readiness,
        Duration readinessTimeout,
        Duration timeLimit) {

    private static final Duration KEYS_DELAY = Duration.ofMillis(100);

    /** Whether rows are stored as they are, rather than keys loaded. */
    public boolean storesRows() {
        return keyField.isPresent();
    }

    /** The pause between two batches: by default 100 ms to spare origins, none for rows. */
    public Duration delay() {
        return delayBetweenBatches.orElse(storesRows() ? Duration.ZERO : KEYS_DELAY);
    }

    /** Tells definitions apart: equal ones give the same text on all instances. */
    public String digest() {
        return Integer.toHexString(toString().hashCode());
    }
}
