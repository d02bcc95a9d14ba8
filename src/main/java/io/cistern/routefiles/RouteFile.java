package io.cistern.routefiles;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A file of the routes folder and what became of it.
 *
 * @param path relative to the routes folder
 * @param routeIds the routes of this file that are in the Camel context, in the order of the file;
 *     none when it is refused
 * @param error what is wrong, a line for each problem, with the place; null when it is loaded
 * @param since when it got into this state
 */
public record RouteFile(
        Path path, State state, List<String> routeIds, String error, Instant since) {
    /** Whether a file's routes run. */
    public enum State {
        LOADED,
        REFUSED
    }

    public RouteFile {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(since, "since");
        routeIds = List.copyOf(routeIds);
        if ((state == State.REFUSED) != (error != null)) {
            throw new IllegalArgumentException("an error belongs to a refused file");
        }
    }

    static RouteFile loaded(Path path, List<String> routeIds, Instant since) {
        return new RouteFile(path, State.LOADED, routeIds, null, since);
    }

    static RouteFile refused(Path path, String error, Instant since) {
        return new RouteFile(path, State.REFUSED, List.of(), error, since);
    }
}
