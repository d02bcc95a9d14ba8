package io.cistern.store.redis;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.order.Position;
import io.cistern.redis.DataConnection;
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

    private final DataConnection redis;
    private final RedisLimits limits;

    WarmFiller(DataConnection redis, RedisLimits limits) {
        this.redis = redis;
        this.limits = limits;
    }

    /**
     * @param entries all at the same position
     * @param readSince milliseconds of the store's time
     * @param now the store's time
     * @return the keys that are stored
     */
    CompletionStage<Set<String>> warm(
            Names names, Map<String, Entry> entries, long readSince, long now) {
        CompletionStage<Set<String>> stored = CompletableFuture.completedStage(new HashSet<>());
        var rest = entries.entrySet().iterator();
        while (rest.hasNext()) {
            var part = new Part(names, rest, readSince, now);
            if (part.keys.isEmpty()) {
                continue;
            }
            stored =
                    stored.thenCombine(
                            WARM.run(redis.commands(), part.names, part.args),
                            (all, refused) -> part.collect(all, refused));
        }
        return stored;
    }

    /** What goes into one call. */
    private final class Part {
        private final List<String> keys = new ArrayList<>();
        private final List<byte[]> names;
        private final List<byte[]> args = new ArrayList<>(List.of(UNUSED, UNUSED, UNUSED));

        Part(Names of, Iterator<Map.Entry<String, Entry>> rest, long readSince, long now) {
            this.names = new ArrayList<>(of.sets());
            var bytes = 0;
            while (rest.hasNext()
                    && keys.size() < limits.entriesPerFill()
                    && bytes < limits.bytesPerFill()) {
                var next = rest.next();
                var entry = next.getValue();
                var lifetime = limits.lifetime(entry, now);
                var record = EntryFormat.encode(entry);
                if (lifetime <= 0 || record.length > limits.recordBytes()) {
                    continue;
                }
                if (keys.isEmpty()) {
                    begin(entry.position(), readSince);
                }
                keys.add(next.getKey());
                names.add(of.entry(next.getKey()));
                args.add(Replies.number(lifetime));
                args.add(Names.keyMember(next.getKey()));
                args.add(record);
                bytes += record.length;
            }
        }

        private void begin(Position position, long readSince) {
            args.add(Replies.generation(position.generation()));
            args.add(Replies.number(position.version()));
            args.add(Replies.number(readSince));
        }

        Set<String> collect(Set<String> stored, List<Object> refused) {
            if (refused.size() == 1 && ((Long) refused.get(0)) == 0) {
                return stored;
            }
            var not = new HashSet<>(refused);
            for (var i = 0; i < keys.size(); i++) {
                if (!not.contains(i + 1L)) {
                    stored.add(keys.get(i));
                }
            }
            return stored;
        }
    }
}
