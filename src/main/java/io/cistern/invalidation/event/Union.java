package io.cistern.invalidation.event;

import io.cistern.cache.order.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What several events of one cache and one mode name together, each name once. */
final class Union {

    private final Set<String> keys = new HashSet<>();
    private final Map<String, Long> versions = new HashMap<>();
    private final Set<String> tags = new HashSet<>();
    private final Set<String> patterns = new HashSet<>();
    private final List<String> kinds = new ArrayList<>();
    private boolean all;

    void add(InvalidationEvent event) {
        kinds.add(event.kind());
        tags.addAll(event.tags());
        if (event.pattern() != null) {
            patterns.add(event.pattern());
        }
        all |= event.all();
        if (event.originVersion().isEmpty()) {
            keys.addAll(event.keys());
            versions.keySet().removeAll(event.keys());
            return;
        }
        var version = event.originVersion().getAsLong();
        for (var key : event.keys()) {
            // Who named a key without a version meant it whatever is there.
            if (keys.add(key)) {
                versions.put(key, version);
            } else {
                versions.computeIfPresent(key, (any, other) -> Math.max(other, version));
            }
        }
    }

    /** The kinds of the events. */
    List<String> kinds() {
        return kinds;
    }

    /** As an eviction; a whole cache needs no further names. */
    Change evicting() {
        return all
                ? Change.everything()
                : new Change(Change.Mode.EVICT, keys, versions, tags, patterns, false);
    }
}
