package io.cistern.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A file that is only appended to: a header, then frames, each of which counts as a whole or not at
 * all. The checksum of each goes on from that of the one before, so that nothing behind a hole, and
 * nothing that was there before, passes for a frame. All numbers are big-endian.
 *
 * <pre>
 * header   magic "CILEDGER", 4 format version, 4 number, 8 generation, 4 CRC-32C
 * frame    4 length of the records, 8 time, 4 CRC-32C, the records as {@link State} has them
 * </pre>
 */
final class Ledger implements Closeable {

    static final String PREFIX = "ledger-";

    private static final String UNFINISHED = ".new";
    private static final long MAGIC = 0x43494C4544474552L;
    private static final int VERSION = 1;
    private static final int HEADER = 28;
    private static final int FRAME = 16;
    private static final int CHUNK = 1 << 20;

    private final Folder folder;
    private final int number;
    private final Folder.Handle file;
    private long size;
    private long forced;
    private int chain;
    private long time;

    private Ledger(Folder folder, int number, Folder.Handle file) {
        this.folder = folder;
        this.number = number;
        this.file = file;
    }

    /** The number of a ledger by its file's name; -1 for another file. */
    static int number(String name) {
        return Numbered.of(PREFIX, name);
    }

    static boolean isUnfinished(String name) {
        return name.startsWith(PREFIX) && name.endsWith(UNFINISHED);
    }

    /** A new one, which does not count until it is {@link #publish published}. */
    static Ledger create(Folder folder, int number, long generation) throws IOException {
        var file = folder.open(PREFIX + number + UNFINISHED);
        var ledger = new Ledger(folder, number, file);
        try {
            file.truncate(0);
            var header = ByteBuffer.allocate(HEADER);
            header.putLong(MAGIC).putInt(VERSION).putInt(number).putLong(generation);
            ledger.chain = checksum(0, header.array(), HEADER - Integer.BYTES);
            header.putInt(ledger.chain).flip();
            file.write(header, 0);
            ledger.size = HEADER;
            return ledger;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Whether it was {@link #destroy destroyed}. */
    static boolean isDestroyed(Folder folder, int number) throws IOException {
        try (var file = folder.open(PREFIX + number)) {
            return file.size() == 0;
        }
    }

    /** What a ledger held, and the ledger to go on with. */
    record Read(Ledger ledger, State state, long cut) {}

    /**
     * Reads one, up to the first frame that is not whole, and cuts off the rest.
     *
     * @throws DamagedException if it is none, or contradicts itself
     */
    static Read read(Folder folder, int number, Limits limits) throws IOException {
        var file = folder.open(PREFIX + number);
        var ledger = new Ledger(folder, number, file);
        try {
            var length = file.size();
            var state = new State(ledger.readHeader(), limits.marks(), length, limits.storeBytes());
            ledger.readFrames(state, length);
            var cut = length - ledger.size;
            if (cut > 0) {
                file.truncate(ledger.size);
            }
            return new Read(ledger, state, cut);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            file.close();
            throw e;
        }
    }

    private long readHeader() throws IOException {
        var header = ByteBuffer.allocate(HEADER);
        var isWhole = file.read(header, 0) == HEADER;
        header.flip();
        if (!isWhole || header.getLong() != MAGIC) {
            throw new DamagedException("no ledger of Cistern");
        }
        var version = header.getInt();
        var sameNumber = header.getInt() == number;
        var generation = header.getLong();
        chain = checksum(0, header.array(), HEADER - Integer.BYTES);
        if (header.getInt() != chain || !sameNumber) {
            throw new DamagedException("its header is damaged");
        }
        if (version != VERSION) {
            throw new DamagedException("its format is " + version + ", not " + VERSION);
        }
        size = HEADER;
        return generation;
    }

    private void readFrames(State state, long length) throws IOException {
        var bytes = ByteBuffer.allocate(CHUNK).limit(0);
        while (length - size >= FRAME) {
            bytes = atLeast(bytes, FRAME);
            var begin = bytes.position();
            if (bytes.remaining() < FRAME) {
                return;
            }
            var records = bytes.getInt(begin);
            var whole = (long) FRAME + records;
            if (records < 0 || whole > length - size || whole > Integer.MAX_VALUE - CHUNK) {
                return;
            }
            bytes = atLeast(bytes, (int) whole);
            begin = bytes.position();
            if (bytes.remaining() < whole) {
                return;
            }
            var checksum = checksum(chain, bytes, begin, records);
            if (bytes.getInt(begin + 12) != checksum) {
                return;
            }
            time = Math.max(time, bytes.getLong(begin + 4));
            state.apply(new In(bytes.slice(begin + FRAME, records)));
            bytes.position(begin + (int) whole);
            chain = checksum;
            size += whole;
        }
    }

    /** The bytes at {@link #size}, so many of them if the file has them. */
    private ByteBuffer atLeast(ByteBuffer bytes, int wanted) throws IOException {
        if (bytes.remaining() >= wanted) {
            return bytes;
        }
        var more = ByteBuffer.allocate(Math.max(CHUNK, wanted));
        more.put(bytes);
        file.read(more, size + more.position());
        return more.flip();
    }

    /** Whether nobody else took it away, or some of it. */
    boolean isWhole(Set<String> names) throws IOException {
        return names.contains(PREFIX + number) && file.size() >= size;
    }

    int number() {
        return number;
    }

    long size() {
        return size;
    }

    /** How much of it survives whatever happens. */
    long forcedSize() {
        return forced;
    }

    /** The latest time that it tells. */
    long time() {
        return time;
    }

    void append(Out records, long now) throws IOException {
        var frame = ByteBuffer.allocate(FRAME + records.size());
        frame.putInt(records.size()).putLong(now).putInt(0).put(records.buffer()).flip();
        var checksum = checksum(chain, frame, 0, records.size());
        frame.putInt(12, checksum);
        file.write(frame, size);
        size += frame.capacity();
        chain = checksum;
        time = Math.max(time, now);
    }

    void force() throws IOException {
        var upTo = size;
        file.force();
        forced = upTo;
    }

    /** Lets it count from now on, whatever happens. */
    void publish() throws IOException {
        force();
        folder.rename(PREFIX + number + UNFINISHED, PREFIX + number);
        folder.force();
    }

    /** Makes it worth nothing, wherever it is by now. */
    void destroy() throws IOException {
        file.truncate(0);
        file.force();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static int checksum(int chain, byte[] bytes, int length) {
        var checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(Integer.BYTES).putInt(chain).flip());
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }

    /** Of a frame: all but the checksum itself. */
    private static int checksum(int chain, ByteBuffer bytes, int begin, int records) {
        var checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(Integer.BYTES).putInt(chain).flip());
        checksum.update(bytes.slice(begin, 12));
        checksum.update(bytes.slice(begin + FRAME, records));
        return (int) checksum.getValue();
    }
}
