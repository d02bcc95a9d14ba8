package io.cistern.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Folders and files for nobody but their owner, where a file system can say so. */
public final class OwnFiles {

    private static final String FOLDER = "rwx------";
    private static final String FILE = "rw-------";

    /** Far behind any content: where locks are mandatory, that stays readable to others. */
    private static final long LOCKED = Long.MAX_VALUE - 1;

    private OwnFiles() {}

    /** Whether a file system knows of owners and what they may do. */
    public static boolean hasPermissions(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /**
     * Makes a folder, and those that it lies in; one that is there already is closed to others.
     *
     * @throws IOException where it can't be made, or is somebody else's
     */
    public static void makeFolder(Path path) throws IOException {
        Files.createDirectories(path.getParent());
        try {
            Files.createDirectory(path, attributes(path, FOLDER));
        } catch (FileAlreadyExistsException there) {
            if (!Files.isDirectory(path)) {
                throw there;
            }
        }
        if (hasPermissions(path)) {
            var owners = PosixFilePermissions.fromString(FOLDER);
            if (!Files.getPosixFilePermissions(path).equals(owners)) {
                Files.setPosixFilePermissions(path, owners);
            }
        }
    }

    /** Opens a file; one that is made for it is nobody else's. */
    public static FileChannel open(Path path, OpenOption... options) throws IOException {
        return FileChannel.open(path, Set.of(options), attributes(path, FILE));
    }

    /**
     * Opens a file to read and to write, made where it is not there, and locks it.
     *
     * @param shared whether others may lock it likewise
     * @return it is locked until it is closed; empty where somebody else has it, in this process or
     *     another
     */
    public static Optional<FileChannel> lock(Path path, boolean shared) throws IOException {
        var channel =
                open(
                        path,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE);
        FileLock lock = null;
        try {
            lock = channel.tryLock(LOCKED, 1, shared);
        } catch (OverlappingFileLockException withinThisProcess) {
            // Somebody else's.
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock == null ? Optional.empty() : Optional.of(channel);
    }

    private static FileAttribute<?>[] attributes(Path path, String permissions) {
        return hasPermissions(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
