package io.cistern.cache.entry;

import io.cistern.cache.order.Position;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
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
 * and write it without knowing the rest. It is that of the first variant; the others are what was
 * made of the same key in other environments. A variant begins with its kind, a sum: 1 for a
 * negative one; 2 where the value is its length in 4 bytes and then what {@link ValuePacking} made
 * of it; 4 where it names the environment in which it was made; 8 where it has a position of its
 * own.
 */
public final class EntryFormat {

    /** The version that is written, and the only one that is read. */
    public static final int VERSION = 1;

    /** Where the position begins, in bytes. */
    public static final int POSITION_OFFSET = 4;

    /** Where what the checksum covers begins, in bytes. */
    public static final int BODY_OFFSET = 24;

    private static final int VARIANTS_OFFSET = 3;
    private static final short MAGIC = 0x4349;
    private static final int NEGATIVE = 1;
    private static final int PACKED = 2;
    private static final int ELSEWHERE = 4;
    private static final int PLACED = 8;
    private static final int ALL_KINDS = NEGATIVE | PACKED | ELSEWHERE | PLACED;
    private static final int MAX_VARIANTS = 0x7F;

    /** Content type, entity tag, fingerprint. */
    private static final int FIXED_TEXTS = 3;

    private static final int MAX_TAGS = 0xFFFF;
    private static final int MAX_TEXT = 0xFFFF;
    private static final int MAX_UTF8_PER_CHAR = 3;

    private EntryFormat() {}

    /** Whether an entry's metadata keep within what a record can hold. */
    public static boolean canEncode(Entry entry) {
        for (var other : entry.others()) {
            if (!canEncode(other)) {
                return false;
            }
        }
        return entry.tags().size() <= MAX_TAGS
                && fits(entry.contentType())
                && fits(entry.etag())
                && fits(entry.fingerprint())
                && fit(entry.tags())
                && fit(entry.environment().values().values())
                && entry.others().size() < MAX_VARIANTS;
    }

    /** Not by streams: this is done for every row that is warmed. */
    private static boolean fit(Collection<String> texts) {
        for (var text : texts) {
            if (!fits(text)) {
                return false;
            }
        }
        return true;
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
        var variants = new ArrayList<Variant>(1 + entry.others().size());
        variants.add(Variant.of(entry, packing, false));
        for (var other : entry.others()) {
            variants.add(Variant.of(other, packing, true));
        }
        if (variants.size() > MAX_VARIANTS) {
            throw new IllegalArgumentException("more than " + MAX_VARIANTS + " variants");
        }
        var length = BODY_OFFSET;
        for (var variant : variants) {
            length = Math.addExact(length, Integer.BYTES + variant.length());
        }
        var record = ByteBuffer.allocate(length);
        record.putShort(MAGIC).put((byte) VERSION).put((byte) variants.size());
        record.putLong(entry.position().generation()).putLong(entry.position().version());
        record.putInt(0);
        for (var variant : variants) {
            variant.write(record);
        }
        var bytes = record.array();
        record.putInt(BODY_OFFSET - Integer.BYTES, checksum(bytes));
        return bytes;
    }

    /** One variant, its texts as bytes. */
    private record Variant(Entry entry, int kind, List<byte[]> texts, byte[] value) {

        private static Variant of(Entry entry, ValuePacking packing, boolean placed) {
            var packed = entry.negative() ? Optional.<byte[]>empty() : packing.pack(entry.value());
            var kind =
                    (entry.negative() ? NEGATIVE : 0)
                            | (packed.isPresent() ? PACKED : 0)
                            | (entry.environment().isEmpty() ? 0 : ELSEWHERE)
                            | (placed ? PLACED : 0);
            if (entry.tags().size() > MAX_TAGS) {
                throw new IllegalArgumentException("more than " + MAX_TAGS + " tags");
            }
            var texts = new ArrayList<byte[]>(3 + entry.tags().size());
            texts.add(utf8(entry.contentType()));
            texts.add(utf8(entry.etag()));
            texts.add(utf8(entry.fingerprint()));
            for (var tag : entry.tags()) {
                texts.add(utf8(tag));
            }
            entry.environment()
                    .values()
                    .forEach(
                            (name, value) -> {
                                texts.add(utf8(name));
                                texts.add(utf8(value));
                            });
            return new Variant(entry, kind, texts, packed.orElse(entry.value()));
        }

        private boolean is(int flag) {
            return (kind & flag) != 0;
        }

        private int length() {
            var length = 1 + 4 * Long.BYTES + Short.BYTES + value.length;
            length += is(PLACED) ? 2 * Long.BYTES : 0;
            length += is(ELSEWHERE) ? Short.BYTES : 0;
            length += is(PACKED) ? Integer.BYTES : 0;
            for (var text : texts) {
                length += Short.BYTES + text.length;
            }
            return length;
        }

        private void write(ByteBuffer out) {
            out.putInt(length()).put((byte) kind);
            out.putLong(entry.created()).putLong(entry.freshUntil()).putLong(entry.staleUntil());
            out.putLong(entry.originVersion());
            if (is(PLACED)) {
                out.putLong(entry.position().generation()).putLong(entry.position().version());
            }
            var rest = texts.iterator();
            for (var i = 0; i < FIXED_TEXTS; i++) {
                putText(out, rest.next());
            }
            out.putShort((short) entry.tags().size());
            entry.tags().forEach(tag -> putText(out, rest.next()));
            if (is(ELSEWHERE)) {
                out.putShort((short) entry.environment().values().size());
                rest.forEachRemaining(text -> putText(out, text));
            }
            if (is(PACKED)) {
                out.putInt(entry.value().length);
            }
            out.put(value);
        }
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
            var entry = variant(in, position, packing);
            var count = record[VARIANTS_OFFSET] & MAX_VARIANTS;
            if (count == 1) {
                return Optional.of(entry);
            }
            var others = new ArrayList<Entry>(count - 1);
            while (others.size() < count - 1) {
                others.add(variant(in, position, packing));
            }
            return Optional.of(entry.with(others));
        } catch (BufferUnderflowException | IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    private static Entry variant(ByteBuffer in, Position first, ValuePacking packing) {
        var length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("length of a variant");
        }
        var whole = in.limit();
        var end = in.position() + length;
        in.limit(end);
        var kind = in.get();
        if ((kind & ~ALL_KINDS) != 0) {
            throw new IllegalArgumentException("kind of a variant");
        }
        var created = in.getLong();
        var freshUntil = in.getLong();
        var staleUntil = in.getLong();
        var originVersion = in.getLong();
        var position = (kind & PLACED) == 0 ? first : new Position(in.getLong(), in.getLong());
        var contentType = text(in);
        var etag = text(in);
        var fingerprint = text(in);
        var count = in.getShort() & MAX_TAGS;
        List<String> tags = new ArrayList<>(Math.min(count, 64));
        for (var i = 0; i < count; i++) {
            tags.add(text(in));
        }
        var environment = (kind & ELSEWHERE) == 0 ? Environment.NONE : environment(in);
        var value = new byte[in.remaining()];
        in.get(value);
        in.limit(whole);
        return new Entry(
                        (kind & PACKED) == 0 ? value : unpacked(value, packing),
                        contentType,
                        created,
                        freshUntil,
                        staleUntil,
                        position,
                        tags,
                        etag,
                        fingerprint,
                        originVersion,
                        (kind & NEGATIVE) != 0,
                        environment,
                        List.of())
                .tagged();
    }

    private static Environment environment(ByteBuffer in) {
        var count = in.getShort() & MAX_TAGS;
        var values = new HashMap<String, String>();
        for (var i = 0; i < count; i++) {
            values.put(text(in), text(in));
        }
        return Environment.of(values);
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
