package io.cistern.region;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells a region from another one that bears its name: what shares a Redis has the same. */
public interface Identity {

    /** Of a region that nobody asks. */
    Identity UNKNOWN =
            new Identity() {
                @Override
                public Optional<Made> current() {
                    return Optional.empty();
                }

                @Override
                public CompletionStage<Void> look() {
                    return CompletableFuture.completedStage(null);
                }
            };

    /**
     * What tells it.
     *
     * @param id random
     * @param millis when it was made, since the epoch, by the clock of the instance that did
     */
    record Made(String id, long millis) {}

    /** What Redis said last; empty while it has said nothing yet. */
    Optional<Made> current();

    /**
     * Asks Redis now.
     *
     * @return ends when {@link #current} is what Redis says; fails if it can't say it now
     */
    CompletionStage<Void> look();
}
