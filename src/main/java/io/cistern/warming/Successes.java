package io.cistern.warming;

import io.cistern.warming.cluster.Coordinator;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** When strategies were completed last, on whatever instance. */
final class Successes {

    private final Coordinator coordinator;
    private final Map<String, Long> last = new ConcurrentHashMap<>();

    Successes(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    /** Until its first success, a strategy counts from here on. */
    void defined(String strategy) {
        last.putIfAbsent(strategy, System.currentTimeMillis());
    }

    void completed(String strategy) {
        last.put(strategy, System.currentTimeMillis());
    }

    /** Another instance may have run it. */
    void look(String strategy) {
        coordinator
                .lastRun(strategy)
                .filter(run -> run.state().equals("completed") && run.isOver())
                .map(run -> Instant.parse(run.endedAt()).toEpochMilli())
                .ifPresent(at -> last.merge(strategy, at, Math::max));
    }

    Duration since(String strategy) {
        var at = last.get(strategy);
        return at == null
                ? Duration.ZERO
                : Duration.ofMillis(Math.max(0, System.currentTimeMillis() - at));
    }
}
