package io.cistern.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Says how much of which ledger was forced to the disk, and when the store last ran: a ledger that
 * is shorter was cut by somebody else. It is not forced itself, since it only ever says too little.
 * Two slots in turn, so that one of them is whole.
 */
final class Seal implements Closeable {

    static final String FILE = "seal";

    private static final int SLOT = 512;
    private static final int CHECKED = Integer.BYTES + 3 * Long.BYTES;

    private final Folder.Handle file;
    private Mark last;

    /**
     * What it says.
     *
     * @param ledger the ledger's number
     * @param length of which so many bytes were forced
     * @param time when, in milliseconds of the store's time
     * @param turn counts what it said
     */
    record Mark(int ledger, long length, long time, long turn) {
        static final Mark NONE = new Mark(0, 0, 0, 0);
    }

    private Seal(Folder.Handle file, Mark last) {
        this.file = file;
        this.last = last;
    }

    static Seal open(Folder folder) throws IOException {
        var file = folder.open(FILE);
        var last = Mark.NONE;
        for (var slot = 0; slot < 2; slot++) {
            var bytes = ByteBuffer.allocate(CHECKED + Integer.BYTES);
            if (file.read(bytes, (long) slot * SLOT) == bytes.capacity()) {
                var mark =
                        new Mark(
                                bytes.getInt(0),
                                bytes.getLong(4),
                                bytes.getLong(12),
                                bytes.getLong(20));
                if (bytes.getInt(CHECKED) == checksum(bytes) && mark.turn > last.turn) {
                    last = mark;
                }
            }
        }
        return new Seal(file, last);
    }

    Mark last() {
        return last;
    }

    void say(int ledger, long length, long time) throws IOException {
        var mark = new Mark(ledger, length, time, last.turn + 1);
        var bytes = ByteBuffer.allocate(CHECKED + Integer.BYTES);
        bytes.putInt(ledger).putLong(length).putLong(time).putLong(mark.turn);
        bytes.putInt(checksum(bytes)).flip();
        file.write(bytes, mark.turn % 2 * SLOT);
        last = mark;
    }

    private static int checksum(ByteBuffer bytes) {
        var checksum = new CRC32C();
        checksum.update(bytes.array(), 0, CHECKED);
        return (int) checksum.getValue();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
