package io.cistern.origin;

import io.cistern.component.CisternConstants;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.apache.camel.Header;

/**
 * The files of one folder as the values of a cache: a key is the name of its file. A key never
 * reaches another folder, whatever a client writes into it, and costs no look through all files.
 * Safe for many threads once its folder is set.
 */
public class FilesByKey {
    private Path folder;
    private String suffix = "";

    /**
     * @param folder where the files are; a relative one is below the folder that Cistern was
     *     started in
     */
    public void setFolder(String folder) {
        this.folder = Path.of(folder);
    }

    /**
     * @param suffix what a file's name ends in after its key, such as {@code .json}; nothing by
     *     default
     */
    public void setSuffix(String suffix) {
        this.suffix = suffix;
    }

    /**
     * Finds the file of a key.
     *
     * @param key any text; one that is no plain name, or begins with a dot, has no file
     * @return null where there is no such file
     * @throws NotDirectoryException if the folder is away: that says nothing about the key
     */
    public File find(@Header(CisternConstants.KEY) String key) throws NotDirectoryException {
        var file = isName(key) ? regularFile(key + suffix) : null;
        if (file == null && !Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        return file;
    }

    private File regularFile(String name) {
        try {
            var path = folder.resolve(name);
            return Files.isRegularFile(path) ? path.toFile() : null;
        } catch (InvalidPathException e) {
            return null; // no file of this system can have that name
        }
    }

    /** Separators of any system end a name, and so do those of Windows' drives and streams. */
    private static boolean isName(String key) {
        return !key.isEmpty()
                && key.charAt(0) != '.'
                && key.chars().noneMatch(c -> c < ' ' || c == '/' || c == '\\' || c == ':');
    }
}
