package io.cistern.warming;

import io.cistern.warming.run.Run;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Threads that perform runs, one for each run. A source that does not answer keeps its thread, but
 * neither the run, once that has to end, nor other strategies.
 */
final class Workers {

    private static final long LOOK_MILLIS = 100;

    /** After so many without an answer, a run that has to end does not wait for its source. */
    private static final int LOOKS = 5;

    private final Consumer<Run> performer;
    private final Map<String, Thread> kept = new ConcurrentHashMap<>();

    /**
     * @param performer performs a run on the calling thread
     */
    Workers(Consumer<Run> performer) {
        this.performer = performer;
    }

    /**
     * Performs a run.
     *
     * @throws RuntimeException as the performer does
     */
    void perform(Run run) throws InterruptedException {
        var name = run.strategy().name();
        var before = kept.get(name);
        if (before != null && before.isAlive()) {
            // One thread a strategy is the most that a dead source may cost.
            run.cut("its source has not answered an earlier run yet");
            return;
        }
        var failure = new AtomicReference<RuntimeException>();
        var thread = new Thread(() -> perform(run, failure), "warming-run-" + name);
        thread.setDaemon(true);
        thread.start();
        kept.put(name, thread);
        var turns = 0L;
        var looks = 0;
        while (thread.isAlive()) {
            thread.join(LOOK_MILLIS);
            var now = run.turns();
            looks = now == turns && now % 2 == 1 ? looks + 1 : 0;
            turns = now;
            if (looks >= LOOKS && thread.isAlive() && run.mustEnd()) {
                run.error("its source does not answer");
                return;
            }
        }
        kept.remove(name);
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private void perform(Run run, AtomicReference<RuntimeException> failure) {
        try {
            performer.accept(run);
        } catch (RuntimeException e) {
            failure.set(e);
        }
    }
}
