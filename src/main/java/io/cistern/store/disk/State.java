package io.cistern.store.disk;

import io.cistern.cache.order.Change;
import io.cistern.cache.order.MarkSet;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import io.cistern.store.Held;
import io.cistern.store.memory.Name;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a ledger tells: the order of each partition, and where each entry is. Every method that
 * changes it also writes the record that says so, and reading that record back has the same effect.
 * One thread at a time; others may read {@link #places}.
 *
 * <pre>
 * 1 partition, key, file, offset, length, checksum, version, kept until     an entry is kept
 * 2 partition, key                                                          and no more
 * 3 partition, version, mode, keys, tags, patterns, all                     an invalidation
 * 4 number, cache, index                                                    a partition's number
 * 5 partition, version, three floors, evicted, expired                      an order, as a whole
 * </pre>
 */
final class State {

    private static final int STORED = 1;
    private static final int REMOVED = 2;
    private static final int CHANGED = 3;
    private static final int PARTITION = 4;
    private static final int ORDER = 5;

    /** What a record of an entry takes besides its key, about. */
    private static final int RECORD_BYTES = 28;

    /** By which part more is read than the store takes, until it is shed. */
    private static final int SLACK = 8;

    /**
     * What a place takes of the heap for each entry is a good part of that, however small it is.
     */
    private static final long LEAST_BYTES = Held.bytes("", 0);

    private final long generation;
    private final int limit;
    private final long mostBytes;
    private final Map<Partition, Integer> numbers = new LinkedHashMap<>();
    private final List<Partition> partitions = new ArrayList<>();
    private final Map<Partition, Marks> orders = new HashMap<>();
    private final Map<Name, Place> places;

    /** By number of a file of values, how many bytes of it are of entries that are kept. */
    private final Map<Integer, long[]> live = new HashMap<>();

    private long recordBytes;
    private long liveBytes;
    private long heldBytes;
    private boolean hasShed;

    /**
     * @param generation of all orders
     * @param limit of the marks of each
     */
    State(long generation, int limit) {
        this(generation, limit, 0, Long.MAX_VALUE);
    }

    /**
     * @param generation of all orders
     * @param limit of the marks of each
     * @param bytes of the ledger that is about to be read
     * @param mostBytes what the store holds at most; of more than that, what was written last is
     *     read
     */
    State(long generation, int limit, long bytes, long mostBytes) {
        this.generation = generation;
        this.limit = limit;
        this.mostBytes = mostBytes;
        var likely = Math.min(bytes / (2 * RECORD_BYTES), mostBytes / LEAST_BYTES);
        this.places = new ConcurrentHashMap<>((int) Math.min(1 << 24, likely) + 16);
    }

    long generation() {
        return generation;
    }

    /** Where entries are. To be read only. */
    Map<Name, Place> places() {
        return places;
    }

    Map<Partition, Marks.Difference> orders() {
        var all = new HashMap<Partition, Marks.Difference>();
        orders.forEach((partition, marks) -> all.put(partition, whole(marks)));
        return all;
    }

    /** Whether an entry's load began where its order was never heard of. */
    boolean isAhead(Name name, Place place) {
        return place.version() > order(name.partition()).position().version();
    }

    /** How many bytes of a file of values are of entries that are still kept. */
    long liveBytes(int file) {
        var bytes = live.get(file);
        return bytes == null ? 0 : bytes[0];
    }

    /** The same of all files. */
    long liveBytes() {
        return liveBytes;
    }

    /** What the records of all entries would take in a new ledger, about. */
    long recordBytes() {
        return recordBytes;
    }

    void store(Out out, Name name, Place place) {
        var number = number(out, name.partition());
        putStored(out, number, name.key(), place);
        put(name, place);
    }

    private static void putStored(Out out, int number, String key, Place place) {
        out.tag(STORED).number(number).text(key).number(place.file()).number(place.offset());
        out.number(place.length()).fixed(place.checksum()).number(place.version());
        out.fixed(place.keptUntil());
    }

    /** Nothing is written of what is not there. */
    void remove(Out out, Name name) {
        if (places.containsKey(name)) {
            out.tag(REMOVED).number(number(out, name.partition())).text(name.key());
            take(name);
        }
    }

    void change(Out out, Partition partition, Change change, Position at) {
        var number = number(out, partition);
        out.tag(CHANGED).number(number).number(at.version()).tag(change.isEviction() ? 0 : 1);
        putTexts(out, change.keys());
        putTexts(out, change.tags());
        putTexts(out, change.patterns());
        out.tag(change.all() ? 1 : 0);
        apply(partition, change, at.version());
    }

    /** The partitions and their orders, as a new ledger begins. */
    void begin(Out out) {
        numbers.forEach((partition, number) -> putPartition(out, number, partition));
        orders.forEach((partition, marks) -> putOrder(out, numbers.get(partition), whole(marks)));
    }

    /** An entry as it is, for a new ledger. */
    void repeat(Out out, Name name, Place place) {
        putStored(out, numbers.get(name.partition()), name.key(), place);
    }

    /** All entries are kept no more, without a record of it. */
    void forgetPlaces() {
        places.clear();
        live.clear();
        recordBytes = 0;
        liveBytes = 0;
        heldBytes = 0;
    }

    /** Whether some of what was read is not there, for want of room and without a record of it. */
    boolean hasShed() {
        return hasShed;
    }

    /**
     * Reads records back.
     *
     * @throws DamagedException if they are none
     */
    void apply(In in) {
        while (!in.isAtEnd()) {
            switch (in.tag()) {
                case STORED -> {
                    put(name(in), place(in));
                    // Some more than the store takes, so that it is not done for each.
                    if (heldBytes > mostBytes + mostBytes / SLACK) {
                        shed();
                    }
                }
                case REMOVED -> take(name(in));
                case CHANGED -> change(in);
                case PARTITION -> partition(in);
                case ORDER -> order(in);
                default -> throw new DamagedException("an unknown record");
            }
        }
    }

    /** Forgets what was written first, until the store has room for the rest. */
    private void shed() {
        var all = new ArrayList<>(places.entrySet());
        all.sort(Map.Entry.comparingByValue(Place.FIRST_WRITTEN));
        for (var oldest = all.iterator(); heldBytes > mostBytes && oldest.hasNext(); ) {
            take(oldest.next().getKey());
        }
        hasShed = true;
    }

    private Name name(In in) {
        return new Name(known(in), in.text());
    }

    private Partition known(In in) {
        var number = in.smallNumber();
        if (number >= partitions.size()) {
            throw new DamagedException("an unknown partition");
        }
        return partitions.get(number);
    }

    private static Place place(In in) {
        return new Place(
                in.smallNumber(),
                in.number(),
                in.smallNumber(),
                in.fixedInt(),
                in.number(),
                in.fixedLong());
    }

    private void change(In in) {
        var partition = known(in);
        var version = in.number();
        var mode = in.tag() == 0 ? Change.Mode.EVICT : Change.Mode.EXPIRE;
        apply(partition, new Change(mode, texts(in), texts(in), texts(in), in.tag() == 1), version);
    }

    private void apply(Partition partition, Change change, long version) {
        var marks = order(partition);
        if (!marks.apply(change, new Position(generation, version))) {
            throw new DamagedException("invalidations are missing");
        }
        if (change.isEviction()) {
            change.keys().forEach(key -> take(new Name(partition, key)));
        }
    }

    private void partition(In in) {
        if (in.smallNumber() != partitions.size()) {
            throw new DamagedException("partitions out of order");
        }
        define(new Partition(in.text(), in.smallNumber()));
    }

    private void order(In in) {
        var partition = known(in);
        var position = new Position(generation, in.number());
        var difference =
                new Marks.Difference(
                        position, in.number(), in.number(), in.number(), named(in), named(in));
        var marks = newOrder();
        marks.apply(difference);
        orders.put(partition, marks);
    }

    private void put(Name name, Place place) {
        count(name, places.put(name, place), -1);
        count(name, place, 1);
    }

    private void take(Name name) {
        count(name, places.remove(name), -1);
    }

    private void count(Name name, Place place, int sign) {
        if (place != null) {
            var bytes = sign * place.length();
            live.computeIfAbsent(place.file(), it -> new long[1])[0] += bytes;
            liveBytes += bytes;
            recordBytes += (long) sign * (RECORD_BYTES + name.key().length());
            heldBytes += sign * Held.bytes(name.key(), place.length());
        }
    }

    private int number(Out out, Partition partition) {
        var known = numbers.get(partition);
        if (known != null) {
            return known;
        }
        putPartition(out, partitions.size(), partition);
        return define(partition);
    }

    private int define(Partition partition) {
        var number = partitions.size();
        partitions.add(partition);
        numbers.put(partition, number);
        return number;
    }

    private Marks order(Partition partition) {
        return orders.computeIfAbsent(partition, it -> newOrder());
    }

    private Marks newOrder() {
        return new Marks(new Position(generation, 0), limit);
    }

    /** All that there is of an order. */
    private Marks.Difference whole(Marks marks) {
        return marks.since(new Position(generation, -1));
    }

    private static void putPartition(Out out, int number, Partition partition) {
        out.tag(PARTITION).number(number).text(partition.cache()).number(partition.index());
    }

    private static void putOrder(Out out, int number, Marks.Difference all) {
        out.tag(ORDER).number(number).number(all.position().version()).number(all.floor());
        out.number(all.loadFloor()).number(all.expireFloor());
        putNamed(out, all.evicted());
        putNamed(out, all.expired());
    }

    private static void putNamed(Out out, MarkSet.Named named) {
        putVersions(out, named.tags());
        putVersions(out, named.patterns());
        putVersions(out, named.keys());
    }

    private static void putVersions(Out out, Map<String, Long> versions) {
        out.number(versions.size());
        versions.forEach((name, version) -> out.text(name).number(version));
    }

    private static MarkSet.Named named(In in) {
        return new MarkSet.Named(versions(in), versions(in), versions(in));
    }

    private static Map<String, Long> versions(In in) {
        var versions = new HashMap<String, Long>();
        for (var left = in.count(); left > 0; left--) {
            versions.put(in.text(), in.number());
        }
        return versions;
    }

    private static void putTexts(Out out, Collection<String> texts) {
        out.number(texts.size());
        texts.forEach(out::text);
    }

    private static Set<String> texts(In in) {
        var texts = new HashSet<String>();
        for (var left = in.count(); left > 0; left--) {
            texts.add(in.text());
        }
        return texts;
    }
}
