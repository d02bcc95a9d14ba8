package io.cistern.warming.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The elements of a JSON array as their bytes, read as they are wanted. Only as much of JSON is
 * looked at as tells where an element ends, so that a damaged one does not take the others along.
 */
final class JsonSlices implements Iterator<byte[]> {

    private static final int MAX_ELEMENT = 64 << 20;

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
        var length = 0;
        var depth = 0;
        var inText = false;
        var escaped = false;
        while (true) {
            if (position == limit) {
                fill();
            }
            // Everything up to what ends the piece is copied at once.
            var from = position;
            var end = false;
            while (position < limit) {
                var b = buffer[position];
                if (inText) {
                    if (escaped) {
                        escaped = false;
                    } else if (b == '\\') {
                        escaped = true;
                    } else if (b == '"') {
                        inText = false;
                    }
                } else if (b == '"') {
                    inText = true;
                } else if (b == '{' || b == '[') {
                    depth++;
                } else if (depth == 0 && (b == ',' || b == ']')) {
                    ended = b == ']';
                    end = true;
                    break;
                } else if (b == '}' || b == ']') {
                    depth--;
                }
                position++;
            }
            length = append(length, from);
            if (end) {
                position++;
                return trimmed(length);
            }
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

    private byte[] trimmed(int length) {
        var end = length;
        while (end > 0 && isSpace(element[end - 1])) {
            end--;
        }
        return Arrays.copyOf(element, end);
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
