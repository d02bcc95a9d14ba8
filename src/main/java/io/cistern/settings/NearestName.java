package io.cistern.settings;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that somebody most likely meant. */
public final class NearestName {
    private NearestName() {}

    /** A slip of the finger or two. */
    private static final int SLIP = 2;

    /**
     * The candidate with the least edit distance: a slip away, else one that has all words of the
     * name, else one that shares at least half of what follows the first word.
     */
    public static Optional<String> to(String name, Collection<String> candidates) {
        var words = Arrays.asList(name.split("_"));
        var wordier =
                candidates.stream()
                        .filter(other -> Arrays.asList(other.split("_")).containsAll(words))
                        .toList();
        return nearest(name, candidates, SLIP)
                .or(() -> nearest(name, wordier, Integer.MAX_VALUE))
                .or(() -> nearest(name, candidates, (name.length() - words.get(0).length()) / 2));
    }

    private static Optional<String> nearest(
            String name, Collection<String> candidates, int furthest) {
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> EditDistance.between(name, candidate)))
                .filter(candidate -> EditDistance.between(name, candidate) <= furthest);
    }
}
