package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import io.cistern.store.OwnFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The positions of the latest changes that this instance acknowledged, kept over its restart: a
 * Redis that was set back to an older state meanwhile is found out. Each is written before its
 * change is acknowledged; it survives the end of the process, not that of the machine, since it is
 * not forced to the disk. Instances that share a folder have a file each, and read all.
 *
 * <p>Records of 40 bytes: 16 of a digest of the partition, generation, version, CRC-32C, 4 unused.
 * One that is damaged counts as not there. What can't be written is logged once, and holds nobody
 * up.
 */
public final class SeenFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SeenFile.class);

    private static final int ID = 16;
    private static final int CHECKED = ID + 2 * Long.BYTES;
    private static final int RECORD = CHECKED + 2 * Integer.BYTES;
    private static final int MOST_FILES = 64;

    private final Path file;
    private final FileChannel out;
    private final Map<String, Position> kept;
    private final Map<String, Long> offsets = new HashMap<>();
    private final Map<Partition, String> ids = new HashMap<>();
    private boolean failed;

    private SeenFile(Path file, FileChannel out, Map<String, Position> kept) {
        this.file = file;
        this.out = out;
        this.kept = kept;
    }

    /**
     * Opens the file of this instance, and reads those of all.
     *
     * @param folder made if need be
     * @param place tells one Redis, and what is kept in it, from others
     * @return empty where nothing can be written, which is logged
     */
    public static Optional<SeenFile> open(Path folder, String place) {
        var name = "seen-" + HexFormat.of().formatHex(Arrays.copyOf(digest(place), 6)) + "-";
        try {
            Files.createDirectories(folder);
            Map<String, Position> kept = new HashMap<>();
            SeenFile own = null;
            for (var i = 0; i < MOST_FILES; i++) {
                var file = folder.resolve(name + i);
                if (own == null) {
                    own = lock(file, kept).orElse(null);
                } else if (!Files.exists(file)) {
                    break;
                }
                read(Files.readAllBytes(file), kept, null);
            }
            return Optional.ofNullable(own);
        } catch (IOException e) {
            LOG.warn(
                    "CISTERN_DATA_DIR: {} can't be used ({}); a Redis that is set back while no"
                            + " instance runs will not be noticed",
                    folder,
                    e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<SeenFile> lock(Path path, Map<String, Position> kept)
            throws IOException {
        var channel = OwnFiles.lock(path, false);
        if (channel.isEmpty()) {
            return Optional.empty();
        }
        var own = new SeenFile(path, channel.get(), kept);
        read(Files.readAllBytes(path), kept, own.offsets);
        return Optional.of(own);
    }

    private static void read(byte[] bytes, Map<String, Position> into, Map<String, Long> offsets) {
        for (var at = 0; at + RECORD <= bytes.length; at += RECORD) {
            var record = ByteBuffer.wrap(bytes, at, RECORD);
            var id = HexFormat.of().formatHex(bytes, at, at + ID);
            record.position(at + ID);
            var position = new Position(record.getLong(), record.getLong());
            if (record.getInt() == checksum(bytes, at)) {
                into.merge(id, position, Position::later);
                if (offsets != null) {
                    offsets.put(id, (long) at);
                }
            }
        }
    }

    /** The latest that was acknowledged; unknown for none. */
    synchronized Position of(Partition partition) {
        return kept.getOrDefault(id(partition), Position.UNKNOWN);
    }

    /** Keeps the position of a change that is about to be acknowledged. */
    synchronized void keep(Partition partition, Position position) {
        var id = id(partition);
        var known = kept.get(id);
        if (position.equals(known)
                || known != null && Position.later(known, position).equals(known)) {
            return;
        }
        kept.put(id, position);
        try {
            write(id, position);
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                LOG.warn("{} can't be written: {}", file, e.getMessage());
            }
        }
    }

    private void write(String id, Position position) throws IOException {
        var record = ByteBuffer.allocate(RECORD);
        record.put(HexFormat.of().parseHex(id));
        record.putLong(position.generation()).putLong(position.version());
        record.putInt(checksum(record.array(), 0));
        var offset = offsets.get(id);
        if (offset == null) {
            // Behind the last whole one.
            offset = out.size() / RECORD * RECORD;
        }
        record.rewind();
        while (record.hasRemaining()) {
            out.write(record, offset + record.position());
        }
        offsets.put(id, offset);
    }

    private String id(Partition partition) {
        return ids.computeIfAbsent(
                partition,
                it ->
                        HexFormat.of()
                                .formatHex(
                                        Arrays.copyOf(digest(it.index() + ":" + it.cache()), ID)));
    }

    private static int checksum(byte[] bytes, int from) {
        var checksum = new CRC32C();
        checksum.update(bytes, from, CHECKED);
        return (int) checksum.getValue();
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            out.close();
        } catch (IOException e) {
            LOG.debug("{} is not closed", file, e);
        }
    }
}
