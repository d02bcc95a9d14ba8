package io.cistern.cache.simulation;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.simulation.Weather.Operation;
import io.cistern.cache.simulation.Weather.Outcome;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import io.cistern.cache.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/**
 * A shared store with the semantics of the real one and with bad days: operations are late, fail
 * before or after they take effect, the whole store goes away and returns, and loses what it keeps.
 */
public final class FakeStore implements Store {

    private final VirtualTime time;
    private final Random random;
    private final StoreModel[] partitions;
    private final List<Runnable> onReturn = new ArrayList<>();
    private Weather weather = Weather.CALM;
    private Probe probe = Probe.NONE;
    private Tier tier = Tier.SHARED;
    private boolean available = true;
    private boolean reachable = true;

    /**
     * @param time decides when things happen
     * @param seed decides what generations look like
     * @param partitions how many
     * @param marks how many marks each partition keeps
     * @param mutations what is wrong with it
     */
    public FakeStore(
            VirtualTime time, long seed, int partitions, int marks, Set<Mutation> mutations) {
        this.time = time;
        this.random = new Random(seed);
        this.partitions = new StoreModel[partitions];
        for (var i = 0; i < partitions; i++) {
            this.partitions[i] = new StoreModel(time, random, marks, mutations);
        }
    }

    /** One partition, all marks kept, nothing wrong. */
    public FakeStore(VirtualTime time) {
        this(time, 1, 1, Marks.LIMIT, Set.of());
    }

    public void weather(Weather next) {
        weather = next;
    }

    public void probe(Probe next) {
        probe = next;
    }

    public void tier(Tier next) {
        tier = next;
    }

    public StoreModel model(int partition) {
        return partitions[partition];
    }

    /** The entry under a key, wherever it lies; null if none. */
    public Entry entry(String key) {
        for (var partition : partitions) {
            var entry = partition.entries().get(key);
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    /**
     * Goes away.
     *
     * @param known whether it is known at once; else operations fail one by one
     */
    public void leave(boolean known) {
        reachable = false;
        available = !known;
    }

    /** Comes back and says so. */
    public void come() {
        reachable = true;
        available = true;
        List.copyOf(onReturn).forEach(Runnable::run);
    }

    public boolean isReachable() {
        return reachable;
    }

    @Override
    public Tier tier() {
        return tier;
    }

    @Override
    public int partitions() {
        return partitions.length;
    }

    @Override
    public boolean isAvailable() {
        return available;
    }

    @Override
    public void onReturn(Runnable listener) {
        onReturn.add(listener);
    }

    @Override
    public CompletionStage<View> read(Partition partition, List<String> keys) {
        var model = partitions[partition.index()];
        var wanted = List.copyOf(keys);
        var between = new Position[1];
        // The position is read first, and the entries may be read a little later.
        return perform(
                Operation.READ,
                () -> between[0] = model.position(),
                () -> new View(between[0], model.read(wanted)));
    }

    @Override
    public CompletionStage<Marks.Difference> changes(Partition partition, Position known) {
        return perform(
                        Operation.CHANGES,
                        () -> {},
                        () -> partitions[partition.index()].changes(known))
                .thenApply(
                        difference -> {
                            probe.learns(partition.index(), difference.position());
                            return difference;
                        });
    }

    @Override
    public CompletionStage<List<Position>> positions(List<Partition> wanted) {
        return perform(
                Operation.POSITIONS,
                () -> {},
                () -> wanted.stream().map(it -> partitions[it.index()].position()).toList());
    }

    @Override
    public CompletionStage<Lease.Reply> lease(
            Partition partition, List<Lease.Wanted> wanted, String owner, Duration lifetime) {
        var all = List.copyOf(wanted);
        return perform(
                Operation.LEASE,
                () -> {},
                () -> partitions[partition.index()].lease(all, owner, lifetime));
    }

    @Override
    public CompletionStage<Set<String>> release(
            Partition partition, Set<String> keys, String owner) {
        var all = Set.copyOf(keys);
        return perform(
                Operation.RELEASE,
                () -> {},
                () -> partitions[partition.index()].release(all, owner));
    }

    @Override
    public CompletionStage<Lease.Filled> fill(
            Partition partition, Map<String, Entry> entries, String owner) {
        var wanted = new TreeMap<>(entries);
        wanted.forEach((key, entry) -> probe.filling(partition.index(), key, entry));
        return perform(
                Operation.FILL,
                () -> {},
                () -> {
                    var filled = partitions[partition.index()].fill(wanted, owner);
                    filled.stored().forEach(key -> probe.filled(key, wanted.get(key)));
                    return filled;
                });
    }

    @Override
    public CompletionStage<Set<String>> warm(
            Partition partition, Map<String, Entry> entries, long readSince) {
        var wanted = new TreeMap<>(entries);
        wanted.forEach((key, entry) -> probe.filling(partition.index(), key, entry));
        return perform(
                Operation.FILL,
                () -> {},
                () -> {
                    var stored = partitions[partition.index()].warm(wanted, readSince);
                    stored.forEach(key -> probe.filled(key, wanted.get(key)));
                    return stored;
                });
    }

    @Override
    public CompletionStage<Position> invalidate(Partition partition, Change change) {
        var effect = probe.changing(partition.index());
        return perform(
                        Operation.INVALIDATE,
                        () -> {},
                        () -> {
                            var position = partitions[partition.index()].invalidate(change);
                            effect.run();
                            return position;
                        })
                .thenApply(this::heard);
    }

    @Override
    public CompletionStage<Position> put(Partition partition, String key, Entry entry) {
        var effect = probe.changing(partition.index());
        return perform(
                        Operation.PUT,
                        () -> {},
                        () -> {
                            var position = partitions[partition.index()].put(key, entry);
                            effect.run();
                            return position;
                        })
                .thenApply(this::heard);
    }

    @Override
    public CompletionStage<Long> prune(Partition partition, BiPredicate<String, Entry> dead) {
        return perform(Operation.PRUNE, () -> {}, () -> partitions[partition.index()].prune(dead));
    }

    @Override
    public Usage usage(String cache) {
        return Usage.NONE;
    }

    @Override
    public void close() {
        leave(true);
    }

    private <T> CompletionStage<T> perform(
            Operation operation, Runnable first, Supplier<T> effect) {
        var fate = weather.next(operation);
        if (fate.outcome() == Outcome.THROWS) {
            probe.trouble();
            throw new IllegalStateException("the store throws");
        }
        var answer = new CompletableFuture<T>();
        after(
                fate.before(),
                () -> {
                    if (!reachable || fate.outcome() == Outcome.FAILS_BEFORE) {
                        after(fate.after(), () -> fail(answer));
                        return;
                    }
                    first.run();
                    after(
                            fate.after() / 3,
                            () -> {
                                var result = effect.get();
                                after(
                                        fate.after() - fate.after() / 3,
                                        () -> {
                                            if (fate.outcome() == Outcome.FAILS_AFTER) {
                                                fail(answer);
                                            } else {
                                                answer.complete(result);
                                            }
                                        });
                            });
                });
        return answer;
    }

    private Position heard(Position position) {
        probe.hears();
        return position;
    }

    private void fail(CompletableFuture<?> answer) {
        probe.trouble();
        answer.completeExceptionally(new StoreUnavailableException("a bad day"));
    }

    private void after(long nanos, Runnable task) {
        if (nanos == 0) {
            task.run();
        } else {
            time.later(nanos, task);
        }
    }

    /** Sees what happens inside. */
    public interface Probe {
        /** Looks away. */
        Probe NONE = new Probe() {};

        /** The engine wants an entry stored. */
        default void filling(int partition, String key, Entry entry) {}

        /** The store says that it stored an entry. */
        default void filled(String key, Entry entry) {}

        /** A change is wanted; what is returned runs when it takes effect. */
        default Runnable changing(int partition) {
            return () -> {};
        }

        /** An engine learns where a partition's order is. */
        default void learns(int partition, Position position) {}

        /** An engine learns where its change is. */
        default void hears() {}

        /** An operation failed. */
        default void trouble() {}
    }

    /** A copy of what one partition holds. */
    public Map<String, Entry> held(int partition) {
        return new HashMap<>(partitions[partition].entries());
    }
}
