package io.cistern.warming.run;

import io.cistern.cache.Warmer;
import java.time.Duration;

/** Lets a run wait while the store is away. */
final class StoreWait {

    private static final Duration LOOK = Duration.ofMillis(50);

    private final Run run;
    private final Warmer warmer;
    private boolean waited;

    StoreWait(Run run, Warmer warmer) {
        this.run = run;
        this.warmer = warmer;
    }

    /**
     * @return whether the store is there; false where the run has to end before
     */
    boolean await() throws InterruptedException {
        while (!warmer.isStoreAvailable()) {
            if (!waited) {
                run.error("the store was away for a while");
                waited = true;
            }
            run.waitsFor("the store");
            run.pause(LOOK);
            if (run.mustEnd()) {
                return false;
            }
        }
        run.waitsFor(null);
        return true;
    }
}
