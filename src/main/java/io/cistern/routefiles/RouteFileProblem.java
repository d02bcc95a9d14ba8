package io.cistern.routefiles;

import java.util.Comparator;
import java.util.Objects;

/**
 * Something that is wrong in a route file.
 *
 * @param file the file's name, relative to the routes folder, with slashes
 * @param line from 1; 0 where it is about the file as a whole
 * @param column from 1; 0 where it is about the file as a whole
 * @param routeId the id of the route that it is in; null where it is in none, or in one without id
 * @param message what is wrong and, where that is known, what would be right; one line
 */
public record RouteFileProblem(String file, int line, int column, String routeId, String message) {
    static final Comparator<RouteFileProblem> IN_ORDER =
            Comparator.comparingInt(RouteFileProblem::line)
                    .thenComparingInt(RouteFileProblem::column);

    public RouteFileProblem {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(message, "message");
    }

    /** A problem of a file as a whole. */
    public static RouteFileProblem ofFile(String file, String message) {
        return new RouteFileProblem(file, 0, 0, null, message);
    }

    static RouteFileProblem at(Position position, String file, String routeId, String message) {
        return new RouteFileProblem(file, position.line(), position.column(), routeId, message);
    }

    /** {@code file:line:column: route id: message}. */
    @Override
    public String toString() {
        String where = line == 0 ? file + ": " : file + ":" + line + ":" + column + ": ";
        return routeId == null ? where + message : where + "route " + routeId + ": " + message;
    }
}
