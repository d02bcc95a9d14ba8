package io.cistern.store.disk;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that grow. Whole numbers take one to ten of them, texts one to three a char. */
final class Out {

    private static final int SEVEN_BITS = 0x7F;
    private static final int MORE = 0x80;

    private byte[] bytes = new byte[256];
    private int size;

    int size() {
        return size;
    }

    void clear() {
        size = 0;
        if (bytes.length > 1 << 20) {
            bytes = new byte[256];
        }
    }

    Out tag(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    Out fixed(int value) {
        room(Integer.BYTES);
        ByteBuffer.wrap(bytes, size, Integer.BYTES).putInt(value);
        size += Integer.BYTES;
        return this;
    }

    Out fixed(long value) {
        room(Long.BYTES);
        ByteBuffer.wrap(bytes, size, Long.BYTES).putLong(value);
        size += Long.BYTES;
        return this;
    }

    Out number(long value) {
        room(10);
        var left = value;
        while ((left & ~SEVEN_BITS) != 0) {
            bytes[size++] = (byte) (left & SEVEN_BITS | MORE);
            left >>>= 7;
        }
        bytes[size++] = (byte) left;
        return this;
    }

    /** Char by char, so that any text comes back as it was, well formed or not. */
    Out text(String text) {
        number(text.length());
        for (var i = 0; i < text.length(); i++) {
            number(text.charAt(i));
        }
        return this;
    }

    Out raw(byte[] from) {
        room(from.length);
        System.arraycopy(from, 0, bytes, size, from.length);
        size += from.length;
        return this;
    }

    byte[] array() {
        return Arrays.copyOf(bytes, size);
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
