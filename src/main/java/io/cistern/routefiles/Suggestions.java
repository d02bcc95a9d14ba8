package io.cistern.routefiles;

import io.cistern.settings.EditDistance;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The name that somebody meant. */
public final class Suggestions {
    private Suggestions() {}

    /** The nearest of the known names, if one is near enough to have been meant. */
    public static Optional<String> nearest(String name, Collection<String> known) {
        String wanted = plain(name);
        int tolerance = Math.max(1, wanted.length() / 3);
        return known.stream()
                .map(
                        candidate ->
                                new Candidate(
                                        candidate, EditDistance.between(wanted, plain(candidate))))
                .filter(candidate -> candidate.distance <= tolerance)
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name);
    }

    /** {@code : did you mean `x`?}, or nothing. */
    public static String didYouMean(String name, Collection<String> known) {
        return nearest(name, known).map(near -> ": did you mean `" + near + "`?").orElse("");
    }

    private static String plain(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    private record Candidate(String name, int distance) {}
}
