package io.cistern.store.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import io.cistern.store.EvictionListener;
import io.cistern.store.Held;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Entries and their order in this process, bounded by bytes for all caches together. Every
 * operation has taken effect when it returns, and its stage ends when a {@link Journal} keeps it.
 */
public final class MemoryStore implements Store {

    /** A millisecond more, since an entry is still served in the one at which it is stale. */
    private static final long LAST_MILLI = 1;

    private final Clock clock;
    private final EvictionListener listener;
    private final int limit;
    private final long maxBytes;
    private final Journal journal;
    private final Cache<Name, Entry> entries;
    private final Map<Partition, Marks> orders = new ConcurrentHashMap<>();
    private final Map<String, Held> held = new ConcurrentHashMap<>();

    /**
     * @param maxBytes what all entries together may use, in bytes
     * @param clock by which entries expire
     * @param listener is told what is evicted
     */
    public MemoryStore(long maxBytes, Clock clock, EvictionListener listener) {
        this(maxBytes, clock, listener, Marks.LIMIT);
    }

    /**
     * @param maxBytes what all entries together may use, in bytes
     * @param clock by which entries expire
     * @param listener is told what is evicted
     * @param marks how many tags, and how many keys, are remembered for each partition
     */
    public MemoryStore(long maxBytes, Clock clock, EvictionListener listener, int marks) {
        this(maxBytes, clock, listener, marks, new NoJournal());
    }

    /**
     * @param maxBytes what all entries together may use, in bytes
     * @param clock by which entries expire
     * @param listener is told what is evicted
     * @param marks how many tags, and how many keys, are remembered for each partition
     * @param journal keeps entries and orders over a restart; closed with this
     */
    public MemoryStore(
            long maxBytes, Clock clock, EvictionListener listener, int marks, Journal journal) {
        this.clock = clock;
        this.listener = listener;
        this.limit = marks;
        this.maxBytes = maxBytes;
        this.journal = journal;
        this.entries =
                Caffeine.newBuilder()
                        .maximumWeight(maxBytes)
                        .<Name, Entry>weigher(MemoryStore::weigh)
                        .expireAfter(new AtStaleUntil())
                        .ticker(clock::nanos)
                        .executor(Runnable::run)
                        .removalListener(this::removed)
                        .build();
        journal.start(new AsHolder());
    }

    @Override
    public Tier tier() {
        return Tier.NEAR;
    }

    @Override
    public int partitions() {
        return 1;
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public void onReturn(Runnable listener) {
        // never away
    }

    @Override
    public CompletionStage<View> read(Partition partition, List<String> keys) {
        // First, so that no invalidation lies between the position and the entries.
        var position = order(partition).position();
        // Before the entries as well: one that is on its way back must not be missed in between.
        var isRestoring = journal.isRestoring();
        var found = find(partition, keys);
        if (!isRestoring || found.size() == keys.size()) {
            return CompletableFuture.completedStage(new View(position, found));
        }
        var others = keys.stream().filter(key -> !found.containsKey(key)).toList();
        return journal.read(partition, others)
                .thenApply(
                        kept -> {
                            found.putAll(kept);
                            found.putAll(find(partition, others));
                            return new View(position, found);
                        });
    }

    private Map<String, Entry> find(Partition partition, List<String> keys) {
        var found = new HashMap<String, Entry>();
        for (var key : keys) {
            var entry = entries.getIfPresent(new Name(partition, key));
            if (entry != null) {
                found.put(key, entry);
            }
        }
        return found;
    }

    @Override
    public CompletionStage<List<Position>> positions(List<Partition> partitions) {
        return CompletableFuture.completedStage(
                partitions.stream().map(partition -> order(partition).position()).toList());
    }

    @Override
    public CompletionStage<Marks.Difference> changes(Partition partition, Position known) {
        return CompletableFuture.completedStage(order(partition).since(known));
    }

    /** Nobody else is there to load. */
    @Override
    public CompletionStage<Lease.Reply> lease(
            Partition partition, List<Lease.Wanted> wanted, String owner, Duration lifetime) {
        var leases = new HashMap<String, Lease>();
        wanted.forEach(one -> leases.put(one.key(), Lease.Granted.INSTANCE));
        return CompletableFuture.completedStage(
                new Lease.Reply(order(partition).position(), leases));
    }

    /** Nobody else could take them. */
    @Override
    public CompletionStage<Set<String>> renew(
            Partition partition, Set<String> keys, String owner, Duration lifetime) {
        return CompletableFuture.completedStage(keys);
    }

    @Override
    public CompletionStage<Set<String>> release(
            Partition partition, Set<String> keys, String owner) {
        return CompletableFuture.completedStage(Set.of());
    }

    @Override
    public CompletionStage<Lease.Filled> fill(
            Partition partition, Map<String, Entry> loaded, String owner) {
        var order = order(partition);
        var stored = new HashSet<String>();
        synchronized (order) {
            loaded.forEach(
                    (key, entry) -> {
                        if (order.mayFill(key, entry.position())
                                && isNewest(partition, key, entry)
                                && store(partition, key, entry)) {
                            stored.add(key);
                        }
                    });
        }
        return journal.settled().thenApply(kept -> new Lease.Filled(stored, Set.of()));
    }

    @Override
    public CompletionStage<Collection<String>> warm(
            Partition partition, Map<String, Entry> read, long readSince) {
        var order = order(partition);
        var stored = new HashSet<String>();
        synchronized (order) {
            read.forEach(
                    (key, entry) -> {
                        var there = entries.getIfPresent(new Name(partition, key));
                        var older =
                                there == null
                                        || there.position().version() < entry.position().version()
                                        || there.created() < readSince;
                        if (older
                                && order.mayFill(key, entry.position())
                                && isNewest(partition, key, entry)
                                && store(partition, key, entry.tagged())) {
                            stored.add(key);
                        }
                    });
        }
        return journal.settled().thenApply(kept -> stored);
    }

    @Override
    public CompletionStage<Position> invalidate(Partition partition, Change change) {
        var order = order(partition);
        synchronized (order) {
            // Entries first: who sees the new version must not find what it deleted.
            var staying = staying(partition, order, change);
            if (change.isEviction()) {
                change.keys().stream()
                        .filter(key -> !staying.containsKey(key))
                        .forEach(key -> remove(partition, key));
            }
            var at = order.position();
            var next = new Position(at.generation(), at.version() + 1);
            staying.replaceAll((key, entry) -> entry.at(next));
            staying.forEach((key, entry) -> hold(new Name(partition, key), entry));
            order.invalidate(change);
            var kept = journal.changed(partition, change, next);
            // Afterwards, since the change takes its keys away from what is kept.
            staying.forEach((key, entry) -> journal.stored(new Name(partition, key), entry));
            return kept.thenApply(done -> next);
        }
    }

    /** What lives of a change's keys and carries a higher version of the origin than it says. */
    private Map<String, Entry> staying(Partition partition, Marks order, Change change) {
        var staying = new HashMap<String, Entry>();
        change.versions()
                .forEach(
                        (key, version) -> {
                            var entry = entries.getIfPresent(new Name(partition, key));
                            if (entry != null
                                    && entry.originVersion() > version
                                    && order.isUntouched(key, entry.position(), entry.tags())
                                    && !change.reaches(key, entry.tags())) {
                                staying.put(key, entry);
                            }
                        });
        return staying;
    }

    @Override
    public CompletionStage<Position> put(Partition partition, String key, Entry entry) {
        var order = order(partition);
        synchronized (order) {
            remove(partition, key);
            var change = Change.key(key);
            var position = order.invalidate(change);
            var kept = journal.changed(partition, change, position);
            store(partition, key, entry.at(position));
            var settled = journal.settled();
            return kept.thenCompose(done -> settled).thenApply(done -> position);
        }
    }

    @Override
    public CompletionStage<Long> prune(Partition partition, BiPredicate<String, Entry> dead) {
        // What is not held yet can't be judged.
        return journal.restored().thenApply(all -> pruneHeld(partition, dead));
    }

    private long pruneHeld(Partition partition, BiPredicate<String, Entry> dead) {
        var removed = 0L;
        for (var entry : entries.asMap().entrySet()) {
            var name = entry.getKey();
            if (name.partition().equals(partition)
                    && dead.test(name.key(), entry.getValue())
                    && entries.asMap().remove(name, entry.getValue())) {
                journal.dropped(name);
                removed++;
            }
        }
        return removed;
    }

    @Override
    public Usage usage(String cache) {
        entries.cleanUp();
        var of = held.get(cache);
        return of == null ? Usage.NONE : of.usage();
    }

    @Override
    public CompletionStage<List<Location>> locations(String cache) {
        var here = Stream.of(Location.memory(usage(cache)));
        return CompletableFuture.completedStage(
                Stream.concat(here, journal.location().stream()).toList());
    }

    @Override
    public void close() {
        journal.close();
        entries.invalidateAll();
    }

    private Marks order(Partition partition) {
        var known = orders.get(partition);
        return known != null ? known : orders.computeIfAbsent(partition, this::newOrder);
    }

    private Marks newOrder(Partition partition) {
        var kept = journal.order(partition);
        var order = new Marks(new Position(journal.generation(), 0), limit);
        kept.ifPresent(order::apply);
        return order;
    }

    private boolean isNewest(Partition partition, String key, Entry entry) {
        var there = entries.getIfPresent(new Name(partition, key));
        return there == null || there.position().version() <= entry.position().version();
    }

    private boolean store(Partition partition, String key, Entry entry) {
        if (entry.isDeadAt(clock.millis())) {
            return false;
        }
        var name = new Name(partition, key);
        hold(name, entry);
        journal.stored(name, entry);
        return true;
    }

    private void hold(Name name, Entry entry) {
        var of = heldOf(name.partition());
        of.add(name.key(), entry);
        if (entries.asMap().put(name, entry) == entry) {
            // The same once more: nobody is told of a removal.
            of.remove(name.key(), entry);
        }
    }

    private void remove(Partition partition, String key) {
        entries.asMap().remove(new Name(partition, key));
    }

    private Held heldOf(Partition partition) {
        return held.computeIfAbsent(partition.cache(), it -> new Held());
    }

    private void removed(Name name, Entry entry, RemovalCause cause) {
        heldOf(name.partition()).remove(name.key(), entry);
        if (cause == RemovalCause.SIZE) {
            journal.dropped(name);
            listener.evicted(name.partition().cache(), EvictionListener.Cause.SIZE);
        } else if (cause == RemovalCause.EXPIRED) {
            journal.dropped(name);
            listener.evicted(name.partition().cache(), EvictionListener.Cause.EXPIRED);
        }
    }

    private static int weigh(Name name, Entry entry) {
        return (int) Math.min(Integer.MAX_VALUE, Held.bytes(name.key(), entry));
    }

    private final class AsHolder implements Journal.Holder {
        @Override
        public Entry held(Name name) {
            return entries.policy().getIfPresentQuietly(name);
        }

        @Override
        public boolean hasRoom() {
            return hasRoom(1);
        }

        private boolean hasRoom(long bytes) {
            var used = held.values().stream().mapToLong(of -> of.usage().bytes()).sum();
            return used + bytes <= maxBytes;
        }

        @Override
        public boolean restore(Name name, Entry entry, BooleanSupplier claim) {
            // A store that is full looks as if it had room: something has just made way.
            if (!hasRoom(Held.bytes(name.key(), entry))) {
                return false;
            }
            synchronized (order(name.partition())) {
                if (claim.getAsBoolean() && held(name) == null) {
                    hold(name, entry);
                }
            }
            return true;
        }

        @Override
        public Iterable<Map.Entry<Name, Entry>> all() {
            return entries.asMap().entrySet();
        }
    }

    /** An entry goes when it is dead, however often it is read. */
    private final class AtStaleUntil implements Expiry<Name, Entry> {
        @Override
        public long expireAfterCreate(Name name, Entry entry, long now) {
            var left = entry.keptUntil() - clock.millis() + LAST_MILLI;
            return Math.max(0, TimeUnit.MILLISECONDS.toNanos(left));
        }

        @Override
        public long expireAfterUpdate(Name name, Entry entry, long now, long left) {
            return expireAfterCreate(name, entry, now);
        }

        @Override
        public long expireAfterRead(Name name, Entry entry, long now, long left) {
            return left;
        }
    }
}
