package io.cistern.cache.simulation;

import io.cistern.cache.order.Beginnings;
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

    /** Where the present one begins. */
    long beginning() {
        return all.get(all.size() - 1).from;
    }

    boolean belongs(long version) {
        return all.stream().anyMatch(it -> it.from <= version && version <= it.to);
    }

    /**
     * Up to which version the history is also the one of which somebody has seen a version.
     *
     * @param beginnings of intervals in which he was
     * @param now the latest version of this one
     * @return null where that is unknown
     */
    Long shared(long seen, Beginnings beginnings, long now) {
        Long last = null;
        for (var each : all) {
            if (beginnings.versions().contains(each.from)) {
                last = Math.min(seen, Math.min(each.to, now));
            }
        }
        return last;
    }
}
