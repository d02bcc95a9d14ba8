package io.cistern.store.redis;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Of entries that are stored ahead of any demand, so many as go into one call. */
final class WarmPart {

    private static final byte[] UNUSED = {};

    private final Names of;
    private final long readSince;
    private final List<String> keys = new ArrayList<>();
    private final List<byte[]> names = new ArrayList<>();
    private final List<byte[]> records = new ArrayList<>();
    private long lifetime;
    private long latest;
    private Position position;

    /**
     * @param of the partition
     * @param rest what it takes from; all at the same position
     * @param all makes the records
     * @param readSince milliseconds of the store's time
     * @param now the store's time
     */
    WarmPart(
            Names of,
            Iterator<Map.Entry<String, Entry>> rest,
            RedisLimits limits,
            Records all,
            long readSince,
            long now) {
        this.of = of;
        this.readSince = readSince;
        var bytes = 0;
        while (rest.hasNext()
                && keys.size() < limits.entriesPerWarmPart()
                && bytes < limits.bytesPerFill()) {
            var next = rest.next();
            var entry = next.getValue();
            var lives = limits.lifetime(entry, now);
            var record = all.encode(of, entry);
            if (lives > 0 && record.length <= limits.recordBytes()) {
                add(next.getKey(), entry, record, lives);
                bytes += record.length;
            }
        }
    }

    private void add(String key, Entry entry, byte[] record, long lives) {
        position = entry.position();
        // Each says itself when it is dead; Redis only has to keep it until then.
        lifetime = Math.max(lifetime, lives);
        latest = Math.max(latest, entry.created());
        keys.add(key);
        names.add(of.entry(key));
        records.add(record);
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    List<String> keys() {
        return keys;
    }

    /** The entries' names. */
    List<byte[]> names() {
        return names;
    }

    List<byte[]> records() {
        return records;
    }

    byte[] lifetime() {
        return Replies.number(lifetime);
    }

    /** What warm-fence.lua takes. */
    List<byte[]> fence() {
        var at = ByteBuffer.allocate(2 * Long.BYTES);
        at.putLong(position.generation()).putLong(position.version());
        List<byte[]> args = new ArrayList<>(records.size() + 10);
        args.addAll(List.of(UNUSED, UNUSED, UNUSED));
        args.add(Replies.generation(position.generation()));
        args.add(Replies.number(position.version()));
        args.add(at.array());
        args.add(Replies.number(readSince));
        args.add(Replies.number(of.entry("").length + 1L));
        args.add(Replies.number(latest));
        return args;
    }

    /**
     * @param refused which are not stored, counted from 1; 0 for all
     * @return the keys of those that are
     */
    Collection<String> without(List<Object> refused) {
        var not = new HashSet<>(refused);
        List<String> stored = new ArrayList<>();
        if (!not.contains(0L)) {
            for (var i = 0; i < keys.size(); i++) {
                if (!not.contains(i + 1L)) {
                    stored.add(keys.get(i));
                }
            }
        }
        return stored;
    }
}
