package io.cistern.reload;

import io.cistern.reload.RoutesFolder.Look;
import io.cistern.routefiles.RouteUnit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Decides when a change of the folder is to be taken: not in the middle of its being written. Files
 * that change together are taken together, and one that is written all the time holds the others up
 * only for a while.
 */
final class Patience {
    /** What is whole is taken this long after the last change. */
    private static final Duration QUIET = Duration.ofMillis(300);

    /** What looks half written, or gone for the moment in which it is saved, gets longer. */
    private static final Duration DOUBTFUL = Duration.ofMillis(1000);

    private Patience() {}

    /**
     * Takes out of the changes what is not to be taken yet.
     *
     * @return whether anything is left
     */
    static boolean isDue(
            Look look,
            SortedMap<Path, Optional<Revision>> changes,
            SortedMap<Path, Revision> active) {
        Duration longest =
                changes.keySet().stream()
                        .map(path -> quiet(look, path))
                        .max(Comparator.naturalOrder())
                        .orElse(Duration.ZERO);
        boolean waited = longest.compareTo(DOUBTFUL) >= 0;
        int all = changes.size();
        changes.entrySet()
                .removeIf(
                        change ->
                                quiet(look, change.getKey())
                                                .compareTo(
                                                        isDoubtful(
                                                                        change.getKey(),
                                                                        change.getValue(),
                                                                        active)
                                                                ? DOUBTFUL
                                                                : QUIET)
                                        < 0);
        return !changes.isEmpty() && (waited || changes.size() == all);
    }

    private static Duration quiet(Look look, Path path) {
        var seen = look.files().get(path);
        return seen == null ? look.gone().getOrDefault(path, DOUBTFUL) : seen.quiet();
    }

    private static boolean isDoubtful(
            Path path, Optional<Revision> next, SortedMap<Path, Revision> active) {
        if (next.isEmpty() || !next.get().read().problems().isEmpty()) {
            return true;
        }
        Revision before = active.get(path);
        return before != null && mayBeCutOff(before, next.get());
    }

    /** It is a beginning of what runs; or something that runs is missing, be it the line's end. */
    private static boolean mayBeCutOff(Revision before, Revision next) {
        return before.read().startsWith(next.read())
                || before.read().endsLine() && !next.read().endsLine()
                || !names(next).containsAll(names(before));
    }

    private static Set<String> names(Revision revision) {
        return revision.units().stream().map(RouteUnit::title).collect(Collectors.toSet());
    }
}
