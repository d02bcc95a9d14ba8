package io.cistern.store.disk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads what {@link Out} wrote, and believes none of its lengths. */
final class In {

    private static final int MORE = 0x80;

    private final byte[] bytes;
    private final int end;
    private int at;

    /**
     * @param bytes backed by an array
     */
    In(ByteBuffer bytes) {
        this.bytes = bytes.array();
        this.at = bytes.arrayOffset() + bytes.position();
        this.end = at + bytes.remaining();
    }

    boolean isAtEnd() {
        return at == end;
    }

    int tag() {
        return next();
    }

    int fixedInt() {
        if (end - at < Integer.BYTES) {
            throw tooShort();
        }
        at += Integer.BYTES;
        return ByteBuffer.wrap(bytes, at - Integer.BYTES, Integer.BYTES).getInt();
    }

    long fixedLong() {
        return (long) fixedInt() << Integer.SIZE | fixedInt() & 0xFFFFFFFFL;
    }

    long number() {
        var value = 0L;
        for (var shift = 0; shift < Long.SIZE; shift += 7) {
            var next = next();
            value |= (long) (next & ~MORE) << shift;
            if ((next & MORE) == 0) {
                return value;
            }
        }
        throw new DamagedException("a number without an end");
    }

    /** A number of things that take at least a byte each. */
    int count() {
        var count = number();
        if (count < 0 || count > end - at) {
            throw tooShort();
        }
        return (int) count;
    }

    int smallNumber() {
        var value = number();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new DamagedException("a number out of range");
        }
        return (int) value;
    }

    String text() {
        var length = count();
        if (isAscii(length)) {
            at += length;
            return new String(bytes, at - length, length, StandardCharsets.ISO_8859_1);
        }
        var chars = new char[length];
        for (var i = 0; i < chars.length; i++) {
            chars[i] = (char) number();
        }
        return new String(chars);
    }

    /** Whether the next so many chars take a byte each: most do, and a start reads a million. */
    private boolean isAscii(int length) {
        for (var i = at; i < at + length; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private int next() {
        if (at == end) {
            throw tooShort();
        }
        return bytes[at++] & 0xFF;
    }

    private static DamagedException tooShort() {
        return new DamagedException("a record is cut short");
    }
}
