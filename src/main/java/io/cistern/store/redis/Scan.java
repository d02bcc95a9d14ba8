package io.cistern.store.redis;

import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A walk through the names of a server, page by page. */
final class Scan {

    private Scan() {}

    /**
     * Shows all names that match, and were there from the begin to the end, at least once.
     *
     * @param glob what they match
     * @param names how many the server looks at for a page
     * @param goesOn asked before each page; false ends it
     * @param visitor of the names of a page; the next one is asked for once its stage has ended
     */
    static CompletionStage<Void> pages(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            byte[] glob,
            int names,
            BooleanSupplier goesOn,
            Function<List<byte[]>, CompletionStage<Void>> visitor) {
        var args = new ScanArgs().match(glob).limit(names);
        var cursor = new ScanCursor[] {ScanCursor.INITIAL};
        return Sequence.whileTrue(
                () -> {
                    if (!goesOn.getAsBoolean()) {
                        return CompletableFuture.completedStage(false);
                    }
                    return redis.scan(cursor[0], args)
                            .thenCompose(
                                    page -> {
                                        cursor[0] = page;
                                        return visitor.apply(page.getKeys());
                                    })
                            .thenApply(done -> !cursor[0].isFinished());
                });
    }
}
