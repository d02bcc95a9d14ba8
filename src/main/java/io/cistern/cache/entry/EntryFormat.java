package io.cistern.cache.entry;

import io.cistern.cache.order.Position;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The binary record of an entry. All numbers are big-endian.
 *
 * <pre>
 * offset  length
 *      0       2  magic "CI"
 *      2       1  format version
 *      3       1  number of variants, at least 1
 *      4       8  generation of the position
 *     12       8  version of the position
 *     20       4  CRC-32C of all that follows
 *     24          variants, each with its length in 4 bytes before it
 * </pre>
 *
 * The position stands at a fixed place outside the checksum, so that a script in the store can read
 * and write it without knowing the rest. This version writes one variant and reads the first. A
 * variant begins with its kind: 1 for a negative one, 2 where the value is its length in 4 bytes
 * and then what {@link ValuePacking} made of it, 0 otherwise.
 */
public final class EntryFormat {

    /** The version that is written, and the only one that is read. */
    public static final int VERSION = 1;

    /** Where the position begins, in bytes. */
    public static final int POSITION_OFFSET = 4;

    /** Where what the checksum covers begins, in bytes. */
    public static final int BODY_OFFSET = 24;

    private static final short MAGIC = 0x4349;
    private static final byte PLAIN = 0;
    private static final byte NEGATIVE = 1;
    private static final byte PACKED = 2;
    private static final int MAX_TAGS = 0xFFFF;
    private static final int MAX_TEXT = 0xFFFF;
    private static final int MAX_UTF8_PER_CHAR = 3;

    private EntryFormat() {}

    /** Whether an entry's metadata keep within what a record can hold. */
    public static boolean canEncode(Entry entry) {
        for (var tag : entry.tags()) {
            if (!fits(tag)) {
                return false;
            }
        }
        return entry.tags().size() <= MAX_TAGS
                && fits(entry.contentType())
                && fits(entry.etag())
                && fits(entry.fingerprint());
    }

    private static boolean fits(String text) {
        return text.length() <= MAX_TEXT / MAX_UTF8_PER_CHAR
                || text.getBytes(StandardCharsets.UTF_8).length <= MAX_TEXT;
    }

    /**
     * @param entry the entry
     * @return its record
     * @throws IllegalArgumentException if it {@link #canEncode can't be encoded}
     */
    public static byte[] encode(Entry entry) {
        return encode(entry, ValuePacking.NONE);
    }

    /**
     * @param entry the entry
     * @param packing makes its value smaller, or not
     * @return its record
     * @throws IllegalArgumentException if it {@link #canEncode can't be encoded}
     */
    public static byte[] encode(Entry entry, ValuePacking packing) {
        if (entry.negative()) {
            return encode(entry, entry.value(), NEGATIVE);
        }
        return packing.pack(entry.value())
                .map(packed -> withLength(entry.value().length, packed))
                .map(packed -> encode(entry, packed, PACKED))
                .orElseGet(() -> encode(entry, entry.value(), PLAIN));
    }

    private static byte[] withLength(int length, byte[] packed) {
        return ByteBuffer.allocate(Integer.BYTES + packed.length)
                .putInt(length)
                .put(packed)
                .array();
    }

    private static byte[] encode(Entry entry, byte[] value, byte kind) {
        var contentType = utf8(entry.contentType());
        var etag = utf8(entry.etag());
        var fingerprint = utf8(entry.fingerprint());
        if (entry.tags().size() > MAX_TAGS) {
            throw new IllegalArgumentException("more than " + MAX_TAGS + " tags");
        }
        var tags = new ArrayList<byte[]>(entry.tags().size());
        var length = 1 + 4 * 8 + 3 * 2 + contentType.length + etag.length + fingerprint.length + 2;
        for (var tag : entry.tags()) {
            var bytes = utf8(tag);
            tags.add(bytes);
            length += 2 + bytes.length;
        }
        length += value.length;
        var record = ByteBuffer.allocate(BODY_OFFSET + 4 + length);
        record.putShort(MAGIC).put((byte) VERSION).put((byte) 1);
        record.putLong(entry.position().generation()).putLong(entry.position().version());
        record.putInt(0).putInt(length);
        record.put(kind);
        record.putLong(entry.created()).putLong(entry.freshUntil()).putLong(entry.staleUntil());
        record.putLong(entry.originVersion());
        putText(record, contentType);
        putText(record, etag);
        putText(record, fingerprint);
        record.putShort((short) tags.size());
        tags.forEach(tag -> putText(record, tag));
        record.put(value);
        var bytes = record.array();
        record.putInt(BODY_OFFSET - 4, checksum(bytes));
        return bytes;
    }

    /**
     * @param record what a store holds
     * @return the entry; empty where the bytes are no record of this version or are damaged
     */
    public static Optional<Entry> decode(byte[] record) {
        return decode(record, ValuePacking.NONE);
    }

    /**
     * @param record what a store holds
     * @param packing with which its value may have been made smaller
     * @return as {@link #decode(byte[])}
     */
    public static Optional<Entry> decode(byte[] record, ValuePacking packing) {
        if (record.length < BODY_OFFSET + 4) {
            return Optional.empty();
        }
        var in = ByteBuffer.wrap(record);
        if (in.getShort() != MAGIC || in.get() != VERSION || in.get() < 1) {
            return Optional.empty();
        }
        var position = new Position(in.getLong(), in.getLong());
        if (in.getInt() != checksum(record)) {
            return Optional.empty();
        }
        try {
            return Optional.of(variant(in, position, packing));
        } catch (BufferUnderflowException | IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    private static Entry variant(ByteBuffer in, Position position, ValuePacking packing) {
        var length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("length of the variant");
        }
        in.limit(in.position() + length);
        var kind = in.get();
        var created = in.getLong();
        var freshUntil = in.getLong();
        var staleUntil = in.getLong();
        var originVersion = in.getLong();
        var contentType = text(in);
        var etag = text(in);
        var fingerprint = text(in);
        var count = in.getShort() & MAX_TAGS;
        List<String> tags = new ArrayList<>(Math.min(count, 64));
        for (var i = 0; i < count; i++) {
            tags.add(text(in));
        }
        var value = new byte[in.remaining()];
        in.get(value);
        return new Entry(
                        kind == PACKED ? unpacked(value, packing) : value,
                        contentType,
                        created,
                        freshUntil,
                        staleUntil,
                        position,
                        tags,
                        etag,
                        fingerprint,
                        originVersion,
                        kind == NEGATIVE)
                .tagged();
    }

    private static byte[] unpacked(byte[] value, ValuePacking packing) {
        var in = ByteBuffer.wrap(value);
        var length = in.getInt();
        return packing.unpack(Arrays.copyOfRange(value, Integer.BYTES, value.length), length);
    }

    private static int checksum(byte[] record) {
        var checksum = new CRC32C();
        checksum.update(record, BODY_OFFSET, record.length - BODY_OFFSET);
        return (int) checksum.getValue();
    }

    private static byte[] utf8(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_TEXT) {
            throw new IllegalArgumentException("text of more than 65,535 bytes in the metadata");
        }
        return bytes;
    }

    private static void putText(ByteBuffer out, byte[] bytes) {
        out.putShort((short) bytes.length).put(bytes);
    }

    private static String text(ByteBuffer in) {
        var length = in.getShort() & 0xFFFF;
        if (length > in.remaining()) {
            throw new IllegalArgumentException("length of a text");
        }
        var text = new String(in.array(), in.position(), length, StandardCharsets.UTF_8);
        in.position(in.position() + length);
        return text;
    }
}
