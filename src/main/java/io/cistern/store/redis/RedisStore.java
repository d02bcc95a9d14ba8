package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.Unicode;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import io.cistern.redis.DataConnection;
import io.cistern.redis.RedisFailure;
import io.cistern.redis.RedisRoutes;
import io.cistern.redis.RedisUnavailableException;
import io.cistern.store.Proof;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * Entries and their order in Redis. Reads are pipelined and go without a script; whatever depends
 * on the order runs as a script, so that nothing comes between. Every entry expires by itself.
 *
 * <p>A change of very many names is made in several steps, each atomic. Keys that are no valid
 * Unicode are not kept; invalidating one fails with {@link IllegalArgumentException}.
 */
public final class RedisStore implements Store {

    private static final byte[] GENERATION = "g".getBytes(US_ASCII);
    private static final byte[] VERSION = "v".getBytes(US_ASCII);

    /** Of each cache on a Cluster: enough to spread it over some dozens of servers. */
    private static final int PARTITIONS_OF_CLUSTER = 16;

    private static final Script CHANGES = Script.of("order.lua", "changes.lua");

    private final RedisRoutes redis;
    private final Clock clock;
    private final String prefix;
    private final String namespace;
    private final Map<Partition, Names> names = new ConcurrentHashMap<>();
    private final Seen seen;
    private final Records records = new Records();
    private final Guard guard;
    private volatile Function<Partition, Optional<Marks>> memory = partition -> Optional.empty();
    private final Map<DataConnection, Proof<Session>> proofs = new ConcurrentHashMap<>();
    private final Greeter greeter;
    private final Reader reader;
    private final Filler filler;
    private final WarmFiller warmFiller;
    private final Leaser leaser;
    private final Pruner pruner;
    private final Counter counter;
    private final Changer changer;

    /**
     * @param redis the ways to Redis; not closed with the store
     * @param clock the store's time, for when entries expire
     * @param prefix what every name in Redis begins with; may be empty
     * @param namespace behind it, before the first colon
     * @param limits what is bounded
     */
    public RedisStore(
            RedisRoutes redis, Clock clock, String prefix, String namespace, RedisLimits limits) {
        this(redis, clock, prefix, namespace, limits, Optional.empty());
    }

    /**
     * @param seenFile what was acknowledged before; not closed with the store
     */
    public RedisStore(
            RedisRoutes redis,
            Clock clock,
            String prefix,
            String namespace,
            RedisLimits limits,
            Optional<SeenFile> seenFile) {
        this.seen = new Seen(seenFile);
        this.redis = redis;
        this.clock = clock;
        this.prefix = prefix;
        this.namespace = namespace;
        this.guard = new Guard(redis);
        this.greeter = new Greeter(seen, limits.marks(), partition -> memory.apply(partition));
        this.reader = new Reader(limits);
        this.filler = new Filler(limits, records);
        this.warmFiller = new WarmFiller(limits, records);
        this.leaser = new Leaser(limits);
        this.pruner = new Pruner(limits);
        this.counter = new Counter(clock);
        this.changer = new Changer(seen, limits, records);
    }

    @Override
    public Tier tier() {
        return Tier.SHARED;
    }

    @Override
    public int partitions() {
        return redis.isCluster() ? PARTITIONS_OF_CLUSTER : 1;
    }

    @Override
    public boolean isAvailable() {
        return redis.isUp();
    }

    @Override
    public void onReturn(Runnable listener) {
        redis.onUp(
                () -> {
                    greeter.forget();
                    greetAll();
                    listener.run();
                });
    }

    @Override
    public void remembers(Function<Partition, Optional<Marks>> known) {
        memory = known;
    }

    @Override
    public void compress(String cache, long above) {
        records.compress(cache, above);
    }

    @Override
    public CompletionStage<View> read(Partition partition, List<String> keys) {
        return on(
                partition,
                (session, of) -> {
                    // First, so that no invalidation lies between the position and the entries.
                    var order = position(session, partition, of);
                    var asked = clock.nanos();
                    var master = proof(session).recent(session, () -> session.prove(of.probe()));
                    return reader.read(session.commands(), of, keys)
                            .thenCombine(order, (entries, position) -> new View(position, entries))
                            .thenCombine(master, (view, at) -> view.since(Math.max(0, asked - at)));
                });
    }

    /**
     * What the server of a partition does not tell is unknown, where another one tells something.
     */
    @Override
    public CompletionStage<List<Position>> positions(List<Partition> partitions) {
        Map<DataConnection, List<Partition>> byServer = new LinkedHashMap<>();
        for (var partition : partitions) {
            try {
                byServer.computeIfAbsent(
                                redis.to(names(partition).order()), any -> new ArrayList<>())
                        .add(partition);
            } catch (RedisUnavailableException e) {
                // Nobody holds its slot.
            }
        }
        if (byServer.size() == 1) {
            var only = byServer.values().iterator().next();
            if (only.size() == partitions.size()) {
                return positionsAtOneServer(partitions);
            }
        }
        Map<Partition, Position> known = new ConcurrentHashMap<>();
        var all =
                byServer.values().stream()
                        .map(
                                part ->
                                        positionsAtOneServer(part)
                                                .thenAccept(
                                                        positions -> put(known, part, positions)))
                        .map(told -> told.exceptionally(error -> null).toCompletableFuture())
                        .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(all)
                .thenApply(
                        done ->
                                partitions.stream()
                                        .map(it -> known.getOrDefault(it, Position.UNKNOWN))
                                        .toList());
    }

    private static void put(
            Map<Partition, Position> known, List<Partition> part, List<Position> positions) {
        for (var i = 0; i < part.size(); i++) {
            known.put(part.get(i), positions.get(i));
        }
    }

    private CompletionStage<List<Position>> positionsAtOneServer(List<Partition> partitions) {
        var first = names(partitions.get(0));
        return guard.run(
                first.order(),
                server -> {
                    var session = Session.of(server);
                    var greetings =
                            partitions.stream()
                                    .map(it -> greeter.greet(session, it, names(it)))
                                    .map(CompletionStage::toCompletableFuture)
                                    .toArray(CompletableFuture[]::new);
                    return CompletableFuture.allOf(greetings)
                            .thenCompose(
                                    done ->
                                            positions(session, partitions)
                                                    .thenCombine(
                                                            proof(session)
                                                                    .fresh(
                                                                            session,
                                                                            () ->
                                                                                    session.prove(
                                                                                            first
                                                                                                    .probe())),
                                                            (positions, at) -> positions));
                });
    }

    private CompletionStage<List<Position>> positions(Session session, List<Partition> partitions) {
        CompletionStage<List<Position>> all = CompletableFuture.completedStage(new ArrayList<>());
        // All are sent before any is awaited: one round trip.
        var replies = partitions.stream().map(it -> position(session, it, names(it))).toList();
        for (var reply : replies) {
            all =
                    all.thenCombine(
                            reply,
                            (positions, position) -> {
                                positions.add(position);
                                return positions;
                            });
        }
        return all;
    }

    /** Where a partition is; unknown where it has no order, or not the one that it had. */
    private CompletionStage<Position> position(Session session, Partition partition, Names of) {
        return session.commands()
                .hmget(of.order(), GENERATION, VERSION)
                .handle(
                        (fields, error) -> {
                            if (error != null) {
                                return noOrder(error);
                            }
                            var position =
                                    Replies.position(
                                            fields.get(0).getValueOrElse(null),
                                            fields.get(1).getValueOrElse(null));
                            if (seen.isBehind(partition, position)) {
                                return Position.UNKNOWN;
                            }
                            seen.add(partition, position);
                            return position;
                        });
    }

    /** What is none of ours lies under its name: the next script puts an order in its place. */
    private static Position noOrder(Throwable error) {
        if (RedisFailure.of(error).kind() == RedisFailure.Kind.WRONG_TYPE) {
            return Position.UNKNOWN;
        }
        throw new CompletionException(error);
    }

    @Override
    public CompletionStage<Marks.Difference> changes(Partition partition, Position known) {
        return on(
                partition,
                (session, of) -> {
                    seen.addOld(partition, known);
                    var args = seen.order(partition);
                    args.add(Replies.generation(known.generation()));
                    args.add(Replies.number(known.version()));
                    return CHANGES.run(session.commands(), of.sets(), args)
                            .thenApply(
                                    reply -> {
                                        var difference = Replies.difference(reply);
                                        var at = difference.position();
                                        seen.add(partition, at);
                                        seen.begun(partition, at.generation(), (Long) reply.get(7));
                                        return difference;
                                    });
                });
    }

    @Override
    public CompletionStage<Lease.Reply> lease(
            Partition partition, List<Lease.Wanted> wanted, String owner, Duration lifetime) {
        return on(
                partition,
                (session, of) ->
                        leaser.lease(
                                session.commands(),
                                of,
                                seen.order(partition),
                                wanted,
                                owner,
                                lifetime,
                                position -> seen.add(partition, position)));
    }

    @Override
    public CompletionStage<Set<String>> renew(
            Partition partition, Set<String> keys, String owner, Duration lifetime) {
        return on(
                partition,
                (session, of) -> leaser.renew(session.commands(), of, keys, owner, lifetime));
    }

    @Override
    public CompletionStage<Set<String>> release(
            Partition partition, Set<String> keys, String owner) {
        return on(partition, (session, of) -> leaser.release(session.commands(), of, keys, owner));
    }

    @Override
    public CompletionStage<Lease.Filled> fill(
            Partition partition, Map<String, Entry> entries, String owner) {
        if (entries.isEmpty()) {
            return CompletableFuture.completedStage(new Lease.Filled(Set.of(), Set.of()));
        }
        return on(
                partition,
                (session, of) ->
                        filler.fill(session.commands(), of, entries, owner, clock.millis()));
    }

    @Override
    public CompletionStage<Collection<String>> warm(
            Partition partition, Map<String, Entry> entries, long readSince) {
        return on(
                partition,
                (session, of) -> warmFiller.warm(session, of, entries, readSince, clock.millis()));
    }

    @Override
    public CompletionStage<Position> invalidate(Partition partition, Change change) {
        var nameless = change.keys().stream().anyMatch(key -> !Unicode.isValid(key));
        if (nameless) {
            return noUnicode();
        }
        return on(partition, (session, of) -> changer.invalidate(session, partition, of, change));
    }

    @Override
    public CompletionStage<Position> put(Partition partition, String key, Entry entry) {
        if (!Unicode.isValid(key)) {
            return noUnicode();
        }
        return on(
                partition,
                (session, of) -> changer.put(session, partition, of, key, entry, clock.millis()));
    }

    @Override
    public CompletionStage<Long> prune(Partition partition, BiPredicate<String, Entry> dead) {
        return on(partition, (session, of) -> pruner.prune(session.commands(), of, dead));
    }

    @Override
    public Usage usage(String cache) {
        return Usage.NONE;
    }

    @Override
    public CompletionStage<List<Location>> locations(String cache) {
        var count = counter.begin();
        CompletionStage<Void> counted = CompletableFuture.completedStage(null);
        for (var i = 0; i < partitions(); i++) {
            var partition = new Partition(cache, i);
            counted =
                    counted.thenCompose(
                            before ->
                                    on(
                                            partition,
                                            (session, of) -> count.add(session.commands(), of)));
        }
        var where = redis.description() + ", " + prefix + namespace + ":{" + cache + ":*}:e:*";
        return counted.thenApply(all -> List.of(count.total(where)));
    }

    /** How often something under an entry's name was none of ours, damaged, or too large. */
    public long undecodable() {
        return reader.undecodable();
    }

    @Override
    public void close() {
        names.clear();
    }

    /** An operation on a partition that was greeted. */
    private <T> CompletionStage<T> on(
            Partition partition, BiFunction<Session, Names, CompletionStage<T>> operation) {
        var of = names(partition);
        return guard.run(
                of.order(),
                server -> {
                    var session = Session.of(server);
                    return greeter.greet(session, partition, of)
                            .thenCompose(done -> operation.apply(session, of));
                });
    }

    /** Redis is back: what this instance knows, and it may lack, must not wait for a lookup. */
    private void greetAll() {
        names.forEach(
                (partition, of) ->
                        guard.run(
                                        of.order(),
                                        server -> greeter.greet(Session.of(server), partition, of))
                                .exceptionally(error -> null));
    }

    private Proof<Session> proof(Session session) {
        return proofs.computeIfAbsent(
                session.server(),
                any ->
                        new Proof<>(
                                clock::nanos,
                                it -> it.replication().isRequired(),
                                Session::hopeless));
    }

    private Names names(Partition partition) {
        var known = names.get(partition);
        return known != null
                ? known
                : names.computeIfAbsent(partition, it -> new Names(prefix, namespace, it));
    }

    private static <T> CompletionStage<T> noUnicode() {
        return CompletableFuture.failedStage(
                new IllegalArgumentException("a key that is no valid Unicode"));
    }
}
