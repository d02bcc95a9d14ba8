package io.cistern.reload;

import io.cistern.routefiles.RouteUnit;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is to be done about one file.
 *
 * @param before the active revision; null where there is none
 * @param after the revision to come; null where the file goes
 * @param removed elements of the one that go, or are made anew
 * @param added elements of the other that come, or are made anew
 */
record FileChange(
        Path path,
        Revision before,
        Revision after,
        List<RouteUnit> removed,
        List<RouteUnit> added) {
    boolean isAllRemoved() {
        return before != null && removed.size() == before.units().size();
    }

    String textAdded() {
        return after.read().textOf(added).orElseThrow();
    }

    String textRemoved() {
        return before.read().textOf(removed).orElseThrow();
    }

    /** Whether others may need what it brings while they are made. */
    boolean brings() {
        return added.stream().anyMatch(unit -> unit.kind() != RouteUnit.Kind.ROUTE);
    }

    /** For the log. */
    @Override
    public String toString() {
        String file = RouteFile.name(path);
        if (after == null) {
            return "Unloaded " + file + ": removed " + titles(removed);
        }
        var gone = removed.stream().filter(unit -> !isAmong(unit, added)).toList();
        return "Loaded "
                + file
                + (added.isEmpty() ? "" : ": " + titles(added))
                + (gone.isEmpty() ? "" : "; removed " + titles(gone));
    }

    private static boolean isAmong(RouteUnit unit, List<RouteUnit> others) {
        return others.stream().anyMatch(other -> other.title().equals(unit.title()));
    }

    private static String titles(List<RouteUnit> units) {
        return units.stream().map(RouteUnit::title).collect(Collectors.joining(", "));
    }
}
