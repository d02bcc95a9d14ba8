package io.cistern.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file or folder cannot be read, in words: the JDK's message is often a bare path. */
final class Reasons {
    private Reasons() {}

    static String of(IOException error) {
        if (error instanceof AccessDeniedException denied) {
            return "permission denied for `" + denied.getFile() + "`";
        }
        if (error instanceof NoSuchFileException gone) {
            return "`" + gone.getFile() + "` does not exist";
        }
        boolean bare = error instanceof FileSystemException file && file.getReason() == null;
        return bare || error.getMessage() == null ? error.toString() : error.getMessage();
    }
}
