package io.cistern.reload;

import io.cistern.routefiles.RouteFileProblem;
import java.nio.file.Path;

/** Why a file cannot be loaded. */
record Failed(Path path, RouteFileProblem problem) {}
