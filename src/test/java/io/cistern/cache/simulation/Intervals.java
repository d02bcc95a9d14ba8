package io.cistern.cache.simulation;

import java.util.ArrayList;
import java.util.List;

/** The versions of a history, the last one open: those in between may be another one's. */
record Intervals(List<Interval> all) {

    private record Interval(long from, long to) {}

    static Intervals from(long version) {
        return new Intervals(List.of(new Interval(version, Long.MAX_VALUE)));
    }

    /** The present one ends, and another begins. */
    Intervals next(long end, long begin) {
        var more = new ArrayList<>(all);
        var last = more.remove(more.size() - 1);
        more.add(new Interval(last.from, end));
        more.add(new Interval(begin, Long.MAX_VALUE));
        return new Intervals(List.copyOf(more));
    }

    boolean belongs(long version) {
        return all.stream().anyMatch(it -> it.from <= version && version <= it.to);
    }

    /**
     * Up to which version the history is also the one of which somebody has seen a version.
     *
     * @param now the latest version of this one
     * @return null where that is unknown
     */
    Long shared(long seen, long now) {
        Long last = null;
        for (var each : all) {
            if (each.from <= seen) {
                last = Math.min(seen, Math.min(each.to, now));
            }
        }
        return last;
    }
}
