package io.cistern.store.redis;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.redis.RedisFailure;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;

/**
 * Deletes dead entries page by page. It asks for lengths first, so that no more than about a
 * mebibyte, or one entry, is on its way at any time.
 */
final class Pruner {

    private static final Script DROP = Script.of("drop.lua");
    private static final int NAMES_PER_PAGE = 200;
    private static final int BYTES_PER_READ = 1 << 20;
    private static final byte[] NO_STRING = {};

    private final RedisLimits limits;

    Pruner(RedisLimits limits) {
        this.limits = limits;
    }

    CompletionStage<Long> prune(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Names names,
            BiPredicate<String, Entry> dead) {
        var removed = new AtomicLong();
        return Scan.pages(
                        redis,
                        names.allEntries(),
                        NAMES_PER_PAGE,
                        () -> true,
                        page -> prune(redis, names, page, dead, removed))
                .thenApply(done -> removed.get());
    }

    private CompletionStage<Void> prune(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Names names,
            List<byte[]> page,
            BiPredicate<String, Entry> dead,
            AtomicLong removed) {
        return lengths(redis, page)
                .thenCompose(
                        found ->
                                Sequence.each(
                                        reads(found),
                                        read ->
                                                drop(redis, names, read, dead)
                                                        .thenAccept(removed::addAndGet)));
    }

    /** A name with the length of what it names; -1 for what is no string. */
    private record Named(byte[] name, long length) {}

    private CompletionStage<List<Named>> lengths(
            RedisClusterAsyncCommands<byte[], byte[]> redis, List<byte[]> names) {
        CompletionStage<List<Named>> all = CompletableFuture.completedStage(new ArrayList<>());
        for (var name : names) {
            var length = redis.strlen(name).handle(Pruner::lengthOf);
            all =
                    all.thenCombine(
                            length,
                            (found, bytes) -> {
                                found.add(new Named(name, bytes));
                                return found;
                            });
        }
        return all;
    }

    /** The length of a string; -1 where it is none. */
    static long lengthOf(Long length, Throwable error) {
        if (error == null) {
            return length;
        }
        if (RedisFailure.of(error).kind() == RedisFailure.Kind.WRONG_TYPE) {
            return -1;
        }
        throw new CompletionException(error);
    }

    private Iterator<List<Named>> reads(List<Named> found) {
        var reads = new ArrayList<List<Named>>();
        var read = new ArrayList<Named>();
        var bytes = 0L;
        for (var named : found) {
            if (!read.isEmpty() && bytes + named.length > BYTES_PER_READ) {
                reads.add(List.copyOf(read));
                read.clear();
                bytes = 0;
            }
            read.add(named);
            bytes += named.length <= limits.recordBytes() ? named.length : 0;
        }
        if (!read.isEmpty()) {
            reads.add(List.copyOf(read));
        }
        return reads.iterator();
    }

    private CompletionStage<Long> drop(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Names names,
            List<Named> found,
            BiPredicate<String, Entry> dead) {
        var doomed = new ArrayList<byte[]>();
        var beginnings = new ArrayList<byte[]>();
        CompletionStage<Void> read = CompletableFuture.completedStage(null);
        for (var named : found) {
            read =
                    read.thenCombine(
                            read(redis, named),
                            (done, record) -> {
                                if (record != null && isDead(names, named, record, dead)) {
                                    doomed.add(named.name);
                                    beginnings.add(beginning(record));
                                }
                                return null;
                            });
        }
        return read.thenCompose(
                done ->
                        doomed.isEmpty()
                                ? CompletableFuture.completedStage(0L)
                                : DROP.runForNumber(redis, doomed, beginnings));
    }

    /** The record, the beginning of one that is too large, nothing for no string; null: gone. */
    private CompletionStage<byte[]> read(
            RedisClusterAsyncCommands<byte[], byte[]> redis, Named named) {
        if (named.length <= 0) {
            return CompletableFuture.completedStage(NO_STRING);
        }
        var last = named.length > limits.recordBytes() ? EntryFormat.BODY_OFFSET : named.length;
        return redis.getrange(named.name, 0, last - 1)
                .handle(
                        (record, error) -> {
                            if (error == null) {
                                return record.length == 0 ? null : record;
                            }
                            if (RedisFailure.of(error).kind() == RedisFailure.Kind.WRONG_TYPE) {
                                return null;
                            }
                            throw new CompletionException(error);
                        });
    }

    private static boolean isDead(
            Names names, Named named, byte[] record, BiPredicate<String, Entry> dead) {
        var key = names.key(named.name);
        var entry = Records.decode(record);
        return key.isEmpty() || entry.isEmpty() || dead.test(key.get(), entry.get());
    }

    private static byte[] beginning(byte[] record) {
        return Arrays.copyOf(record, Math.min(record.length, EntryFormat.BODY_OFFSET));
    }
}
