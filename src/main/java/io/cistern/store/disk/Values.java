package io.cistern.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/**
 * The records of entries, one behind the other in files of a bounded size. What is found there is
 * believed by the checksum in its {@link Place}. One thread writes, any may read.
 */
final class Values implements Closeable {

    static final String PREFIX = "values-";

    private final Folder folder;
    private final long fileSize;
    private final Map<Integer, Segment> segments = new ConcurrentHashMap<>();
    private final Out unwritten = new Out();
    private Segment active;
    private int next;

    /** A file. Its size is what was given out of it, written or not. */
    static final class Segment {
        private final int number;
        private final Folder.Handle file;
        private volatile long size;
        private long written;

        /** What an earlier process left may not have been. */
        private boolean isForced;

        Segment(int number, Folder.Handle file, long size) {
            this.number = number;
            this.file = file;
            this.size = size;
            this.written = size;
        }

        int number() {
            return number;
        }

        long size() {
            return size;
        }
    }

    private Values(Folder folder, long fileSize, int next) {
        this.folder = folder;
        this.fileSize = fileSize;
        this.next = next;
    }

    /**
     * Opens the files that a ledger names, and deletes the others.
     *
     * @param fileSize after how many bytes a new one is begun
     */
    static Values open(Folder folder, long fileSize, State state) throws IOException {
        var values = new Values(folder, fileSize, 1);
        try {
            for (var place : state.places().values()) {
                values.next = Math.max(values.next, place.file() + 1);
            }
            for (var name : folder.list()) {
                var number = Numbered.of(PREFIX, name);
                values.next = Math.max(values.next, number + 1);
                if (number > 0 && state.liveBytes(number) > 0) {
                    var file = folder.open(name);
                    values.segments.put(number, new Segment(number, file, file.size()));
                } else if (number > 0) {
                    folder.delete(name);
                }
            }
            return values;
        } catch (IOException | RuntimeException e) {
            values.close();
            throw e;
        }
    }

    /** Whether there are as many bytes as a place says. */
    boolean has(Place place) {
        var segment = segments.get(place.file());
        return segment != null
                && place.offset() >= 0
                && place.offset() <= segment.size - place.length();
    }

    /** Takes a record, to be written by the next {@link #flush}. */
    Place append(byte[] record, long version, long keptUntil) throws IOException {
        if (active == null || active.size >= fileSize) {
            flush();
            var number = next++;
            var file = folder.open(PREFIX + number);
            active = new Segment(number, file, 0);
            segments.put(number, active);
            file.truncate(0);
            folder.force();
        }
        var place =
                new Place(
                        active.number,
                        active.size,
                        record.length,
                        checksum(record),
                        version,
                        keptUntil);
        unwritten.raw(record);
        active.size += record.length;
        return place;
    }

    /** Writes what was taken. */
    void flush() throws IOException {
        if (unwritten.size() > 0) {
            active.isForced = false;
            active.file.write(unwritten.buffer(), active.written);
            active.written = active.size;
            unwritten.clear();
        }
    }

    void force() throws IOException {
        for (var segment : segments.values()) {
            if (!segment.isForced) {
                segment.file.force();
                segment.isForced = true;
            }
        }
    }

    /** The record at a place; empty where it is not there any more, or damaged. */
    Optional<byte[]> read(Place place) {
        var segment = segments.get(place.file());
        if (segment == null || !has(place)) {
            return Optional.empty();
        }
        try {
            var bytes = ByteBuffer.allocate(place.length());
            var isWhole = segment.file.read(bytes, place.offset()) == place.length();
            return isWhole && checksum(bytes.array()) == place.checksum()
                    ? Optional.of(bytes.array())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The file of which the least is still kept; empty where there is but the one in use. */
    Optional<Segment> emptiest(State state) {
        return segments.values().stream()
                .filter(segment -> segment != active)
                .min(
                        Comparator.comparingDouble(
                                it -> (double) state.liveBytes(it.number) / Math.max(1, it.size)));
    }

    /** The smallest file but the one in use. */
    Optional<Segment> smallest() {
        return segments.values().stream()
                .filter(segment -> segment != active)
                .min(Comparator.comparingLong(Segment::size));
    }

    /** Whether nobody else took a file away, or some of it. */
    boolean isWhole(Set<String> names) throws IOException {
        for (var segment : segments.values()) {
            if (!names.contains(PREFIX + segment.number) || segment.file.size() < segment.written) {
                return false;
            }
        }
        return true;
    }

    int count() {
        return segments.size();
    }

    long bytes() {
        return segments.values().stream().mapToLong(Segment::size).sum();
    }

    void delete(Segment segment) throws IOException {
        segments.remove(segment.number);
        segment.file.close();
        folder.delete(PREFIX + segment.number);
    }

    @Override
    public void close() throws IOException {
        for (var segment : segments.values()) {
            segment.file.close();
        }
    }

    private static int checksum(byte[] record) {
        var checksum = new CRC32C();
        checksum.update(record, 0, record.length);
        return (int) checksum.getValue();
    }
}
