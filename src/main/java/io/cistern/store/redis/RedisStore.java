package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.entry.Unicode;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import io.cistern.redis.DataConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/**
 * Entries and their order in Redis. Reads are pipelined and go without a script; whatever depends
 * on the order runs as a script, so that nothing comes between. Every entry expires by itself.
 *
 * <p>A change of very many names is made in several steps, each atomic. Keys that are no valid
 * Unicode are not kept; invalidating one fails with {@link IllegalArgumentException}.
 */
public final class RedisStore implements Store {

    private static final byte[] NOTHING = {};
    private static final byte[] YES = {'1'};
    private static final byte[] NO = {'0'};
    private static final byte[] GENERATION = "g".getBytes(US_ASCII);
    private static final byte[] VERSION = "v".getBytes(US_ASCII);

    private static final Script CHANGES = Script.of("order.lua", "changes.lua");
    private static final Script INVALIDATE = Script.of("order.lua", "invalidate.lua");
    private static final Script PUT = Script.of("order.lua", "put.lua");

    private final DataConnection redis;
    private final Clock clock;
    private final RedisLimits limits;
    private final String prefix;
    private final String namespace;
    private final Map<Partition, Names> names = new ConcurrentHashMap<>();
    private final Seen seen = new Seen();
    private final Guard guard;
    private final Reader reader;
    private final Filler filler;
    private final WarmFiller warmFiller;
    private final Leaser leaser;
    private final Pruner pruner;

    /**
     * @param redis the way to Redis; not closed with the store
     * @param clock the store's time, for when entries expire
     * @param prefix what every name in Redis begins with; may be empty
     * @param namespace behind it, before the first colon
     * @param limits what is bounded
     */
    public RedisStore(
            DataConnection redis,
            Clock clock,
            String prefix,
            String namespace,
            RedisLimits limits) {
        this.redis = redis;
        this.clock = clock;
        this.limits = limits;
        this.prefix = prefix;
        this.namespace = namespace;
        this.guard = new Guard(redis);
        this.reader = new Reader(redis, limits);
        this.filler = new Filler(redis, limits);
        this.warmFiller = new WarmFiller(redis, limits);
        this.leaser = new Leaser(redis, limits);
        this.pruner = new Pruner(redis, limits);
    }

    @Override
    public Tier tier() {
        return Tier.SHARED;
    }

    @Override
    public int partitions() {
        return 1;
    }

    @Override
    public boolean isAvailable() {
        return redis.isUp();
    }

    @Override
    public void onReturn(Runnable listener) {
        redis.onUp(listener);
    }

    @Override
    public CompletionStage<View> read(Partition partition, List<String> keys) {
        return guard.run(
                () -> {
                    var of = names(partition);
                    // First, so that no invalidation lies between the position and the entries.
                    var order = redis.commands().hmget(of.order(), GENERATION, VERSION);
                    return reader.read(of, keys)
                            .thenCombine(
                                    order,
                                    (entries, fields) -> {
                                        var position =
                                                Replies.position(
                                                        fields.get(0).getValueOrElse(null),
                                                        fields.get(1).getValueOrElse(null));
                                        seen.add(partition, position);
                                        return new View(position, entries);
                                    });
                });
    }

    @Override
    public CompletionStage<List<Position>> positions(List<Partition> partitions) {
        return guard.run(
                () -> {
                    CompletionStage<List<Position>> all =
                            CompletableFuture.completedStage(new ArrayList<>());
                    // All are sent before any is awaited: one round trip.
                    var replies =
                            partitions.stream()
                                    .map(
                                            partition ->
                                                    redis.commands()
                                                            .hmget(
                                                                    names(partition).order(),
                                                                    GENERATION,
                                                                    VERSION))
                                    .toList();
                    for (var reply : replies) {
                        all =
                                all.thenCombine(
                                        reply,
                                        (positions, fields) -> {
                                            positions.add(
                                                    Replies.position(
                                                            fields.get(0).getValueOrElse(null),
                                                            fields.get(1).getValueOrElse(null)));
                                            return positions;
                                        });
                    }
                    return all;
                });
    }

    @Override
    public CompletionStage<Marks.Difference> changes(Partition partition, Position known) {
        return guard.run(
                () -> {
                    seen.addOld(partition, known);
                    var args = order(partition);
                    args.add(Replies.generation(known.generation()));
                    args.add(Replies.number(known.version()));
                    return CHANGES.run(redis.commands(), names(partition).sets(), args)
                            .thenApply(
                                    reply -> {
                                        var difference = Replies.difference(reply);
                                        seen.add(partition, difference.position());
                                        return difference;
                                    });
                });
    }

    @Override
    public CompletionStage<Lease.Reply> lease(
            Partition partition, List<Lease.Wanted> wanted, String owner, Duration lifetime) {
        return guard.run(
                () ->
                        leaser.lease(
                                names(partition),
                                order(partition),
                                wanted,
                                owner,
                                lifetime,
                                position -> seen.add(partition, position)));
    }

    @Override
    public CompletionStage<Set<String>> release(
            Partition partition, Set<String> keys, String owner) {
        return guard.run(() -> leaser.release(names(partition), keys, owner));
    }

    @Override
    public CompletionStage<Lease.Filled> fill(
            Partition partition, Map<String, Entry> entries, String owner) {
        if (entries.isEmpty()) {
            return CompletableFuture.completedStage(new Lease.Filled(Set.of(), Set.of()));
        }
        return guard.run(() -> filler.fill(names(partition), entries, owner, clock.millis()));
    }

    @Override
    public CompletionStage<Set<String>> warm(
            Partition partition, Map<String, Entry> entries, long readSince) {
        return guard.run(
                () -> warmFiller.warm(names(partition), entries, readSince, clock.millis()));
    }

    @Override
    public CompletionStage<Position> invalidate(Partition partition, Change change) {
        var nameless = change.keys().stream().anyMatch(key -> !Unicode.isValid(key));
        if (nameless) {
            return noUnicode();
        }
        return guard.run(
                () -> {
                    var of = names(partition);
                    var last = new Position[1];
                    return Sequence.each(
                                    Steps.of(change, limits.namesPerStep()),
                                    step ->
                                            invalidate(partition, of, step)
                                                    .thenAccept(position -> last[0] = position))
                            .thenApply(done -> last[0]);
                });
    }

    private CompletionStage<Position> invalidate(Partition partition, Names of, Steps.Step step) {
        var keys = new ArrayList<>(of.sets());
        var args = order(partition);
        args.add(Replies.number(limits.marks()));
        args.add(step.all() ? YES : NO);
        args.add(Replies.number((long) step.tags().size() + step.patterns().size()));
        step.tags().forEach(tag -> args.add(Names.tagMember(tag)));
        step.patterns().forEach(pattern -> args.add(Names.patternMember(pattern)));
        for (var key : step.keys()) {
            keys.add(of.entry(key));
            keys.add(of.lease(key));
            args.add(Names.keyMember(key));
        }
        return INVALIDATE
                .run(redis.invalidations(), keys, args)
                .thenApply(reply -> position(partition, reply));
    }

    @Override
    public CompletionStage<Position> put(Partition partition, String key, Entry entry) {
        if (!Unicode.isValid(key)) {
            return noUnicode();
        }
        var record = EntryFormat.encode(entry);
        return guard.run(
                () -> {
                    var of = names(partition);
                    var keys = new ArrayList<>(of.sets());
                    keys.add(of.entry(key));
                    keys.add(of.lease(key));
                    var lifetime = limits.lifetime(entry, clock.millis());
                    var isKept = lifetime > 0 && record.length <= limits.recordBytes();
                    var args = order(partition);
                    args.add(Replies.number(limits.marks()));
                    args.add(Names.keyMember(key));
                    args.add(Replies.number(lifetime));
                    args.add(isKept ? record : NOTHING);
                    return PUT.run(redis.invalidations(), keys, args)
                            .thenApply(reply -> position(partition, reply));
                });
    }

    @Override
    public CompletionStage<Long> prune(Partition partition, BiPredicate<String, Entry> dead) {
        return guard.run(() -> pruner.prune(names(partition), dead));
    }

    @Override
    public Usage usage(String cache) {
        return Usage.NONE;
    }

    /** How often something under an entry's name was none of ours, damaged, or too large. */
    public long undecodable() {
        return reader.undecodable();
    }

    @Override
    public void close() {
        names.clear();
    }

    private Names names(Partition partition) {
        var known = names.get(partition);
        return known != null
                ? known
                : names.computeIfAbsent(partition, it -> new Names(prefix, namespace, it));
    }

    /** The arguments that every script begins with that may have to begin a generation. */
    private List<byte[]> order(Partition partition) {
        var latest = seen.of(partition);
        var args = new ArrayList<byte[]>();
        Collections.addAll(
                args,
                Replies.generation(seen.nextGeneration(partition)),
                Replies.generation(latest.generation()),
                Replies.number(latest.version()));
        return args;
    }

    private Position position(Partition partition, List<Object> reply) {
        var position = Replies.position(reply);
        seen.add(partition, position);
        return position;
    }

    private static <T> CompletionStage<T> noUnicode() {
        return CompletableFuture.failedStage(
                new IllegalArgumentException("a key that is no valid Unicode"));
    }
}
