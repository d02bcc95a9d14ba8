package io.cistern.cache.simulation;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Beginnings;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import io.cistern.store.Proof;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * One instance's way to the store, which does what the client of the real one does: it remembers
 * what it has seen, and says hello on every connection before anything else.
 */
final class FakeSession implements Store {

    private final FakeStore store;
    private final Map<Partition, Position> seen = new HashMap<>();
    private final Map<Partition, Beginnings> beginnings = new HashMap<>();
    private final Map<Partition, CompletableFuture<Void>> greetings = new HashMap<>();
    private final List<Runnable> onReturn = new ArrayList<>();
    private final Proof<FakeStore.Line> proof;
    private Function<Partition, Optional<Marks>> memory = partition -> Optional.empty();
    private Runnable onAhead = () -> {};
    private FakeStore.Line line;
    private boolean connected = true;
    private boolean closed;

    FakeSession(FakeStore store) {
        this.store = store;
        this.line = store.connect();
        this.proof =
                new Proof<>(
                        this::proofNanos,
                        any -> store.isConfirming() && !store.has(Mutation.LEFT_BEHIND_IS_BELIEVED),
                        any -> Optional.empty());
        store.onReturn(this::reconnect);
    }

    /** By which proofs age. */
    private long proofNanos() {
        return store.has(Mutation.PROOFS_NEVER_AGE) ? 0 : store.nanos();
    }

    /** How much older than the question the proof is that its answer counts. */
    private long age(long asked, long proven) {
        return store.has(Mutation.PROOFS_NEVER_AGE) ? 0 : Math.max(0, asked - proven);
    }

    /** The connection breaks. */
    void cut() {
        line.cut();
        connected = false;
        greetings.clear();
    }

    /** It is there again, perhaps to another server. */
    void reconnect() {
        if (closed) {
            return;
        }
        line.cut();
        line = store.connect();
        connected = true;
        greetings.clear();
        List.copyOf(seen.keySet()).forEach(this::greet);
        if (!store.has(Mutation.NEAR_OUTLIVES_MASTER)) {
            List.copyOf(onReturn).forEach(Runnable::run);
        }
    }

    /** Whether its connection, if there is one, leads to the present master. */
    boolean isAtMaster() {
        return store.isMaster(line);
    }

    /** Whether it has seen where the present master is now, in all partitions. */
    boolean isUpToDate() {
        return store.positions().entrySet().stream()
                .allMatch(it -> it.getValue().equals(seen.get(it.getKey())));
    }

    /** Whether it has said hello wherever it has seen something. */
    boolean hasGreeted() {
        return connected
                && store.isMaster(line)
                && seen.keySet().stream()
                        .allMatch(
                                it ->
                                        greetings.containsKey(it)
                                                && greetings.get(it).isDone()
                                                && !greetings.get(it).isCompletedExceptionally());
    }

    private CompletableFuture<Void> greet(Partition partition) {
        var present = greetings.get(partition);
        if (present != null) {
            return present;
        }
        var mine = new CompletableFuture<Void>();
        greetings.put(partition, mine);
        say(partition, line)
                .whenComplete(
                        (answer, error) -> {
                            if (error == null) {
                                saw(partition, answer.position());
                                begun(partition, answer.position(), answer.beginning());
                                mine.complete(null);
                            } else {
                                greetings.remove(partition, mine);
                                mine.completeExceptionally(error);
                            }
                        });
        return mine;
    }

    private CompletionStage<Hello.Answer> say(Partition partition, FakeStore.Line over) {
        var known = seen.getOrDefault(partition, Position.UNKNOWN);
        try {
            return store.over(over)
                    .hello(partition, known, beginnings(partition), new Hello.Ask())
                    .thenCompose(
                            answer ->
                                    answer.shared() == null
                                            ? CompletableFuture.completedStage(answer)
                                            : recover(partition, over, answer));
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private CompletionStage<Hello.Answer> recover(
            Partition partition, FakeStore.Line over, Hello.Answer there) {
        var latest = seen.get(partition);
        var lacking = memory.apply(partition).flatMap(marks -> lacking(marks, there, latest));
        return store.over(over)
                .hello(
                        partition,
                        latest,
                        beginnings(partition),
                        lacking.<Hello>map(it -> new Hello.Replay(there.shared(), it))
                                .orElseGet(Hello.Begin::new))
                .thenApply(
                        answer -> {
                            beginnings.computeIfPresent(
                                    partition, (any, known) -> known.upTo(there.shared()));
                            return answer;
                        });
    }

    private Beginnings beginnings(Partition partition) {
        var generation = seen.getOrDefault(partition, Position.UNKNOWN).generation();
        return beginnings.getOrDefault(partition, Beginnings.UNKNOWN).of(generation);
    }

    private void begun(Partition partition, Position at, long version) {
        beginnings.merge(
                partition,
                Beginnings.UNKNOWN.with(at.generation(), version),
                (known, one) -> known.with(at.generation(), version));
    }

    private Optional<Marks.Difference> lacking(Marks marks, Hello.Answer there, Position latest) {
        var known = store.has(Mutation.REPLAY_KNOWS_TOO_LITTLE) ? marks.position() : latest;
        return marks.lacking(there.position(), there.shared(), known);
    }

    private void saw(Partition partition, Position position) {
        if (!position.equals(Position.UNKNOWN)) {
            seen.merge(partition, position, Position::later);
            if (isAheadOfMarks(partition)) {
                onAhead.run();
            }
        }
    }

    /** Whether it knows that something was invalidated somewhere, and not yet what. */
    boolean isAheadOfMarks() {
        return seen.keySet().stream().anyMatch(this::isAheadOfMarks);
    }

    private boolean isAheadOfMarks(Partition partition) {
        var at = seen.get(partition);
        return memory.apply(partition)
                .map(Marks::position)
                .filter(it -> it.generation() == at.generation())
                .filter(it -> it.version() < at.version())
                .isPresent();
    }

    /** To be told when it has seen that there is something to be asked for. */
    void onAhead(Runnable listener) {
        onAhead = listener;
    }

    private <T> CompletionStage<T> on(
            Partition partition,
            Function<FakeStore, CompletionStage<T>> operation,
            Function<T, Position> position) {
        var mine = line;
        return greet(partition)
                .thenCompose(greeted -> operation.apply(store.over(mine)))
                .thenApply(
                        answer -> {
                            saw(partition, position.apply(answer));
                            return answer;
                        });
    }

    private <T> CompletionStage<T> on(
            Partition partition, Function<FakeStore, CompletionStage<T>> operation) {
        return on(partition, operation, answer -> Position.UNKNOWN);
    }

    @Override
    public Tier tier() {
        return store.tier();
    }

    @Override
    public int partitions() {
        return store.partitions();
    }

    @Override
    public boolean isAvailable() {
        return connected && store.isAvailable();
    }

    @Override
    public void onReturn(Runnable listener) {
        onReturn.add(listener);
    }

    @Override
    public void remembers(Function<Partition, Optional<Marks>> known) {
        memory = known;
    }

    @Override
    public CompletionStage<View> read(Partition partition, List<String> keys) {
        var mine = line;
        return on(
                partition,
                it -> {
                    var asked = store.nanos();
                    var master = proof.recent(mine, () -> store.over(mine).prove());
                    return it.over(mine)
                            .read(partition, keys)
                            .thenCombine(master, (view, at) -> view.since(age(asked, at)));
                },
                View::position);
    }

    @Override
    public CompletionStage<List<Position>> positions(List<Partition> partitions) {
        var mine = line;
        var all = partitions.stream().map(this::greet).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(all)
                .thenCompose(
                        greeted -> {
                            var positions = store.over(mine).positions(partitions);
                            return positions.thenCombine(
                                    proof.fresh(mine, () -> store.over(mine).prove()),
                                    (answer, at) -> answer);
                        })
                .thenApply(
                        positions -> {
                            for (var i = 0; i < positions.size(); i++) {
                                saw(partitions.get(i), positions.get(i));
                            }
                            return positions;
                        });
    }

    @Override
    public CompletionStage<Marks.Difference> changes(Partition partition, Position known) {
        return on(
                        partition,
                        it -> it.changesOf(partition, known),
                        told -> told.difference().position())
                .thenApply(
                        told -> {
                            var difference = told.difference();
                            begun(partition, difference.position(), told.beginning());
                            return difference;
                        });
    }

    @Override
    public CompletionStage<Lease.Reply> lease(
            Partition partition, List<Lease.Wanted> wanted, String owner, Duration lifetime) {
        return on(
                partition,
                it -> it.lease(partition, wanted, owner, lifetime),
                Lease.Reply::position);
    }

    @Override
    public CompletionStage<Set<String>> renew(
            Partition partition, Set<String> keys, String owner, Duration lifetime) {
        return on(partition, it -> it.renew(partition, keys, owner, lifetime));
    }

    @Override
    public CompletionStage<Set<String>> release(
            Partition partition, Set<String> keys, String owner) {
        return on(partition, it -> it.release(partition, keys, owner));
    }

    @Override
    public CompletionStage<Lease.Filled> fill(
            Partition partition, Map<String, Entry> entries, String owner) {
        return on(partition, it -> it.fill(partition, entries, owner));
    }

    @Override
    public CompletionStage<Collection<String>> warm(
            Partition partition, Map<String, Entry> entries, long readSince) {
        return on(partition, it -> it.warm(partition, entries, readSince));
    }

    @Override
    public CompletionStage<Position> invalidate(Partition partition, Change change) {
        var effect = store.changing(partition);
        return on(partition, it -> it.invalidate(partition, change, effect), position -> position);
    }

    @Override
    public CompletionStage<Position> put(Partition partition, String key, Entry entry) {
        var effect = store.changing(partition);
        return on(partition, it -> it.put(partition, key, entry, effect), position -> position);
    }

    @Override
    public CompletionStage<Long> prune(Partition partition, BiPredicate<String, Entry> dead) {
        return on(partition, it -> it.prune(partition, dead));
    }

    @Override
    public CompletionStage<List<Location>> locations(String cache) {
        return store.locations(cache);
    }

    @Override
    public Usage usage(String cache) {
        return store.usage(cache);
    }

    @Override
    public void close() {
        closed = true;
        cut();
    }
}
