package io.cistern.reload;

import io.cistern.reload.RoutesFolder.Look;
import io.cistern.reload.RoutesFolder.Seen;
import io.cistern.routefiles.CheckedRouteFile;
import io.cistern.routefiles.RouteFileCheck;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is not as it was taken or refused last. A change is seen in several looks before it is
 * taken; its text is read and checked in the first.
 */
final class Changes {
    private final RouteFileCheck check;
    private final FileStates states;

    /** Of the last look. */
    private Map<Path, Revision> open = Map.of();

    /**
     * @param check what a file must pass before Camel gets to see it
     * @param states what became of each file
     */
    Changes(RouteFileCheck check, FileStates states) {
        this.check = check;
        this.states = states;
    }

    /**
     * Compares a look with the states.
     *
     * @return revisions that are not decided on; empty ones for files that are gone
     */
    SortedMap<Path, Optional<Revision>> in(Look look) {
        var read = new HashMap<Path, Revision>();
        look.files()
                .forEach(
                        (path, seen) -> {
                            if (!seen.version().equals(states.decided(path))) {
                                read.put(path, read(path, seen));
                            }
                        });
        open = read;
        var changes = new TreeMap<Path, Optional<Revision>>(RoutesFolder.IN_ORDER);
        read.forEach((path, revision) -> changes.put(path, Optional.of(revision)));
        for (Path path : states.paths()) {
            if (!look.files().containsKey(path) && !states.isGone(path)) {
                changes.put(path, Optional.empty());
            }
        }
        return changes;
    }

    private Revision read(Path path, Seen seen) {
        Revision before = open.get(path);
        if (before != null && before.version().equals(seen.version())) {
            return before;
        }
        String name = RouteFile.name(path);
        String error = seen.error();
        if (name.endsWith(".yml")) {
            error = "a route file's name ends in .camel.yaml";
        }
        CheckedRouteFile read =
                error == null
                        ? check.read(name, seen.text())
                        : CheckedRouteFile.unreadable(name, error);
        return new Revision(read, seen.version());
    }
}
