package io.cistern.settings;

import java.util.Collection;
import java.util.Optional;

/** Finds the name that somebody most likely meant. */
final class NearestName {
    private NearestName() {}

    /**
     * The candidate with the least edit distance, unless more than half of the name would change.
     */
    static Optional<String> to(String name, Collection<String> candidates) {
        String best = null;
        int least = name.length() / 2 + 1;
        for (String candidate : candidates) {
            int distance = distance(name, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * The edits that turn one into the other: an insertion, a deletion or a swap of neighbours
     * counts one, a replacement two, so that a name with a word missing is near.
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
                least = Math.min(least, rows[i - 1][j - 1] + (same ? 0 : 2));
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
