package io.cistern.routefiles;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The name that somebody meant. */
final class Suggestions {
    private Suggestions() {}

    /** The nearest of the known names, if one is near enough to have been meant. */
    static Optional<String> nearest(String name, Collection<String> known) {
        String wanted = plain(name);
        int tolerance = Math.max(1, wanted.length() / 3);
        return known.stream()
                .map(candidate -> new Candidate(candidate, distance(wanted, plain(candidate))))
                .filter(candidate -> candidate.distance <= tolerance)
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name);
    }

    /** {@code : did you mean `x`?}, or nothing. */
    static String didYouMean(String name, Collection<String> known) {
        return nearest(name, known).map(near -> ": did you mean `" + near + "`?").orElse("");
    }

    private static String plain(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** How many letters are missing, added, wrong or changed places (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] =
                        Math.min(d[i - 1][j - 1] + change, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swapped =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }

    private record Candidate(String name, int distance) {}
}
