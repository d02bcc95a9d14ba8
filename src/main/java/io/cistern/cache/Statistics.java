package io.cistern.cache;

import io.cistern.cache.spi.Observer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Counts what one cache did since the instance started. Each key of a lookup counts once. */
public final class Statistics {

    private final LongAdder[] lookups = adders(Observer.Lookup.values().length);
    private final LongAdder[] loads = adders(Observer.Load.values().length);
    private final LongAdder collapsed = new LongAdder();
    private final LongAdder cut = new LongAdder();
    private final LongAdder oversized = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final ConcurrentHashMap<InvalidationSource, LongAdder> invalidations =
            new ConcurrentHashMap<>();
    private volatile Consumer<String> audience;

    /**
     * Where invalidations came from and what kind they were.
     *
     * @param kind {@code key}, {@code tag}, {@code pattern} or {@code all}
     * @param source such as {@code http}
     */
    public record InvalidationSource(String kind, String source) {}

    private static LongAdder[] adders(int count) {
        var adders = new LongAdder[count];
        for (var i = 0; i < count; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }

    /**
     * Lets somebody hear of every key that is asked for, on the path of the lookup.
     *
     * @param listener quick, and never throws; null for nobody
     */
    public void audience(Consumer<String> listener) {
        audience = listener;
    }

    void asked(String key) {
        var listener = audience;
        if (listener != null) {
            listener.accept(key);
        }
    }

    void looked(LookupResult result) {
        lookups[result.kind().ordinal()].increment();
        if (result.collapsed()) {
            collapsed.increment();
        }
        if (result.cut()) {
            cut.increment();
        }
    }

    void loaded(Observer.Load result) {
        loads[result.ordinal()].increment();
    }

    void tooLarge() {
        oversized.increment();
    }

    void evicted() {
        evictions.increment();
    }

    void invalidated(String kind, String source) {
        invalidations
                .computeIfAbsent(new InvalidationSource(kind, source), any -> new LongAdder())
                .increment();
    }

    /** How many lookups ended so. */
    public long lookups(Observer.Lookup result) {
        return lookups[result.ordinal()].sum();
    }

    /** How many calls of the origin ended so. */
    public long loads(Observer.Load result) {
        return loads[result.ordinal()].sum();
    }

    /** How many lookups there were. */
    public long requests() {
        return sum(lookups);
    }

    /** How many calls of the origin there were, whatever became of them. */
    public long loads() {
        return sum(loads);
    }

    /** How many calls of the origin failed or took too long. */
    public long loadErrors() {
        return loads(Observer.Load.ERROR) + loads(Observer.Load.TIMEOUT);
    }

    /** How many lookups were answered by a load that somebody else had begun. */
    public long collapsed() {
        return collapsed.sum();
    }

    /** How many lookups were answered while the shared store was out of reach. */
    public long cut() {
        return cut.sum();
    }

    /** How many values were answered and not stored, because they were too large. */
    public long oversized() {
        return oversized.sum();
    }

    /** How many entries made way or expired in this process. */
    public long evictions() {
        return evictions.sum();
    }

    /** How many invalidations this instance applied. */
    public long invalidations() {
        return invalidations.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** How many of one kind and source. */
    public long invalidations(String kind, String source) {
        var count = invalidations.get(new InvalidationSource(kind, source));
        return count == null ? 0 : count.sum();
    }

    /** The part of the lookups that a store answered with what is fresh; 0 before the first. */
    public double hitRatio() {
        var requests = requests();
        var hits =
                lookups(Observer.Lookup.NEAR)
                        + lookups(Observer.Lookup.SHARED)
                        + lookups(Observer.Lookup.NEGATIVE);
        return requests == 0 ? 0 : (double) hits / requests;
    }

    private static long sum(LongAdder[] adders) {
        var sum = 0L;
        for (var adder : adders) {
            sum += adder.sum();
        }
        return sum;
    }
}
