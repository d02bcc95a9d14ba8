package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.Unicode;
import io.cistern.cache.spi.Lease;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Stores what loads brought, a bounded part at a time. */
final class Filler {

    private static final Script FILL = Script.of("order.lua", "leases.lua", "fill.lua");
    private static final byte[] UNUSED = {};

    private final RedisLimits limits;
    private final Records records;

    Filler(RedisLimits limits, Records records) {
        this.limits = limits;
        this.records = records;
    }

    /**
     * @param owner of the leases, or null
     * @param now the store's time
     */
    CompletionStage<Lease.Filled> fill(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Names names,
            Map<String, Entry> entries,
            String owner,
            long now) {
        var filled = new Lease.Filled(new HashSet<>(), new HashSet<>());
        var parts = new Parts(names, entries.entrySet().iterator(), owner, now);
        return Sequence.each(
                        parts,
                        part ->
                                FILL.run(redis, part.allKeys(), part.args)
                                        .thenAccept(reply -> part.collect(reply, filled)))
                .thenApply(done -> filled);
    }

    /** What goes into one call. */
    private static final class Part {
        private final List<String> entries = new ArrayList<>();
        private final List<byte[]> keys;
        private final List<byte[]> leases = new ArrayList<>();
        private final List<byte[]> args = new ArrayList<>(List.of(UNUSED, UNUSED, UNUSED));

        Part(Names names, String owner) {
            this.keys = new ArrayList<>(names.sets());
            this.args.add(owner == null ? UNUSED : owner.getBytes(US_ASCII));
        }

        List<byte[]> allKeys() {
            var all = new ArrayList<>(keys);
            all.addAll(leases);
            return all;
        }

        void collect(List<Object> reply, Lease.Filled filled) {
            collect((List<?>) reply.get(0), filled.stored());
            collect((List<?>) reply.get(1), filled.awaited());
        }

        private void collect(List<?> indexes, Set<String> into) {
            indexes.forEach(index -> into.add(entries.get(((Long) index).intValue() - 1)));
        }
    }

    /** Encodes only what is about to be sent. */
    private final class Parts implements Iterator<Part> {
        private final Names names;
        private final Iterator<Map.Entry<String, Entry>> entries;
        private final String owner;
        private final long now;
        private Part next;

        Parts(Names names, Iterator<Map.Entry<String, Entry>> entries, String owner, long now) {
            this.names = names;
            this.entries = entries;
            this.owner = owner;
            this.now = now;
            this.next = collect();
        }

        @Override
        public boolean hasNext() {
            return !next.entries.isEmpty();
        }

        @Override
        public Part next() {
            var part = next;
            next = collect();
            return part;
        }

        private Part collect() {
            var part = new Part(names, owner);
            var bytes = 0;
            while (entries.hasNext()
                    && part.entries.size() < limits.entriesPerFill()
                    && bytes < limits.bytesPerFill()) {
                var entry = entries.next();
                bytes += add(part, entry.getKey(), entry.getValue());
            }
            return part;
        }

        private int add(Part part, String key, Entry entry) {
            var lifetime = limits.lifetime(entry, now);
            if (lifetime <= 0 || !Unicode.isValid(key)) {
                return 0;
            }
            var record = records.encode(names, entry);
            if (record.length > limits.recordBytes()) {
                return 0;
            }
            part.entries.add(key);
            part.keys.add(names.entry(key));
            part.leases.add(names.lease(key));
            part.args.add(Replies.number(lifetime));
            part.args.add(Members.EVICTED.key(key));
            part.args.add(record);
            return record.length;
        }
    }
}
