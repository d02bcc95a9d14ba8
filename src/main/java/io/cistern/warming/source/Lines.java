package io.cistern.warming.source;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The lines of a text as their bytes, without line ends; empty ones are left out. */
final class Lines implements Iterator<byte[]> {

    private static final int MAX_LINE = 64 << 20;

    private final InputStream in;
    private final byte[] buffer = new byte[64 << 10];
    private int position;
    private int limit;
    private byte[] next;

    Lines(InputStream in) {
        this.in = in instanceof BufferedInputStream ? in : new BufferedInputStream(in);
    }

    @Override
    public boolean hasNext() {
        try {
            while (next == null) {
                var line = read();
                if (line == null) {
                    return false;
                }
                next = line.length == 0 ? null : line;
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public byte[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        var line = next;
        next = null;
        return line;
    }

    /** The next line without its spaces at both ends; null at the end. */
    private byte[] read() throws IOException {
        ByteArrayOutputStream begun = null;
        while (true) {
            if (position == limit) {
                limit = Math.max(0, in.read(buffer));
                position = 0;
                if (limit == 0) {
                    return begun == null ? null : trimmed(begun.toByteArray());
                }
            }
            var end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            if (begun == null && end < limit) {
                var line = Arrays.copyOfRange(buffer, position, end);
                position = end + 1;
                return trimmed(line);
            }
            begun = begun == null ? new ByteArrayOutputStream() : begun;
            begun.write(buffer, position, end - position);
            if (begun.size() > MAX_LINE) {
                throw new IOException("a line of more than " + MAX_LINE + " bytes");
            }
            position = Math.min(limit, end + 1);
            if (end < limit) {
                return trimmed(begun.toByteArray());
            }
        }
    }

    private static byte[] trimmed(byte[] line) {
        var from = 0;
        var to = line.length;
        while (from < to && isSpace(line[from])) {
            from++;
        }
        while (to > from && isSpace(line[to - 1])) {
            to--;
        }
        return from == 0 && to == line.length ? line : Arrays.copyOfRange(line, from, to);
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\r' || b == '\t';
    }
}
