package io.cistern.reload;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

/** Why a file or folder cannot be read, in words: the JDK's message is often a bare path. */
public final class Reasons {
    private Reasons() {}

    /** One line for people. */
    public static String of(IOException error) {
        if (error instanceof AccessDeniedException denied) {
            return "permission denied for `" + denied.getFile() + "`";
        }
        if (error instanceof NoSuchFileException gone) {
            return "`" + gone.getFile() + "` does not exist";
        }
        if (error instanceof FileSystemLoopException loop) {
            return "`" + loop.getFile() + "` links to a folder that it is in";
        }
        boolean bare = error instanceof FileSystemException file && file.getReason() == null;
        return bare || error.getMessage() == null ? error.toString() : error.getMessage();
    }
}
