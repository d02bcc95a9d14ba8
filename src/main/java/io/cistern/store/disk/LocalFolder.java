package io.cistern.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A folder of the machine's file system, for nobody but its owner where that can be said. */
final class LocalFolder implements Folder {

    private static final String LOCK = "lock";
    private static final String GUESTS = "guests";
    private static final String FOREIGN = "foreign-";
    private static final Set<OpenOption> READ_WRITE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);

    private final Path path;
    private final boolean posix;
    private FileChannel lock;
    private FileChannel guest;
    private Object identity;

    LocalFolder(Path path) {
        this.path = path.toAbsolutePath();
        this.posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    @Override
    public String path() {
        return path.toString();
    }

    @Override
    public boolean claim() throws IOException {
        if (lock != null) {
            lock.close();
        }
        makeFolder();
        lock = tryLock(LOCK, false);
        identity = lock == null ? null : key();
        return lock != null;
    }

    private void makeFolder() throws IOException {
        Files.createDirectories(path.getParent());
        try {
            Files.createDirectory(path, attributes("rwx------"));
        } catch (FileAlreadyExistsException there) {
            if (!Files.isDirectory(path)) {
                throw there;
            }
        }
        if (posix) {
            var owners = PosixFilePermissions.fromString("rwx------");
            if (!Files.getPosixFilePermissions(path).equals(owners)) {
                Files.setPosixFilePermissions(path, owners);
            }
        }
    }

    private FileChannel tryLock(String name, boolean shared) throws IOException {
        var channel = channel(name);
        FileLock held = null;
        try {
            held = channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException another) {
            // By another instance in this process.
        } finally {
            if (held == null) {
                channel.close();
            }
        }
        return held == null ? null : channel;
    }

    /** What tells the lock's file from another of its name; null where the platform doesn't. */
    private Object key() throws IOException {
        return Files.readAttributes(path.resolve(LOCK), BasicFileAttributes.class).fileKey();
    }

    @Override
    public boolean isThere() {
        try {
            var now = key();
            return lock != null && (identity == null || identity.equals(now));
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public void announceGuest() throws IOException {
        if (guest == null) {
            guest = tryLock(GUESTS, true);
        }
        // Who takes the sign away has a lock on it that excludes ours.
        if (guest == null || !hadGuests()) {
            closeGuest();
            throw new IOException(path.resolve(GUESTS) + " can't be locked");
        }
        force();
    }

    @Override
    public boolean hadGuests() {
        return Files.exists(path.resolve(GUESTS));
    }

    @Override
    public void forgetGuests() throws IOException {
        closeGuest();
        if (!hadGuests()) {
            return;
        }
        try (var alone = tryLock(GUESTS, false)) {
            if (alone != null) {
                delete(GUESTS);
                force();
            }
        }
    }

    private void closeGuest() throws IOException {
        if (guest != null) {
            guest.close();
            guest = null;
        }
    }

    @Override
    public List<String> list() throws IOException {
        try (var files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            if (isNowhere()) {
                return List.of();
            }
            throw e;
        }
    }

    /** Whether there is no such folder, nor can there be another one of that name behind it. */
    private boolean isNowhere() {
        for (var each = path; each != null; each = each.getParent()) {
            if (Files.isRegularFile(each)) {
                return true;
            }
        }
        return Files.notExists(path);
    }

    @Override
    public Handle open(String name) throws IOException {
        return new Local(channel(name));
    }

    private FileChannel channel(String name) throws IOException {
        return FileChannel.open(path.resolve(name), READ_WRITE, attributes("rw-------"));
    }

    private FileAttribute<?>[] attributes(String permissions) {
        Set<PosixFilePermission> set = PosixFilePermissions.fromString(permissions);
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(set)}
                : new FileAttribute<?>[0];
    }

    @Override
    public void delete(String name) throws IOException {
        var file = path.resolve(name);
        try {
            Files.deleteIfExists(file);
        } catch (DirectoryNotEmptyException foreign) {
            // No work of ours: out of the way, so that it keeps no change from being made.
            Files.move(file, path.resolve(FOREIGN + name + "-" + UUID.randomUUID()));
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(
                path.resolve(from),
                path.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void force() throws IOException {
        if (!posix) {
            // Windows opens no folders, and keeps their changes in order by itself.
            return;
        }
        try (var folder = FileChannel.open(path, StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException e) {
            // Where it is gone, its files are as well.
            if (!isNowhere()) {
                throw e;
            }
        }
    }

    @Override
    public void release() {
        try {
            if (lock != null) {
                lock.close();
            }
            closeGuest();
        } catch (IOException e) {
            // Closed all the same: the end of the process gives up any lock.
        }
        lock = null;
    }

    private record Local(FileChannel channel) implements Handle {

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
            var to = at;
            while (bytes.hasRemaining()) {
                to += channel.write(bytes, to);
            }
        }

        @Override
        public int read(ByteBuffer into, long at) throws IOException {
            var from = at;
            while (into.hasRemaining()) {
                var count = channel.read(into, from);
                if (count < 0) {
                    break;
                }
                from += count;
            }
            return (int) (from - at);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
