package io.cistern.store.redis;

import io.cistern.cache.entry.Entry;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Stores what was read ahead of any demand: bounded parts, all sent at once. Whoever calls bounds
 * how much that is.
 */
final class WarmFiller {

    private static final Script WARM = Script.of("order.lua", "warm-fence.lua", "warm.lua");

    private final RedisLimits limits;
    private final Records records;
    private final WarmTransactions transactions = new WarmTransactions();

    WarmFiller(RedisLimits limits, Records records) {
        this.records = records;
        this.limits = limits;
    }

    /**
     * @param session with the server that holds the partition
     * @param entries all at the same position
     * @param readSince milliseconds of the store's time
     * @param now the store's time
     * @return the keys that are stored
     */
    CompletionStage<Collection<String>> warm(
            Session session, Names names, Map<String, Entry> entries, long readSince, long now) {
        CompletionStage<Collection<String>> stored =
                CompletableFuture.completedStage(new ArrayList<>());
        var rest = entries.entrySet().iterator();
        while (rest.hasNext()) {
            var part = new WarmPart(names, rest, limits, records, readSince, now);
            if (!part.isEmpty()) {
                stored =
                        stored.thenCombine(
                                store(session, names, part),
                                (all, keys) -> {
                                    all.addAll(keys);
                                    return all;
                                });
            }
        }
        return stored;
    }

    /** What a transaction can't store, because it is not that simple, a script tries one by one. */
    private CompletionStage<Collection<String>> store(Session session, Names names, WarmPart part) {
        var bulk = session.server().bulk();
        if (bulk.isEmpty()) {
            return storeEach(session.commands(), names, part);
        }
        return transactions
                .store(bulk.get(), names, part)
                .thenCompose(
                        isStored ->
                                isStored
                                        ? CompletableFuture.completedStage(part.keys())
                                        : storeEach(session.commands(), names, part));
    }

    private static CompletionStage<Collection<String>> storeEach(
            RedisClusterAsyncCommands<byte[], byte[]> redis, Names of, WarmPart part) {
        var names = new ArrayList<>(of.sets());
        names.addAll(part.names());
        var args = part.fence();
        args.add(part.lifetime());
        args.addAll(part.records());
        return WARM.run(redis, names, args).thenApply(part::without);
    }
}
