package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.Unicode;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Store;
import io.cistern.cache.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Fills a cache before anyone asks: keys are loaded through its origin, rows are stored as they
 * are. Neither counts as a lookup. Nothing here blocks.
 */
public final class Warmer {

    private final Tiers tiers;
    private final Lookups lookups;
    private final Entries entries;
    private final Admission admission;
    private final Store store;
    private final Clock clock;

    Warmer(
            Tiers tiers,
            Lookups lookups,
            Entries entries,
            Admission admission,
            Store store,
            Clock clock) {
        this.admission = admission;
        this.tiers = tiers;
        this.lookups = lookups;
        this.entries = entries;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Something to store as it is.
     *
     * @param key the key
     * @param value the bytes
     * @param contentType their media type
     * @param ttl how long it is fresh; null for the policy's
     * @param tags by which it can be invalidated
     */
    public record Row(
            String key, byte[] value, String contentType, Duration ttl, List<String> tags) {}

    /**
     * Where a source's reading began: invalidations after that win over what is read.
     *
     * @param positions of the partitions
     * @param millis the store's time
     */
    public record Reading(List<Position> positions, long millis) {

        /** Whether the store has kept its order between the two. */
        public boolean isOfGenerationOf(Reading other) {
            return generations(positions).equals(generations(other.positions));
        }

        private static List<Long> generations(List<Position> positions) {
            return positions.stream().map(Position::generation).toList();
        }
    }

    /**
     * What became of rows.
     *
     * @param stored how many are stored
     * @param refused how many an invalidation or a newer value has overtaken
     * @param unfit the keys of those that can't be stored, too large or no text that Redis can name
     */
    public record Stored(int stored, int refused, List<String> unfit) {}

    /** Whether the store is there; while it is not, warming is of no use. */
    public boolean isStoreAvailable() {
        return store.isAvailable();
    }

    /**
     * Loads keys anew through the origin, in as few calls as it allows, under leases.
     *
     * @param keys the keys
     * @param headers for the origin
     * @return the answers by key; it never fails
     */
    public CompletionStage<Map<String, LookupResult>> load(
            Collection<String> keys, Map<String, String> headers) {
        Map<String, Tiers.Held> wanted = new LinkedHashMap<>();
        var kept = admission.keys(keys);
        kept.values().forEach(key -> wanted.put(key, null));
        var request = new LookupRequest(true, false, false, 0, headers).under(admission.ofNobody());
        return Stages.all(lookups.lookupAll(wanted, request))
                .thenApply(answers -> Admission.byAsked(kept, answers));
    }

    /**
     * For how much longer keys are fresh.
     *
     * @param keys the keys
     * @return milliseconds by key, none for what was told stale; a key without a value that lives
     *     is not there. It never fails: a store that is away holds nothing
     */
    public CompletionStage<Map<String, Long>> freshFor(Collection<String> keys) {
        var kept = admission.keys(keys);
        var validity = admission.ofNobody();
        var parts =
                kept.values().stream().distinct().collect(Collectors.groupingBy(tiers::replica));
        CompletionStage<Map<String, Long>> all = CompletableFuture.completedFuture(new HashMap<>());
        for (var part : parts.entrySet()) {
            all =
                    all.thenCombine(
                            tiers.read(part.getKey(), part.getValue(), validity),
                            (left, seen) -> {
                                var now = clock.millis();
                                seen.entries()
                                        .forEach(
                                                (key, entry) ->
                                                        left.put(
                                                                key,
                                                                entry.isExpired()
                                                                        ? 0
                                                                        : entry.freshUntil()
                                                                                - now));
                                return left;
                            });
        }
        return all.thenApply(fresh -> Admission.byAsked(kept, fresh));
    }

    /**
     * To be called before a source is read.
     *
     * @return where the invalidations stand; fails with {@link StoreUnavailableException} where the
     *     store can't be asked
     */
    public CompletionStage<Reading> begin() {
        if (!store.isAvailable()) {
            return CompletableFuture.failedFuture(
                    new StoreUnavailableException("the store is away"));
        }
        var millis = clock.millis();
        var reached =
                tiers.replicas().stream()
                        .map(replica -> replica.reach(Position.UNKNOWN).toCompletableFuture())
                        .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(reached)
                .thenApply(
                        known ->
                                new Reading(
                                        tiers.replicas().stream()
                                                .map(replica -> replica.marks().position())
                                                .toList(),
                                        millis));
    }

    /**
     * Stores rows, unless an invalidation since their reading began, or a value that is newer than
     * that, is in the way.
     *
     * @param reading when they were read
     * @param rows whose keys are all different
     * @return what became of them; fails with {@link StoreUnavailableException} where the store
     *     can't take them
     */
    public CompletionStage<Stored> store(Reading reading, List<Row> rows) {
        Map<Replica, Map<String, Entry>> parts = new LinkedHashMap<>();
        List<String> unfit = new ArrayList<>();
        var validity = admission.ofNobody();
        for (var row : rows) {
            if (!sort(row, reading, validity, parts)) {
                unfit.add(row.key());
            }
        }
        CompletionStage<Integer> stored = CompletableFuture.completedFuture(0);
        for (var part : parts.entrySet()) {
            stored =
                    stored.thenCombine(
                            Stages.attempt(
                                            () ->
                                                    store.warm(
                                                            part.getKey().partition(),
                                                            part.getValue(),
                                                            reading.millis()))
                                    .thenApply(
                                            keys -> {
                                                // What is near may be older.
                                                keys.forEach(tiers.near()::remove);
                                                return keys.size();
                                            }),
                            Integer::sum);
        }
        return stored.thenApply(
                count -> new Stored(count, rows.size() - unfit.size() - count, unfit));
    }

    /** Puts a row's entry to those of its partition; false where it can't be stored. */
    private boolean sort(
            Row row, Reading reading, Validity validity, Map<Replica, Map<String, Entry>> parts) {
        var key = admission.keyOrSame(row.key());
        var replica = tiers.replica(key);
        var value =
                new Loader.Value(
                        row.value(),
                        row.contentType(),
                        false,
                        row.ttl(),
                        row.tags(),
                        null,
                        Entry.NO_VERSION);
        var began = reading.positions().get(replica.partition().index());
        var entry = entries.unread(value, began, validity);
        if (!entries.isStorable(entry) || !Unicode.isValid(key)) {
            return false;
        }
        parts.computeIfAbsent(replica, any -> new LinkedHashMap<>()).put(key, entry);
        return true;
    }
}
