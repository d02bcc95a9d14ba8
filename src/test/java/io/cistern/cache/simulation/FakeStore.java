package io.cistern.cache.simulation;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Beginnings;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.simulation.Weather.Operation;
import io.cistern.cache.simulation.Weather.Outcome;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import io.cistern.cache.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
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
import java.util.stream.IntStream;

/**
 * A shared store with the semantics of the real one and with bad days: operations are late, fail
 * before or after they take effect, the whole store goes away and returns, and loses what it keeps.
 */
public final class FakeStore implements Store {

    private final VirtualTime time;
    private final Random random;
    private final Supplier<StoreModel[]> models;

    /** The present master, of the cache that came first: mostly there is but one. */
    private StoreModel[] partitions;

    private final Map<String, StoreModel[]> others = new HashMap<>();
    private String first;
    private final List<Runnable> onReturn = new ArrayList<>();
    private final Map<Partition, Position> told = new HashMap<>();
    private Weather weather = Weather.CALM;
    private Probe probe = Probe.NONE;
    private Tier tier = Tier.SHARED;
    private boolean available = true;
    private boolean reachable = true;
    private final Set<Mutation> mutations;
    private Line line;

    /** How much was done that may have changed something. */
    private long edits;

    /** Where changes wait for a replica to have them; null where they don't. */
    private Failovers replica;

    /** Of a change. */
    @FunctionalInterface
    public interface Effect {

        /**
         * It takes effect.
         *
         * @param master at the present master, not at one that was left behind
         */
        void at(boolean master);
    }

    /** A connection to one server. What was under way on it fails when it breaks. */
    static final class Line {
        private final StoreModel[] server;
        private boolean broken;

        private Line(StoreModel[] server) {
            this.server = server;
        }

        void cut() {
            broken = true;
        }
    }

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
        this.mutations = mutations;
        this.models =
                () ->
                        IntStream.range(0, partitions)
                                .mapToObj(i -> new StoreModel(time, random, marks, mutations))
                                .toArray(StoreModel[]::new);
        this.partitions = models.get();
        this.line = connect();
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

    /** All partitions of the master as they are. */
    List<StoreModel.Snapshot> snapshot() {
        return Arrays.stream(partitions).map(StoreModel::snapshot).toList();
    }

    /** Another server is the master. Who is connected to the one before stays so. */
    void promote(List<StoreModel.Snapshot> state) {
        var next = models.get();
        for (var i = 0; i < next.length; i++) {
            next[i].restore(state.get(i));
        }
        partitions = next;
    }

    /** Where each partition is that was ever asked for, of the cache that came first. */
    Map<Partition, Position> positions() {
        Map<Partition, Position> all = new HashMap<>();
        for (var i = 0; first != null && i < partitions.length; i++) {
            if (!partitions[i].position().equals(Position.UNKNOWN)) {
                all.put(new Partition(first, i), partitions[i].position());
            }
        }
        return all;
    }

    long edits() {
        return edits;
    }

    /** Changes wait from now on until they are there. */
    void confirmedBy(Failovers next) {
        replica = next;
    }

    /** Whether changes wait for a replica. */
    boolean isConfirming() {
        return replica != null;
    }

    /** Whether a guard is taken away. */
    boolean has(Mutation mutation) {
        return mutations.contains(mutation);
    }

    long nanos() {
        return time.nanos();
    }

    /** A connection to the master. */
    Line connect() {
        return new Line(partitions);
    }

    /** Whether a connection leads to the present master. */
    boolean isMaster(Line of) {
        return of.server == partitions;
    }

    /** What the connection leads to over which the next operation goes. */
    private StoreModel model(Partition partition) {
        if (first == null) {
            first = partition.cache();
        }
        var of =
                first.equals(partition.cache())
                        ? line.server
                        : others.computeIfAbsent(partition.cache(), any -> models.get());
        return of[partition.index()];
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
        var model = model(partition);
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
        return changesOf(partition, known).thenApply(Told::difference);
    }

    /**
     * What changed.
     *
     * @param beginning where the present interval of versions begins
     */
    record Told(Marks.Difference difference, long beginning) {}

    CompletionStage<Told> changesOf(Partition partition, Position known) {
        var model = model(partition);
        return perform(
                        Operation.CHANGES,
                        () -> {},
                        () -> new Told(model.changes(known), model.beginning()))
                .thenApply(
                        told -> {
                            probe.learns(partition.index(), told.difference().position());
                            return told;
                        });
    }

    @Override
    public CompletionStage<List<Position>> positions(List<Partition> wanted) {
        if (has(Mutation.HEARTBEAT_LIES) && !reachable) {
            return CompletableFuture.completedFuture(List.copyOf(told(wanted)));
        }
        var all = wanted.stream().map(this::model).toList();
        return perform(
                Operation.POSITIONS,
                () -> {},
                () -> {
                    var positions = all.stream().map(StoreModel::position).toList();
                    for (var i = 0; i < positions.size(); i++) {
                        told.put(wanted.get(i), positions.get(i));
                    }
                    return positions;
                });
    }

    /** What it said last. */
    private List<Position> told(List<Partition> wanted) {
        return wanted.stream().map(it -> told.getOrDefault(it, Position.UNKNOWN)).toList();
    }

    @Override
    public CompletionStage<Lease.Reply> lease(
            Partition partition, List<Lease.Wanted> wanted, String owner, Duration lifetime) {
        var all = List.copyOf(wanted);
        var model = model(partition);
        return perform(Operation.LEASE, () -> {}, () -> model.lease(all, owner, lifetime));
    }

    @Override
    public CompletionStage<Set<String>> renew(
            Partition partition, Set<String> keys, String owner, Duration lifetime) {
        var all = Set.copyOf(keys);
        var model = model(partition);
        return perform(Operation.RENEW, () -> {}, () -> model.renew(all, owner, lifetime));
    }

    @Override
    public CompletionStage<Set<String>> release(
            Partition partition, Set<String> keys, String owner) {
        var all = Set.copyOf(keys);
        var model = model(partition);
        return perform(Operation.RELEASE, () -> {}, () -> model.release(all, owner));
    }

    @Override
    public CompletionStage<Lease.Filled> fill(
            Partition partition, Map<String, Entry> entries, String owner) {
        var wanted = new TreeMap<>(entries);
        wanted.forEach((key, entry) -> probe.filling(partition.index(), key, entry));
        var model = model(partition);
        var over = line;
        return perform(
                Operation.FILL,
                () -> {},
                () -> {
                    var filled = model.fill(wanted, owner);
                    filled(over, wanted, filled.stored());
                    return filled;
                });
    }

    @Override
    public CompletionStage<Collection<String>> warm(
            Partition partition, Map<String, Entry> entries, long readSince) {
        var wanted = new TreeMap<>(entries);
        wanted.forEach((key, entry) -> probe.filling(partition.index(), key, entry));
        var model = model(partition);
        var over = line;
        return perform(
                Operation.FILL,
                () -> {},
                () -> {
                    var stored = model.warm(wanted, readSince);
                    filled(over, wanted, stored);
                    return stored;
                });
    }

    /** What a server stores that was left behind, nobody is to find. */
    private void filled(Line over, Map<String, Entry> wanted, Set<String> stored) {
        if (isMaster(over)) {
            stored.forEach(key -> probe.filled(key, wanted.get(key)));
        }
    }

    @Override
    public CompletionStage<Position> invalidate(Partition partition, Change change) {
        return invalidate(partition, change, changing(partition));
    }

    /** What is to be told when a change takes effect that is wanted now. */
    Effect changing(Partition partition) {
        return probe.changing(partition.index());
    }

    CompletionStage<Position> invalidate(Partition partition, Change change, Effect effect) {
        var model = model(partition);
        return change(Operation.INVALIDATE, effect, () -> model.invalidate(change));
    }

    @Override
    public CompletionStage<Position> put(Partition partition, String key, Entry entry) {
        return put(partition, key, entry, changing(partition));
    }

    CompletionStage<Position> put(Partition partition, String key, Entry entry, Effect effect) {
        var model = model(partition);
        return change(Operation.PUT, effect, () -> model.put(key, entry));
    }

    private CompletionStage<Position> change(
            Operation operation, Effect effect, Supplier<Position> change) {
        var over = line;
        var done =
                perform(
                        operation,
                        () -> {},
                        () -> {
                            var position = change.get();
                            effect.at(isMaster(over));
                            return position;
                        });
        return (has(Mutation.CHANGES_ARE_NOT_CONFIRMED)
                        ? done
                        : done.thenCompose(position -> confirmed(over, position)))
                .thenApply(this::heard);
    }

    /** Something small is written, which a replica has to confirm. */
    CompletionStage<Boolean> prove() {
        var over = line;
        return perform(Operation.PROVE, () -> {}, () -> true)
                .thenCompose(done -> confirmed(over, done));
    }

    /** Ends when a replica has what was written so far; none follows who was left behind. */
    private <T> CompletionStage<T> confirmed(Line over, T result) {
        if (replica == null) {
            return CompletableFuture.completedStage(result);
        }
        var fate = weather.next(Operation.CONFIRM);
        var answer = new CompletableFuture<T>();
        after(
                fate.before(),
                () -> {
                    var follows = reachable && isMaster(over);
                    if (follows) {
                        replica.replicate();
                    }
                    after(
                            fate.after(),
                            () -> {
                                if (follows && !over.broken && fate.outcome() == Outcome.SUCCEEDS) {
                                    answer.complete(result);
                                } else {
                                    fail(answer);
                                }
                            });
                });
        return answer;
    }

    @Override
    public CompletionStage<Long> prune(Partition partition, BiPredicate<String, Entry> dead) {
        var model = model(partition);
        return perform(Operation.PRUNE, () -> {}, () -> model.prune(dead));
    }

    @Override
    public CompletionStage<List<Location>> locations(String cache) {
        var entries =
                IntStream.range(0, partitions())
                        .mapToObj(i -> model(new Partition(cache, i)).entries().values())
                        .flatMap(Collection::stream)
                        .toList();
        var bytes = entries.stream().mapToLong(entry -> entry.value().length).sum();
        return CompletableFuture.completedStage(
                List.of(
                        new Location(
                                "fake",
                                "this test",
                                entries.size(),
                                bytes,
                                Location.Extent.CACHE)));
    }

    @Override
    public Usage usage(String cache) {
        return Usage.NONE;
    }

    @Override
    public void close() {
        leave(true);
    }

    /** What is asked next comes over this connection. */
    FakeStore over(Line next) {
        line = next;
        return this;
    }

    /** What an instance says first on a connection. */
    CompletionStage<Hello.Answer> hello(
            Partition partition, Position seen, Beginnings beginnings, Hello unless) {
        var model = model(partition);
        return perform(Operation.HELLO, () -> {}, () -> model.hello(seen, beginnings, unless))
                .thenApply(
                        answer -> {
                            probe.learns(partition.index(), answer.position());
                            return answer;
                        });
    }

    private <T> CompletionStage<T> perform(
            Operation operation, Runnable first, Supplier<T> effect) {
        var over = line;
        var fate = weather.next(operation);
        if (fate.outcome() == Outcome.THROWS) {
            probe.trouble();
            throw new IllegalStateException("the store throws");
        }
        var answer = new CompletableFuture<T>();
        after(
                fate.before(),
                () -> {
                    if (!reachable || over.broken || fate.outcome() == Outcome.FAILS_BEFORE) {
                        after(fate.after(), () -> fail(answer));
                        return;
                    }
                    first.run();
                    after(
                            fate.after() / 3,
                            () -> {
                                if (over.broken) {
                                    fail(answer);
                                    return;
                                }
                                edits += operation.mayChange() ? 1 : 0;
                                var result = effect.get();
                                after(
                                        fate.after() - fate.after() / 3,
                                        () -> {
                                            if (over.broken
                                                    || fate.outcome() == Outcome.FAILS_AFTER) {
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

        /** A change is wanted; what is returned is told when it takes effect. */
        default Effect changing(int partition) {
            return master -> {};
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
