package io.cistern.store.near;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.order.Position;
import io.cistern.store.OwnFiles;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What was near, in one file that is always written anew and takes the place of the one before as a
 * whole. Each of its records has a length and a checksum (CRC-32C); the first names the place whose
 * entries these are, then each cache has one with its positions, and one for each of its entries.
 */
final class NearFile {

    private static final byte[] MAGIC = {'C', 'I', 'N', 1};
    private static final int CACHE = 1;
    private static final int ENTRY = 2;
    private static final int MAX_RECORD = 256 << 20;
    private static final int MAX_PARTITIONS = 1 << 16;
    private static final int BUFFER = 1 << 16;

    private NearFile() {}

    /** Takes what a file says, record by record. */
    interface Reader {
        /** What follows is of this cache. */
        void cache(String name, List<Position> positions);

        /** An entry of it, by the name under which it was near. */
        void entry(String nearKey, Entry entry);
    }

    /** Writes a file beside the one that is there. */
    static final class Writer implements Closeable {
        private final Path file;
        private final Path written;
        private final FileChannel channel;
        private final DataOutputStream out;

        /**
         * @param file what it is to be in the end
         * @param place tells what is kept there from what is kept elsewhere
         */
        Writer(Path file, String place) throws IOException {
            this.file = file;
            this.written = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(written);
            this.channel =
                    OwnFiles.open(written, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            this.out =
                    new DataOutputStream(
                            new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
            out.write(MAGIC);
            var record = new ByteArrayOutputStream();
            new DataOutputStream(record).writeUTF(place);
            write(record.toByteArray());
        }

        void cache(String name, List<Position> positions) throws IOException {
            var record = new ByteArrayOutputStream();
            var data = new DataOutputStream(record);
            data.writeByte(CACHE);
            data.writeUTF(name);
            data.writeInt(positions.size());
            for (var position : positions) {
                data.writeLong(position.generation());
                data.writeLong(position.version());
            }
            write(record.toByteArray());
        }

        void entry(String nearKey, Entry entry) throws IOException {
            var key = nearKey.toCharArray();
            var bytes = EntryFormat.encode(entry);
            var record = new ByteArrayOutputStream(bytes.length + 2 * key.length + 8);
            var data = new DataOutputStream(record);
            data.writeByte(ENTRY);
            // As they are: not all names are text that UTF-8 knows.
            data.writeInt(key.length);
            for (var character : key) {
                data.writeChar(character);
            }
            data.write(bytes);
            write(record.toByteArray());
        }

        private void write(byte[] record) throws IOException {
            out.writeInt(record.length);
            out.writeInt(checksum(record));
            out.write(record);
        }

        /** Forces it to the disk, and puts it in the place of the one before. */
        void commit() throws IOException {
            out.flush();
            channel.force(true);
            channel.close();
            Files.move(
                    written,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(written);
        }
    }

    /**
     * Reads a file up to its end, or to the first record that is not whole.
     *
     * @param file may be missing
     * @param place of whom it has to be; another one's says nothing
     * @return whether it was whole, or not there
     * @throws IOException if it can't be read
     */
    static boolean read(Path file, String place, Reader reader) throws IOException {
        if (!Files.exists(file)) {
            return true;
        }
        try (var in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            var magic = in.readNBytes(MAGIC.length);
            if (!java.util.Arrays.equals(magic, MAGIC)) {
                return false;
            }
            var first = record(in);
            if (first == null || !data(first).readUTF().equals(place)) {
                return first != null;
            }
            for (var record = record(in); record != null; record = record(in)) {
                tell(record, reader);
            }
            return in.read() < 0;
        } catch (EOFException cut) {
            return false;
        }
    }

    /** The next one; null at the end, or where it is not whole. */
    private static byte[] record(DataInputStream in) throws IOException {
        in.mark(BUFFER);
        if (in.read() < 0) {
            return null;
        }
        in.reset();
        var length = in.readInt();
        var checksum = in.readInt();
        if (length < 1 || length > MAX_RECORD) {
            return null;
        }
        var record = in.readNBytes(length);
        if (record.length < length) {
            throw new EOFException();
        }
        return checksum == checksum(record) ? record : null;
    }

    private static void tell(byte[] record, Reader reader) throws IOException {
        var in = data(record);
        switch (in.readByte()) {
            case CACHE -> {
                var name = in.readUTF();
                var count = in.readInt();
                if (count < 0 || count > MAX_PARTITIONS) {
                    throw new EOFException();
                }
                var positions = new ArrayList<Position>();
                for (var i = 0; i < count; i++) {
                    positions.add(new Position(in.readLong(), in.readLong()));
                }
                reader.cache(name, positions);
            }
            case ENTRY -> {
                var length = in.readInt();
                if (length < 0 || length > record.length / 2) {
                    throw new EOFException();
                }
                var key = new char[length];
                for (var i = 0; i < length; i++) {
                    key[i] = in.readChar();
                }
                EntryFormat.decode(in.readAllBytes())
                        .ifPresent(entry -> reader.entry(new String(key), entry));
            }
            default -> {
                // Of a later release.
            }
        }
    }

    private static DataInputStream data(byte[] record) {
        return new DataInputStream(new java.io.ByteArrayInputStream(record));
    }

    private static int checksum(byte[] bytes) {
        var checksum = new CRC32C();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }
}
