package io.cistern.cache.order;

import java.util.ArrayList;
import java.util.List;

/**
 * Where intervals of a history begin in which an instance has been. Each begins at a version that
 * was chosen at random, so that another history which has one of them parted from this one later
 * than there. Versions alone don't tell: of two histories that parted either may be ahead.
 *
 * @param generation of the history
 * @param versions ascending; the latest of them
 */
public record Beginnings(long generation, List<Long> versions) {

    /** None are known: no other history has anything in common with it. */
    public static final Beginnings UNKNOWN = new Beginnings(0, List.of());

    /** Who is set back by more connections than these gets a new generation. */
    private static final int MOST = 64;

    /** Those, and another one. */
    public Beginnings with(long ofGeneration, long version) {
        if (ofGeneration != generation) {
            return new Beginnings(ofGeneration, List.of(version));
        }
        if (versions.contains(version)) {
            return this;
        }
        var all = new ArrayList<>(versions);
        all.add(version);
        all.sort(null);
        return new Beginnings(
                generation, List.copyOf(all.subList(Math.max(0, all.size() - MOST), all.size())));
    }

    /** Those where they are of a generation, else none. */
    public Beginnings of(long wanted) {
        return wanted == generation ? this : UNKNOWN;
    }

    /** Those that a history shares which has all up to a version, and nothing after it. */
    public Beginnings upTo(long version) {
        return new Beginnings(generation, versions.stream().filter(it -> it <= version).toList());
    }
}
