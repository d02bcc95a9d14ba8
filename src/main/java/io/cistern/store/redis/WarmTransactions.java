package io.cistern.store.redis;

import io.cistern.redis.BulkConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.BooleanOutput;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stores parts in transactions whose scripts see names alone, since Lua hashes every byte of its
 * arguments: measured, a third less work for Redis at 1 KiB a value, and less by far above that.
 *
 * <p>A transaction goes on when one of its commands fails. So that nothing is ever stored without
 * its fence, MSETNX stores a gate with the entries, and so nothing while the gate is there; it
 * always is, but between a script that found no reason against the part and the end of the same
 * transaction. See warm-open.lua.
 */
final class WarmTransactions {

    private static final Script OPEN = Script.of("order.lua", "warm-fence.lua", "warm-open.lua");
    private static final Script CLOSE = Script.of("warm-close.lua");
    private static final byte[] OPENED = "open".getBytes(StandardCharsets.US_ASCII);

    /** A server that does not know transactions, or does not allow them, is not asked each time. */
    private static final long PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

    private final Map<Names, Ready> ready = new ConcurrentHashMap<>();
    private volatile long failedAt = System.nanoTime() - PAUSE_NANOS;

    /** The arguments of a transaction's commands. */
    private record Commands(WireArgs open, WireArgs store, WireArgs close) {

        private static Commands of(Names of, WarmPart part) {
            var names = part.names();
            var open = OPEN.withKeys(of.sets().size() + 1 + names.size());
            open.addAll(of.sets()).add(of.gate()).addAll(names).addAll(part.fence());
            var store = new WireArgs().add(of.gate()).add(OPENED).addAll(names, part.records());
            var close = CLOSE.withKeys(1 + names.size());
            close.add(of.gate()).addAll(names).add(part.lifetime());
            return new Commands(open, store, close);
        }

        private CompletionStage<Boolean> send(RedisAsyncCommands<byte[], byte[]> redis) {
            redis.multi();
            Script.runLoaded(redis, open);
            redis.dispatch(CommandType.MSETNX, new BooleanOutput<>(ByteArrayCodec.INSTANCE), store);
            var stored = Script.runLoaded(redis, close);
            return redis.exec().thenCompose(all -> stored).thenApply(answer -> answer == 1);
        }
    }

    /** The scripts are loaded and the gate is there. */
    private record Ready(BulkConnection connection, CompletionStage<?> done) {}

    /**
     * @return whether all of the part is stored; otherwise nothing of it is by this call, or it is
     *     not known. It never fails
     */
    CompletionStage<Boolean> store(BulkConnection bulk, Names of, WarmPart part) {
        if (System.nanoTime() - failedAt < PAUSE_NANOS) {
            return CompletableFuture.completedStage(false);
        }
        var commands = Commands.of(of, part);
        return ready(bulk, of)
                .thenCompose(done -> bulk.send(commands::send))
                .exceptionally(
                        error -> {
                            failedAt = System.nanoTime();
                            ready.remove(of);
                            return false;
                        });
    }

    private CompletionStage<?> ready(BulkConnection bulk, Names of) {
        return ready.compute(
                        of,
                        (any, present) ->
                                present != null && present.connection.isSameAs(bulk)
                                        ? present
                                        : new Ready(bulk, prepared(bulk, of)))
                .done();
    }

    private static CompletionStage<Long> prepared(BulkConnection bulk, Names of) {
        return bulk.send(redis -> prepare(redis, of));
    }

    /** In a transaction too: where those are denied, what follows would be carried out alone. */
    private static CompletionStage<Long> prepare(
            RedisAsyncCommands<byte[], byte[]> redis, Names of) {
        var names = OPEN.withKeys(of.sets().size() + 1);
        names.addAll(of.sets()).add(of.gate());
        OPEN.load(redis);
        CLOSE.load(redis);
        redis.multi();
        var shut = Script.runLoaded(redis, names);
        return redis.exec().thenCompose(all -> shut);
    }
}
