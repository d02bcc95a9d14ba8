package io.cistern.app;

import io.cistern.app.Trace.Change;
import io.cistern.app.Trace.Event;
import io.cistern.app.Trace.Kill;
import io.cistern.app.Trace.Load;
import io.cistern.app.Trace.Lookup;
import io.cistern.app.Trace.Outage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Compares what instances answered with what is promised. */
final class TraceChecker {

    /** Until an invalidation holds on the other instance, as promised. */
    static final Duration COHERENCE = Duration.ofMillis(100);

    /** Until instances are back in touch with a Redis that is back. */
    static final Duration HEALING = Duration.ofMillis(1500);

    private static final Duration CONTEXT = Duration.ofSeconds(2);
    private static final int LINES = 80;

    private final Trace trace;
    private final long machine;
    private final boolean replicasLag;
    private final List<Outage> outages;
    private final List<Outage> troubles;
    private final List<Kill> kills;
    private final Map<String, Changes> changes = new HashMap<>();
    private final Map<Long, Source> sources = new HashMap<>();
    private final List<String> broken = new ArrayList<>();

    /**
     * @param trace what happened
     * @param machine what threads and processes may have to wait for their turn
     */
    TraceChecker(Trace trace, Duration machine) {
        this(trace, machine, false);
    }

    /**
     * @param replicasLag at any time too few may confirm, or a starved master pass for dead:
     *     changes are refused then, what is served as cut off need not be known to be coherent, and
     *     each instance loads for itself
     */
    TraceChecker(Trace trace, Duration machine, boolean replicasLag) {
        this.replicasLag = replicasLag;
        this.trace = trace;
        this.machine = machine.toNanos();
        outages = trace.all(Outage.class);
        troubles = replicasLag ? withSigns(outages) : outages;
        kills = trace.all(Kill.class);
    }

    /** What is not as promised, each with what happened before; empty if all is. */
    List<String> check() {
        for (var load : trace.all(Load.class)) {
            sources.put(load.number(), new Source(load.key(), load.from()));
        }
        for (var change : trace.all(Change.class)) {
            check(change);
            for (var key : change.concerns()) {
                changes.computeIfAbsent(key, any -> new Changes()).add(change);
            }
            if (change.number() != Trace.NO_VALUE) {
                // One that was not acknowledged may take effect at any later moment.
                var latest = change.isAcknowledged() ? change.to() : Long.MAX_VALUE;
                sources.put(
                        change.number(), new Source(change.concerns().iterator().next(), latest));
            }
        }
        trace.all(Lookup.class).forEach(this::check);
        trace.all(Load.class).stream()
                .collect(Collectors.groupingBy(Load::key))
                .values()
                .forEach(this::checkSingleFlight);
        return broken;
    }

    private void check(Change change) {
        switch (change.status()) {
            case 204 -> {}
            case 503 -> {
                if (!replicasLag && !isDisturbed(change.from(), change.to())) {
                    report("refused without need", change, change.concerns().iterator().next());
                }
            }
            case Trace.UNANSWERED -> checkKilled(change, change.slot(), change.what());
            default -> report("a change failed", change, change.what());
        }
    }

    private void check(Lookup lookup) {
        switch (lookup.status()) {
            case 200 -> checkValue(lookup);
            case 404 -> {}
            case Trace.UNANSWERED -> checkKilled(lookup, lookup.slot(), lookup.key());
            default -> report("a lookup failed", lookup, lookup.key());
        }
    }

    private void checkKilled(Event event, int slot, String key) {
        if (kills.stream()
                .noneMatch(
                        kill ->
                                kill.slot() == slot
                                        && overlap(event, kill.from(), kill.to() - kill.from()))) {
            report("not answered", event, key);
        }
    }

    private boolean overlap(Event event, long from, long length) {
        return event.to() >= from && event.from() <= from + length + machine;
    }

    private void checkValue(Lookup lookup) {
        var source = sources.get(lookup.number());
        if (source == null || !source.key().equals(lookup.key())) {
            report("a value from nowhere", lookup, lookup.key());
            return;
        }
        var known = changes.get(lookup.key());
        if (known == null) {
            return;
        }
        if (source.latest() < known.here(lookup.slot(), lookup.from())) {
            report("invalidated on the same instance before", lookup, lookup.key());
        } else if (source.latest() < known.anywhere(lookup.from() - COHERENCE.toNanos() - machine)
                && !(replicasLag && lookup.detail().endsWith("; cut"))
                && !isDisturbed(lookup.from(), lookup.from())) {
            report("invalidated on the other instance before", lookup, lookup.key());
        }
    }

    private void checkSingleFlight(List<Load> loads) {
        Load longest = null;
        for (var load : loads) {
            if (longest != null
                    && load.from() < longest.to()
                    && !isDuring(troubles, longest.from() - machine, load.from())
                    && !isDoomed(longest, load.from())) {
                report("loaded twice at a time", load, load.key());
            }
            if (longest == null || load.to() > longest.to()) {
                longest = load;
            }
        }
    }

    private boolean isDoomed(Load load, long at) {
        var known = changes.get(load.key());
        return known != null && known.dooms(load.from() - machine, at);
    }

    /** Whether Redis was not at hand, or not long enough, at some moment in between. */
    private boolean isDisturbed(long from, long to) {
        return isDuring(outages, from, to);
    }

    private boolean isDuring(List<Outage> any, long from, long to) {
        return any.stream()
                .anyMatch(
                        outage ->
                                outage.from() <= to
                                        && outage.to() + HEALING.toNanos() + machine >= from);
    }

    /** Besides what was done to Redis what instances themselves took for its absence. */
    private List<Outage> withSigns(List<Outage> done) {
        var all = new ArrayList<>(done);
        for (var lookup : trace.all(Lookup.class)) {
            if (lookup.detail().endsWith("; cut")) {
                all.add(new Outage("a cut answer", lookup.from(), lookup.to()));
            }
        }
        for (var change : trace.all(Change.class)) {
            if (change.status() == 503) {
                all.add(new Outage("a refused change", change.from(), change.to()));
            }
        }
        return all;
    }

    private void report(String rule, Event event, String key) {
        broken.add(
                "%s: %s\n%s"
                        .formatted(
                                rule,
                                event,
                                trace.between(
                                        event.from() - CONTEXT.toNanos(), event.to(), key, LINES)));
    }

    /** Where a value is from, and the last moment at which that may have been. */
    private record Source(String key, long latest) {}

    /** The changes of one key. */
    private static final class Changes {
        private final List<Change> all = new ArrayList<>();
        private final Map<Integer, TreeMap<Long, Long>> here = new HashMap<>();
        private TreeMap<Long, Long> anywhere;

        void add(Change change) {
            all.add(change);
        }

        /** When the latest change was sent of those acknowledged on one instance by a moment. */
        long here(int slot, long by) {
            return latest(
                    here.computeIfAbsent(
                            slot,
                            any -> byEnd(all.stream().filter(it -> it.slot() == slot).toList())),
                    by);
        }

        /** When the latest change was sent of those acknowledged by a moment. */
        long anywhere(long by) {
            if (anywhere == null) {
                anywhere = byEnd(all);
            }
            return latest(anywhere, by);
        }

        boolean dooms(long from, long to) {
            return all.stream().anyMatch(it -> it.dooms() && it.to() >= from && it.from() <= to);
        }

        private static long latest(TreeMap<Long, Long> sent, long by) {
            var last = sent.lowerEntry(by);
            return last == null ? Long.MIN_VALUE : last.getValue();
        }

        private static TreeMap<Long, Long> byEnd(List<Change> changes) {
            var sent = new TreeMap<Long, Long>();
            var latest = Long.MIN_VALUE;
            for (var change :
                    changes.stream()
                            .filter(Change::isAcknowledged)
                            .sorted(Comparator.comparingLong(Change::to))
                            .toList()) {
                latest = Math.max(latest, change.from());
                sent.put(change.to(), latest);
            }
            return sent;
        }
    }
}
