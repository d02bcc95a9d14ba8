package io.cistern.cache.spi;

import io.cistern.cache.order.Change;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Tells those that share no store with this instance what was invalidated here. Other than with the
 * {@link Backplane}, an invalidation is acknowledged only after this was done.
 */
@FunctionalInterface
public interface Regions {

    /** There are no others. */
    Regions NONE = (cache, change) -> CompletableFuture.completedFuture(null);

    /**
     * Tells them; never blocks.
     *
     * @param cache of whom
     * @param change what took effect here; what follows from it they find out themselves
     * @return ends when it can't get lost any more; fails with {@link StoreUnavailableException}
     *     where that can't be had now. Then they may be told or not, and telling again is harmless
     */
    CompletionStage<Void> tell(String cache, Change change);
}
