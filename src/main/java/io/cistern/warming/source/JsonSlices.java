package io.cistern.warming.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The elements of a JSON array as their bytes, read as they are wanted. Only as much of JSON is
 * looked at as tells where an element ends, so that a damaged one does not take the others along.
 */
final class JsonSlices implements Iterator<byte[]> {

    private static final int MAX_ELEMENT = 64 << 20;

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long QUOTATION_MARKS = '"' * ONES;
    private static final long BACKSLASHES = '\\' * ONES;

    private final InputStream in;
    private final byte[] buffer = new byte[64 << 10];
    private byte[] element = new byte[4 << 10];
    private int position;
    private int limit;
    private byte[] next;
    private boolean begun;
    private boolean ended;

    /**
     * @param in at the array's bracket
     */
    JsonSlices(InputStream in) {
        this.in = in;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            try {
                next = read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return next != null;
    }

    @Override
    public byte[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        var slice = next;
        next = null;
        return slice;
    }

    private byte[] read() throws IOException {
        if (!begun) {
            begun = true;
            skipSpace();
            position++;
            if (skipSpace() == ']') {
                ended = true;
                return null;
            }
        }
        skipSpace();
        var scan = new Scan();
        var from = position;
        position = scan.to(buffer, from, limit);
        if (position == limit) {
            return readOn(scan, from);
        }
        endElement();
        return slice(buffer, from, position - 1);
    }

    /** An element that goes beyond what is in the buffer, of which everything is copied at once. */
    private byte[] readOn(Scan scan, int from) throws IOException {
        var length = append(0, from);
        while (position == limit) {
            fill();
            position = scan.to(buffer, 0, limit);
            length = append(length, 0);
        }
        endElement();
        return slice(element, 0, length);
    }

    /** Past the comma or bracket. */
    private void endElement() {
        ended = buffer[position] == ']';
        position++;
    }

    /** Where in an element one is, over several pieces of it. */
    private static final class Scan {

        private int depth;
        private boolean inText;
        private boolean escaped;

        /** Where the element ends; the limit where it doesn't before it. */
        private int to(byte[] bytes, int from, int limit) {
            var at = from;
            while (at < limit) {
                if (inText) {
                    at = toEndOfText(bytes, at, limit);
                    continue;
                }
                switch (bytes[at]) {
                    case '"' -> inText = true;
                    case '{', '[' -> depth++;
                    case ',' -> {
                        if (depth == 0) {
                            return at;
                        }
                    }
                    case '}', ']' -> {
                        if (depth == 0 && bytes[at] == ']') {
                            return at;
                        }
                        depth--;
                    }
                    default -> {}
                }
                at++;
            }
            return at;
        }

        /** Behind the quotation mark, or the limit. */
        private int toEndOfText(byte[] bytes, int from, int limit) {
            var at = from;
            if (escaped) {
                escaped = false;
                at++;
            }
            while (at < limit) {
                at = toMark(bytes, at, limit);
                if (at == limit) {
                    return limit;
                }
                if (bytes[at++] == '"') {
                    inText = false;
                    return at;
                }
                escaped = at == limit;
                at += escaped ? 0 : 1;
            }
            return at;
        }

        /**
         * The next quotation mark or backslash; the limit where there is none. Most of a row is
         * text, so eight bytes are looked at together (finding a byte in a word: H. S. Warren,
         * Hacker's Delight, 6-1).
         */
        private static int toMark(byte[] bytes, int from, int limit) {
            var at = from;
            for (; at <= limit - Long.BYTES; at += Long.BYTES) {
                var word = (long) WORDS.get(bytes, at);
                var found = zeros(word ^ QUOTATION_MARKS) | zeros(word ^ BACKSLASHES);
                if (found != 0) {
                    return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
                }
            }
            while (at < limit && bytes[at] != '"' && bytes[at] != '\\') {
                at++;
            }
            return at;
        }

        /**
         * The highest bit of each byte that is zero; bits above the lowest of them may be wrong.
         */
        private static long zeros(long word) {
            return (word - ONES) & ~word & (ONES << 7);
        }
    }

    private int append(int length, int from) throws IOException {
        var count = position - from;
        if (length + count > element.length) {
            if (length + count > MAX_ELEMENT) {
                throw new IOException("an element of more than " + MAX_ELEMENT + " bytes");
            }
            element = Arrays.copyOf(element, Math.max(2 * element.length, length + count));
        }
        System.arraycopy(buffer, from, element, length, count);
        return length + count;
    }

    private static byte[] slice(byte[] bytes, int from, int to) {
        var end = to;
        while (end > from && isSpace(bytes[end - 1])) {
            end--;
        }
        return Arrays.copyOfRange(bytes, from, end);
    }

    private int skipSpace() throws IOException {
        while (true) {
            if (position == limit) {
                fill();
            }
            if (!isSpace(buffer[position])) {
                return buffer[position];
            }
            position++;
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private void fill() throws IOException {
        limit = in.read(buffer);
        position = 0;
        if (limit <= 0) {
            limit = 0;
            ended = true;
            throw new EOFException("the JSON array is cut off");
        }
    }
}
