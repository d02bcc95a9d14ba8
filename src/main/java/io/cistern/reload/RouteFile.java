package io.cistern.reload;

import io.cistern.routefiles.RouteFileProblem;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A file of the routes folder and what became of it.
 *
 * @param path relative to the routes folder
 * @param active the version whose routes are in the Camel context; empty where none was ever good
 * @param refused the version that lies in the folder, where that is not the active one
 * @param routeIds the routes of the active version, in the order of their ids
 */
public record RouteFile(
        Path path, Optional<Version> active, Optional<Refusal> refused, List<String> routeIds) {
    /** Whether a file's routes run as it stands there. */
    public enum State {
        LOADED,
        REFUSED
    }

    /**
     * A version of a file.
     *
     * @param version tells texts apart: the beginning of a hash
     * @param since when it became active
     */
    public record Version(String version, Instant since) {}

    /**
     * A version that cannot be used.
     *
     * @param version tells texts apart: the beginning of a hash
     * @param since when it was refused first
     * @param problems what is wrong, in the order of the text
     */
    public record Refusal(String version, Instant since, List<RouteFileProblem> problems) {
        private static final int MAX_LINES = 10;

        public Refusal {
            problems = List.copyOf(problems);
        }

        /** What is wrong, a line for each of the first problems, with the place. */
        public String error() {
            return problems.stream()
                    .limit(MAX_LINES)
                    .map(RouteFileProblem::toString)
                    .collect(Collectors.joining("\n"));
        }
    }

    public RouteFile {
        Objects.requireNonNull(path, "path");
        routeIds = List.copyOf(routeIds);
        if (active.isEmpty() && refused.isEmpty()) {
            throw new IllegalArgumentException("a file is active or refused, or both");
        }
    }

    /** REFUSED also while an older version runs. */
    public State state() {
        return refused.isPresent() ? State.REFUSED : State.LOADED;
    }

    /** What is wrong with the version that lies in the folder, or null. */
    public String error() {
        return refused.map(Refusal::error).orElse(null);
    }

    /** The path with slashes, on every system. */
    public String name() {
        return name(path);
    }

    static String name(Path path) {
        return path.toString().replace('\\', '/');
    }
}
