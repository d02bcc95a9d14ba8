package io.cistern.store.redis;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.order.Position;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Stores what was read ahead of any demand: bounded parts, all sent at once. Whoever calls bounds
 * how much that is.
 */
final class WarmFiller {

    private static final Script WARM = Script.of("order.lua", "warm.lua");
    private static final byte[] UNUSED = {};

    private final RedisLimits limits;

    WarmFiller(RedisLimits limits) {
        this.limits = limits;
    }

    /**
     * @param entries all at the same position
     * @param readSince milliseconds of the store's time
     * @param now the store's time
     * @return the keys that are stored
     */
    CompletionStage<Set<String>> warm(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Names names,
            Map<String, Entry> entries,
            long readSince,
            long now) {
        CompletionStage<Set<String>> stored = CompletableFuture.completedStage(new HashSet<>());
        var rest = entries.entrySet().iterator();
        while (rest.hasNext()) {
            var part = new Part(names, rest, now);
            if (part.keys.isEmpty()) {
                continue;
            }
            stored =
                    stored.thenCombine(
                            WARM.run(redis, part.names, part.args(names, readSince)),
                            (all, refused) -> part.collect(all, refused));
        }
        return stored;
    }

    /** What goes into one call. */
    private final class Part {
        private final List<String> keys = new ArrayList<>();
        private final List<byte[]> names;
        private final List<byte[]> records = new ArrayList<>();
        private long lifetime;
        private Position position;

        Part(Names of, Iterator<Map.Entry<String, Entry>> rest, long now) {
            this.names = new ArrayList<>(of.sets());
            var bytes = 0;
            while (rest.hasNext()
                    && keys.size() < limits.entriesPerFill()
                    && bytes < limits.bytesPerFill()) {
                var next = rest.next();
                var entry = next.getValue();
                var lives = limits.lifetime(entry, now);
                var record = EntryFormat.encode(entry);
                if (lives <= 0 || record.length > limits.recordBytes()) {
                    continue;
                }
                position = entry.position();
                // Each says itself when it is dead; Redis only has to keep it until then.
                lifetime = Math.max(lifetime, lives);
                keys.add(next.getKey());
                names.add(of.entry(next.getKey()));
                records.add(record);
                bytes += record.length;
            }
        }

        List<byte[]> args(Names of, long readSince) {
            var at = ByteBuffer.allocate(2 * Long.BYTES);
            at.putLong(position.generation()).putLong(position.version());
            var args = new ArrayList<byte[]>(records.size() + 9);
            args.addAll(List.of(UNUSED, UNUSED, UNUSED));
            args.add(Replies.generation(position.generation()));
            args.add(Replies.number(position.version()));
            args.add(at.array());
            args.add(ByteBuffer.allocate(Long.BYTES).putLong(readSince).array());
            args.add(Replies.number(lifetime));
            args.add(Replies.number(of.entry("").length + 1L));
            args.addAll(records);
            return args;
        }

        Set<String> collect(Set<String> stored, List<Object> refused) {
            if (refused.isEmpty()) {
                stored.addAll(keys);
                return stored;
            }
            var not = new HashSet<>(refused);
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
}
