package io.cistern.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A file system in memory that forgets: what was not forced is lost by {@link #loseMachine} sector
 * by sector, in any order; names are lost from some point on. Between two failures it can be full,
 * read-only, or end the process in the middle of anything.
 */
final class FakeFolder implements Folder {

    /** Smaller than those of any disk, so that more is torn. */
    private static final int SECTOR = 64;

    /** The end of the process, which nothing may catch. */
    static final class Killed extends Error {
        Killed() {
            super("killed", null, false, false);
        }
    }

    private static final class Inode {
        private byte[] now = new byte[0];
        private byte[] safe = new byte[0];
        private final List<Change> unforced = new ArrayList<>();
    }

    /** Bytes that were written, or, with null, a new size. */
    private record Change(long at, byte[] bytes) {}

    private interface NameChange {
        void apply(Map<String, Inode> names);
    }

    private final Random random;
    private Map<String, Inode> names = new HashMap<>();
    private Map<String, Inode> safeNames = new HashMap<>();
    private final List<NameChange> unforcedNames = new ArrayList<>();
    private int life;
    private long opsLeft = Long.MAX_VALUE;
    private long bytesLeft = Long.MAX_VALUE;
    private boolean isReadOnly;
    private boolean isGone;

    FakeFolder(Random random) {
        this.random = random;
    }

    /** Ends the process at its so many-th operation from now. */
    void killAfter(long operations) {
        opsLeft = operations;
    }

    /** Takes only so many bytes more. */
    void fullAfter(long bytes) {
        bytesLeft = bytes;
    }

    void readOnly(boolean is) {
        isReadOnly = is;
    }

    /** As if somebody moved the folder away; nothing that is opened from now on is the same. */
    void vanish() {
        names = new HashMap<>();
        safeNames = new HashMap<>();
        unforcedNames.clear();
        isGone = true;
    }

    /** The process ends; all that it wrote is there. */
    void loseProcess() {
        life++;
        heal();
    }

    /** The machine ends. */
    void loseMachine() {
        var share = new double[] {0, 0.3, 0.8, 1}[random.nextInt(4)];
        unforcedNames
                .subList(0, random.nextInt(unforcedNames.size() + 1))
                .forEach(it -> it.apply(safeNames));
        unforcedNames.clear();
        names = new HashMap<>(safeNames);
        for (var inode : names.values()) {
            for (var change : inode.unforced) {
                lose(inode, change, share);
            }
            inode.unforced.clear();
            inode.now = inode.safe.clone();
        }
        loseProcess();
    }

    private void lose(Inode inode, Change change, double share) {
        if (change.bytes == null) {
            if (random.nextDouble() < share) {
                inode.safe = Arrays.copyOf(inode.safe, (int) change.at);
            }
            return;
        }
        for (var from = 0; from < change.bytes.length; ) {
            var upTo =
                    (int)
                            Math.min(
                                    change.bytes.length,
                                    from + SECTOR - (change.at + from) % SECTOR);
            if (random.nextDouble() < share) {
                inode.safe = with(inode.safe, change.at + from, change.bytes, from, upTo - from);
            }
            from = upTo;
        }
    }

    private static byte[] with(byte[] file, long at, byte[] bytes, int from, int length) {
        var longer = Arrays.copyOf(file, (int) Math.max(file.length, at + length));
        System.arraycopy(bytes, from, longer, (int) at, length);
        return longer;
    }

    void heal() {
        opsLeft = Long.MAX_VALUE;
        bytesLeft = Long.MAX_VALUE;
        isReadOnly = false;
        isGone = false;
    }

    /** The bytes of a file; to be changed behind everybody's back. */
    byte[] bytes(String name) {
        return names.get(name).now;
    }

    void replace(String name, byte[] bytes) {
        var inode = new Inode();
        inode.now = bytes;
        inode.safe = bytes.clone();
        names.put(name, inode);
        safeNames.put(name, inode);
    }

    long size() {
        return names.values().stream().mapToLong(it -> it.now.length).sum();
    }

    private void operate(int of, boolean isChange) throws IOException {
        if (of != life) {
            throw new IllegalStateException("a file of a process that ended");
        }
        if (opsLeft-- <= 0) {
            throw new Killed();
        }
        if (isChange && isReadOnly) {
            throw new IOException("Read-only file system");
        }
    }

    private void rename(NameChange change) throws IOException {
        operate(life, true);
        change.apply(names);
        unforcedNames.add(change);
    }

    @Override
    public String path() {
        return "/fake";
    }

    @Override
    public boolean claim() throws IOException {
        operate(life, true);
        isGone = false;
        return true;
    }

    @Override
    public boolean isThere() {
        return !isGone;
    }

    @Override
    public void announceGuest() {
        throw new IllegalStateException("nobody else is here");
    }

    @Override
    public boolean hadGuests() {
        return false;
    }

    @Override
    public void forgetGuests() {
        // nobody else is here
    }

    @Override
    public List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override
    public Handle open(String name) throws IOException {
        if (!names.containsKey(name)) {
            var made = new Inode();
            rename(all -> all.put(name, made));
        }
        operate(life, true);
        return new File(names.get(name), life);
    }

    @Override
    public void delete(String name) throws IOException {
        rename(all -> all.remove(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        if (!names.containsKey(from)) {
            throw new NoSuchFileException(from);
        }
        rename(all -> all.put(to, all.remove(from)));
    }

    @Override
    public void force() throws IOException {
        operate(life, true);
        unforcedNames.clear();
        safeNames = new HashMap<>(names);
    }

    @Override
    public void release() {
        // nobody else wants it
    }

    private final class File implements Handle {
        private final Inode inode;
        private final int of;

        File(Inode inode, int of) {
            this.inode = inode;
            this.of = of;
        }

        @Override
        public long size() {
            return inode.now.length;
        }

        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
            operate(of, true);
            var all = new byte[bytes.remaining()];
            bytes.get(all);
            // Killed or full in the middle of it, some of it is there all the same.
            var fits = (int) Math.min(bytesLeft, all.length);
            if (opsLeft <= 0) {
                fits = random.nextInt(all.length + 1);
            }
            bytesLeft -= fits;
            inode.now = with(inode.now, at, all, 0, fits);
            inode.unforced.add(new Change(at, Arrays.copyOf(all, fits)));
            if (opsLeft <= 0) {
                throw new Killed();
            }
            if (fits < all.length) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public int read(ByteBuffer into, long at) {
            var count = (int) Math.max(0, Math.min(into.remaining(), inode.now.length - at));
            into.put(inode.now, (int) Math.min(at, inode.now.length), count);
            return count;
        }

        @Override
        public void truncate(long size) throws IOException {
            operate(of, true);
            inode.now = Arrays.copyOf(inode.now, (int) size);
            inode.unforced.add(new Change(size, null));
        }

        @Override
        public void force() throws IOException {
            operate(of, true);
            inode.unforced.clear();
            inode.safe = inode.now.clone();
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
