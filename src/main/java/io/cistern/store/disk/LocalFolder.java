package io.cistern.store.disk;

import io.cistern.store.OwnFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.UUID;

/** A folder of the machine's file system, for nobody but its owner where that can be said. */
final class LocalFolder implements Folder {

    private static final String LOCK = "lock";
    private static final String GUESTS = "guests";
    private static final String FOREIGN = "foreign-";

    private final Path path;
    private final boolean posix;
    private FileChannel lock;
    private FileChannel guest;
    private Object identity;

    LocalFolder(Path path) {
        this.path = path.toAbsolutePath();
        this.posix = OwnFiles.hasPermissions(path);
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
        OwnFiles.makeFolder(path);
        lock = OwnFiles.lock(path.resolve(LOCK), false).orElse(null);
        identity = lock == null ? null : key();
        return lock != null;
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
            guest = OwnFiles.lock(path.resolve(GUESTS), true).orElse(null);
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
        var alone = OwnFiles.lock(path.resolve(GUESTS), false);
        if (alone.isPresent()) {
            try (var held = alone.get()) {
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
        return new Local(
                OwnFiles.open(
                        path.resolve(name),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE));
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
