package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cistern.cache.entry.Unicode;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Lease;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Leases in Redis, a bounded part at a time. */
final class Leaser {

    private static final Script LEASE = Script.of("order.lua", "leases.lua", "lease.lua");
    private static final Script RELEASE = Script.of("leases.lua", "release.lua");
    private static final Script RENEW = Script.of("leases.lua", "renew.lua");
    private static final byte[] ANY = {'*'};
    private static final byte[] NONE = {};
    private static final int FIRST = 2;

    private final RedisLimits limits;

    Leaser(RedisLimits limits) {
        this.limits = limits;
    }

    /**
     * @param order what each script that may begin a generation takes first
     * @param onPosition is told the partition's position
     */
    CompletionStage<Lease.Reply> lease(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Names names,
            List<byte[]> order,
            List<Lease.Wanted> wanted,
            String owner,
            Duration lifetime,
            Consumer<Position> onPosition) {
        Map<String, Lease> leases = new HashMap<>();
        var position = new Position[] {Position.UNKNOWN};
        return Sequence.each(
                        parts(storable(wanted, leases)).iterator(),
                        part ->
                                ask(redis, names, order, part, owner, lifetime)
                                        .thenAccept(
                                                reply -> {
                                                    position[0] = Replies.position(reply);
                                                    onPosition.accept(position[0]);
                                                    for (var i = 0; i < part.size(); i++) {
                                                        leases.put(
                                                                part.get(i).key(),
                                                                lease(reply.get(FIRST + i)));
                                                    }
                                                }))
                .thenApply(done -> new Lease.Reply(position[0], leases));
    }

    /** What is never stored needs no lease. */
    private static List<Lease.Wanted> storable(
            List<Lease.Wanted> wanted, Map<String, Lease> leases) {
        var storable = new ArrayList<Lease.Wanted>();
        for (var one : wanted) {
            if (Unicode.isValid(one.key())) {
                storable.add(one);
            } else {
                leases.put(one.key(), Lease.Granted.INSTANCE);
            }
        }
        return storable;
    }

    private <T> List<List<T>> parts(List<T> all) {
        var parts = new ArrayList<List<T>>();
        for (var from = 0; from < all.size(); from += limits.entriesPerFill()) {
            parts.add(all.subList(from, Math.min(all.size(), from + limits.entriesPerFill())));
        }
        return parts;
    }

    private CompletionStage<List<Object>> ask(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Names names,
            List<byte[]> order,
            List<Lease.Wanted> part,
            String owner,
            Duration lifetime) {
        var keys = new ArrayList<>(names.sets());
        var args = new ArrayList<>(order);
        args.add(owner.getBytes(US_ASCII));
        args.add(Replies.number(lifetime.toMillis()));
        for (var one : part) {
            keys.add(names.entry(one.key()));
            keys.add(names.lease(one.key()));
            args.add(one.seen() == null ? ANY : bytes(one.seen()));
            args.add(one.instead() == null ? NONE : one.instead().getBytes(US_ASCII));
        }
        return LEASE.run(redis, keys, args);
    }

    private static byte[] bytes(Position seen) {
        return seen.equals(Position.UNKNOWN)
                ? NONE
                : ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(seen.generation())
                        .putLong(seen.version())
                        .array();
    }

    private static Lease lease(Object reply) {
        if (reply instanceof Long number) {
            return number == 1 ? Lease.Granted.INSTANCE : Lease.Changed.INSTANCE;
        }
        var held = (List<?>) reply;
        var holder = new String((byte[]) held.get(0), US_ASCII);
        return new Lease.Held(
                holder, position(holder), Duration.ofMillis(Math.max(0, (Long) held.get(1))));
    }

    /** Where the holder's load began; unknown, and so doomed, where the lease is none of ours. */
    private static Position position(String holder) {
        var parts = holder.split(":", 3);
        try {
            return new Position(HexFormat.fromHexDigitsToLong(parts[0]), Long.parseLong(parts[1]));
        } catch (IllegalArgumentException | IndexOutOfBoundsException foreign) {
            return Position.UNKNOWN;
        }
    }

    /**
     * @param lifetime from now
     * @return the keys whose lease was still its owner's
     */
    CompletionStage<Set<String>> renew(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Names names,
            Set<String> keys,
            String owner,
            Duration lifetime) {
        var args = List.of(owner.getBytes(US_ASCII), Replies.number(lifetime.toMillis()));
        return each(redis, RENEW, names, keys, args);
    }

    /**
     * @return the keys for which others wait
     */
    CompletionStage<Set<String>> release(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Names names,
            Set<String> keys,
            String owner) {
        return each(redis, RELEASE, names, keys, List.of(owner.getBytes(US_ASCII)));
    }

    /** Runs a script that answers with some of the leases it was given, counted from 1. */
    private CompletionStage<Set<String>> each(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Script script,
            Names names,
            Set<String> keys,
            List<byte[]> args) {
        Set<String> some = new HashSet<>();
        var storable = keys.stream().filter(Unicode::isValid).toList();
        return Sequence.each(
                        parts(storable).iterator(),
                        part ->
                                script.run(redis, part.stream().map(names::lease).toList(), args)
                                        .thenAccept(
                                                reply -> {
                                                    for (var index : reply) {
                                                        var one = ((Long) index).intValue() - 1;
                                                        some.add(part.get(one));
                                                    }
                                                }))
                .thenApply(done -> some);
    }
}
