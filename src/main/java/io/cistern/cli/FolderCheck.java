package io.cistern.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Looks for what is wrong in the route files of a folder, without starting any route. */
@FunctionalInterface
public interface FolderCheck {
    /**
     * Checks all route files of a folder and the folders in it.
     *
     * @param folder is there and can be read
     * @throws IOException when a folder cannot be read; a file that cannot is a finding
     */
    Report check(Path folder) throws IOException;
}
