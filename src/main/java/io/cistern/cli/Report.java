package io.cistern.cli;

import io.cistern.routefiles.RouteFileProblem;
import java.util.List;

/**
 * What a check found.
 *
 * @param files all that were checked, relative to the folder, with slashes, in order
 * @param findings what is wrong, in the order of the files and of their text
 */
public record Report(List<String> files, List<RouteFileProblem> findings) {
    public Report {
        files = List.copyOf(files);
        findings = List.copyOf(findings);
    }
}
