package io.cistern.cli;

import io.cistern.reload.RoutesFolder;
import io.cistern.reload.RoutesFolder.Seen;
import io.cistern.routefiles.CheckedRouteFile;
import io.cistern.routefiles.RouteFileCheck;
import io.cistern.routefiles.RouteFileProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;

/** Checks each file by itself: YAML, structure, components and their options. */
public final class FileByFileCheck implements FolderCheck {
    private final RouteFileCheck check = new RouteFileCheck();

    @Override
    public Report check(Path folder) throws IOException {
        var files = new ArrayList<String>();
        var findings = new ArrayList<RouteFileProblem>();
        new RoutesFolder(folder)
                .look()
                .files()
                .forEach(
                        (path, seen) -> {
                            String file = path.toString().replace('\\', '/');
                            files.add(file);
                            findings.addAll(read(file, seen).problems());
                        });
        return new Report(files, findings);
    }

    private CheckedRouteFile read(String file, Seen seen) {
        if (file.endsWith(".yml")) {
            return CheckedRouteFile.unreadable(file, "a route file's name ends in .camel.yaml");
        }
        return seen.error() == null
                ? check.read(file, seen.text())
                : CheckedRouteFile.unreadable(file, seen.error());
    }
}
