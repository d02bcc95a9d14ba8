package io.cistern.cache.simulation;

import java.util.ArrayDeque;
import java.util.stream.Collectors;

/** Numbers and writes down all that happens, up to the first promise that is broken. */
final class Journal {

    private static final int LAST_STEPS = 80;

    private final VirtualTime time;
    private final ArrayDeque<Line> lines = new ArrayDeque<>();
    private long tick;
    private String violation;

    Journal(VirtualTime time) {
        this.time = time;
    }

    /** The number of what happened last. */
    long tick() {
        return tick;
    }

    /** What was broken, and the last steps to it; null while all is well. */
    String violation() {
        return violation;
    }

    void log(String line) {
        tick++;
        if (violation == null) {
            lines.addLast(new Line(tick, time.nanos(), line));
            if (lines.size() > LAST_STEPS) {
                lines.removeFirst();
            }
        }
    }

    void broken(String rule, String what) {
        if (violation == null) {
            log("BROKEN " + rule + ": " + what);
            violation =
                    lines.stream()
                            .map(Line::toString)
                            .collect(Collectors.joining("\n", rule + ": " + what + "\n", ""));
        }
    }

    private record Line(long tick, long nanos, String text) {
        @Override
        public String toString() {
            return "%6d %,12.3f ms  %s".formatted(tick, nanos / 1e6, text);
        }
    }
}
