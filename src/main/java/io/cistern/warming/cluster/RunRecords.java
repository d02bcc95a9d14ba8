package io.cistern.warming.cluster;

import io.cistern.warming.run.RunReport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The latest runs, bounded. */
final class RunRecords {

    private static final int MOST = 1000;

    private final Map<String, RunReport> byId = new LinkedHashMap<>();
    private final Map<String, RunReport> lastOf = new LinkedHashMap<>();

    synchronized void add(RunReport run) {
        byId.remove(run.id());
        byId.put(run.id(), run);
        if (byId.size() > MOST) {
            byId.remove(byId.keySet().iterator().next());
        }
        lastOf.remove(run.strategy());
        lastOf.put(run.strategy(), run);
        if (lastOf.size() > MOST) {
            lastOf.remove(lastOf.keySet().iterator().next());
        }
    }

    synchronized Optional<RunReport> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    synchronized Optional<RunReport> last(String strategy) {
        return Optional.ofNullable(lastOf.get(strategy));
    }
}
