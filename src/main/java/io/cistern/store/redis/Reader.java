package io.cistern.store.redis;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.Unicode;
import io.cistern.redis.RedisFailure;
import io.lettuce.core.KeyValue;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/** Reads entries. What is none is not there, whatever it is. */
final class Reader {

    /** Redis serves nobody else while it answers one command. */
    private static final int KEYS_PER_COMMAND = 100;

    private final RedisLimits limits;
    private final LongAdder undecodable = new LongAdder();

    Reader(RedisLimits limits) {
        this.limits = limits;
    }

    long undecodable() {
        return undecodable.sum();
    }

    /** Sends everything at once; what is there by key. */
    CompletionStage<Map<String, Entry>> read(
            RedisClusterAsyncCommands<byte[], byte[]> redis, Names names, List<String> keys) {
        if (keys.size() == 1) {
            return readOne(redis, names, keys.get(0));
        }
        var found = new HashMap<String, Entry>();
        CompletionStage<Map<String, Entry>> all = CompletableFuture.completedStage(found);
        for (var from = 0; from < keys.size(); from += KEYS_PER_COMMAND) {
            var part = keys.subList(from, Math.min(keys.size(), from + KEYS_PER_COMMAND));
            all = all.thenCombine(readMany(redis, names, part), Reader::join);
        }
        return all;
    }

    /** A range, so that something huge under the name does not come here whole. */
    private CompletionStage<Map<String, Entry>> readOne(
            RedisClusterAsyncCommands<byte[], byte[]> redis, Names names, String key) {
        if (!Unicode.isValid(key)) {
            return CompletableFuture.completedStage(Map.of());
        }
        return redis.getrange(names.entry(key), 0, limits.recordBytes())
                .handle(
                        (record, error) -> {
                            if (error == null) {
                                var entry = record.length == 0 ? null : decode(record);
                                return entry == null ? Map.of() : Map.of(key, entry);
                            }
                            if (RedisFailure.of(error).kind() == RedisFailure.Kind.WRONG_TYPE) {
                                undecodable.increment();
                                return Map.<String, Entry>of();
                            }
                            throw new CompletionException(error);
                        });
    }

    private CompletionStage<Map<String, Entry>> readMany(
            RedisClusterAsyncCommands<byte[], byte[]> redis, Names names, List<String> keys) {
        var asked = new ArrayList<String>(keys.size());
        var of = new ArrayList<byte[]>(keys.size());
        for (var key : keys) {
            if (Unicode.isValid(key)) {
                asked.add(key);
                of.add(names.entry(key));
            }
        }
        if (asked.isEmpty()) {
            return CompletableFuture.completedStage(Map.of());
        }
        return redis.mget(of.toArray(byte[][]::new))
                .thenApply(
                        records -> {
                            var found = new HashMap<String, Entry>();
                            for (var i = 0; i < asked.size(); i++) {
                                var entry = decode(records.get(i));
                                if (entry != null) {
                                    found.put(asked.get(i), entry);
                                }
                            }
                            return found;
                        });
    }

    private Entry decode(KeyValue<byte[], byte[]> record) {
        return record.hasValue() ? decode(record.getValue()) : null;
    }

    private Entry decode(byte[] record) {
        if (record.length <= limits.recordBytes()) {
            var entry = Records.decode(record);
            if (entry.isPresent()) {
                return entry.get();
            }
        }
        undecodable.increment();
        return null;
    }

    private static Map<String, Entry> join(Map<String, Entry> all, Map<String, Entry> more) {
        all.putAll(more);
        return all;
    }
}
