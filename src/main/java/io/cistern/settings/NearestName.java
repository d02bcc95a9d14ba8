package io.cistern.settings;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that somebody most likely meant. */
final class NearestName {
    private NearestName() {}

    /** A slip of the finger or two. */
    private static final int SLIP = 2;

    /**
     * The candidate with the least edit distance: a slip away, else one that has all words of the
     * name, else one that shares at least half of what follows the first word.
     */
    static Optional<String> to(String name, Collection<String> candidates) {
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
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .filter(candidate -> distance(name, candidate) <= furthest);
    }

    /**
     * How many insertions, deletions, replacements and swaps of neighbours turn one into the other.
     */
    static int distance(String from, String to) {
        var rows = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            rows[i][0] = i;
        }
        for (int j = 0; j <= to.length(); j++) {
            rows[0][j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            for (int j = 1; j <= to.length(); j++) {
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                int least = Math.min(rows[i - 1][j], rows[i][j - 1]) + 1;
                least = Math.min(least, rows[i - 1][j - 1] + (same ? 0 : 1));
                if (swapped(from, i, to, j)) {
                    least = Math.min(least, rows[i - 2][j - 2] + 1);
                }
                rows[i][j] = least;
            }
        }
        return rows[from.length()][to.length()];
    }

    private static boolean swapped(String from, int i, String to, int j) {
        return i > 1
                && j > 1
                && from.charAt(i - 1) == to.charAt(j - 2)
                && from.charAt(i - 2) == to.charAt(j - 1);
    }
}
