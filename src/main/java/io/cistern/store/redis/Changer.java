package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Carries out what moves the order on: invalidations, in bounded steps, and puts. */
final class Changer {

    private static final byte[] NOTHING = {};
    private static final byte[] EVICT = "evict".getBytes(US_ASCII);
    private static final byte[] EXPIRE = "expire".getBytes(US_ASCII);

    private static final Script INVALIDATE = Script.of("order.lua", "invalidate.lua");
    private static final Script INVALIDATE_OLDER = Script.of("order.lua", "invalidate-older.lua");
    private static final Script PUT = Script.of("order.lua", "put.lua");

    private final Seen seen;
    private final RedisLimits limits;
    private final Records records;

    Changer(Seen seen, RedisLimits limits, Records records) {
        this.records = records;
        this.seen = seen;
        this.limits = limits;
    }

    /**
     * @param change whose keys are all valid Unicode
     * @return the position behind it; so many replicas as are required have it
     */
    CompletionStage<Position> invalidate(
            Session session, Partition partition, Names of, Change change) {
        var last = new Position[1];
        var evicts = change.isEviction();
        var most = limits.namesPerStep();
        return Sequence.each(
                        Steps.of(change, most),
                        step ->
                                invalidateStep(session, partition, of, evicts, step)
                                        .thenAccept(position -> last[0] = position))
                .thenCompose(
                        done ->
                                Sequence.each(
                                        Steps.ofVersions(change, most),
                                        versions ->
                                                invalidateOlder(
                                                                session, partition, of, evicts,
                                                                versions)
                                                        .thenAccept(
                                                                position -> last[0] = position)))
                .thenCompose(done -> session.confirmed(last[0]))
                .thenApply(position -> seen.keep(partition, position));
    }

    private CompletionStage<Position> invalidateStep(
            Session session, Partition partition, Names of, boolean evicts, Steps.Step step) {
        var members = evicts ? Members.EVICTED : Members.EXPIRED;
        var keys = new ArrayList<>(of.sets());
        var args = seen.order(partition);
        args.add(Replies.number(limits.marks()));
        args.add(!step.all() ? NOTHING : evicts ? EVICT : EXPIRE);
        args.add(Replies.number((long) step.tags().size() + step.patterns().size()));
        step.tags().forEach(tag -> args.add(members.tag(tag)));
        step.patterns().forEach(pattern -> args.add(members.pattern(pattern)));
        for (var key : step.keys()) {
            if (evicts) {
                keys.add(of.entry(key));
            }
            keys.add(of.lease(key));
            args.add(members.key(key));
        }
        return INVALIDATE
                .run(session.invalidations(), keys, args)
                .thenApply(reply -> position(partition, reply));
    }

    private CompletionStage<Position> invalidateOlder(
            Session session,
            Partition partition,
            Names of,
            boolean evicts,
            List<Map.Entry<String, Long>> versions) {
        var members = evicts ? Members.EVICTED : Members.EXPIRED;
        var keys = new ArrayList<>(of.sets());
        var args = seen.order(partition);
        args.add(Replies.number(limits.marks()));
        args.add(evicts ? EVICT : EXPIRE);
        for (var each : versions) {
            var key = each.getKey();
            keys.add(of.entry(key));
            keys.add(of.lease(key));
            args.add(members.key(key));
            args.add(Members.EVICTED.key(key));
            args.add(Members.EXPIRED.key(key));
            args.add(ByteBuffer.allocate(Long.BYTES).putLong(each.getValue()).array());
        }
        return INVALIDATE_OLDER
                .run(session.invalidations(), keys, args)
                .thenApply(reply -> position(partition, reply));
    }

    /**
     * @param key valid Unicode
     * @param now the store's time
     * @return the position of the entry
     */
    CompletionStage<Position> put(
            Session session, Partition partition, Names of, String key, Entry entry, long now) {
        var record = records.encode(of, entry);
        var keys = new ArrayList<>(of.sets());
        keys.add(of.entry(key));
        keys.add(of.lease(key));
        var lifetime = limits.lifetime(entry, now);
        var isKept = lifetime > 0 && record.length <= limits.recordBytes();
        var args = seen.order(partition);
        args.add(Replies.number(limits.marks()));
        args.add(Members.EVICTED.key(key));
        args.add(Replies.number(lifetime));
        args.add(isKept ? record : NOTHING);
        return PUT.run(session.invalidations(), keys, args)
                .thenCompose(reply -> session.confirmed(position(partition, reply)))
                .thenApply(position -> seen.keep(partition, position));
    }

    private Position position(Partition partition, List<Object> reply) {
        var position = Replies.position(reply);
        seen.add(partition, position);
        return position;
    }
}
