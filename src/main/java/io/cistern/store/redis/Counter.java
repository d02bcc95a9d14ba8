package io.cistern.store.redis;

import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Location;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Counts entries and their bytes, by walking through all names of a server. That takes as long as
 * there are names, so it ends when its time is up.
 */
final class Counter {

    private static final int NAMES_PER_PAGE = 1_000;
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Clock clock;

    Counter(Clock clock) {
        this.clock = clock;
    }

    /** A count whose time begins now. */
    Count begin() {
        return new Count(clock.nanos());
    }

    /** One under way, of one partition after another. */
    final class Count {
        private final long began;
        private volatile long entries;
        private volatile long bytes;
        private volatile boolean isWhole = true;

        private Count(long began) {
            this.began = began;
        }

        /** Adds a partition's entries, or some of them. */
        CompletionStage<Void> add(RedisClusterAsyncCommands<byte[], byte[]> redis, Names names) {
            return Scan.pages(
                    redis,
                    names.allEntries(),
                    NAMES_PER_PAGE,
                    this::isInTime,
                    page -> add(redis, page));
        }

        private boolean isInTime() {
            if (clock.nanos() - began > MOST_NANOS) {
                isWhole = false;
                return false;
            }
            return true;
        }

        private CompletionStage<Void> add(
                RedisClusterAsyncCommands<byte[], byte[]> redis, List<byte[]> names) {
            CompletionStage<Void> added = CompletableFuture.completedStage(null);
            for (var name : names) {
                added = added.thenCombine(redis.strlen(name).handle(Pruner::lengthOf), this::plus);
            }
            return added;
        }

        /** One page after another, so by one thread at a time. */
        private Void plus(Void before, long length) {
            if (length > 0) {
                entries = entries + 1;
                bytes = bytes + length;
            }
            return null;
        }

        Location total(String where) {
            return new Location(
                    "redis",
                    where,
                    entries,
                    bytes,
                    isWhole ? Location.Extent.CACHE : Location.Extent.PART);
        }
    }
}
