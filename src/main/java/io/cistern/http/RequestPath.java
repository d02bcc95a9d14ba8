package io.cistern.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/**
 * The path of one request, cut into segments before anything is decoded, so that an encoded slash
 * stays in its segment. One instance an event loop, reused from request to request: what is to
 * outlive a request is copied out as strings.
 */
final class RequestPath {
    private static final int MAX_SEGMENTS = 32;

    private final int[] starts = new int[MAX_SEGMENTS];
    private final int[] ends = new int[MAX_SEGMENTS];
    private final String[] decoded = new String[MAX_SEGMENTS];
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private byte[] bytes = new byte[256];
    private CharBuffer chars = CharBuffer.allocate(256);
    private String uri = "";
    private int size;
    private int queryStart;

    /**
     * Takes a request target.
     *
     * @param target as the client sent it, origin or absolute form
     * @return null when it is well formed, else what is wrong with it
     */
    String parse(String target) {
        uri = target;
        size = 0;
        var length = target.length();
        var from = pathStart(target);
        if (from < 0) {
            return "The request target is not a path";
        }
        var i = from;
        var segment = from + 1;
        var plain = true;
        for (; i < length; i++) {
            var c = target.charAt(i);
            if (c == '/') {
                if (i > from) {
                    var wrong = add(segment, i, plain);
                    if (wrong != null) {
                        return wrong;
                    }
                    segment = i + 1;
                    plain = true;
                }
            } else if (c == '?') {
                break;
            } else if (c == '%' || c > '~') {
                plain = false;
            } else if (c <= ' ' || c == '#') {
                return "The path has a character that must be percent-encoded";
            }
        }
        queryStart = i;
        if (i > from + 1) {
            var wrong = add(segment, i, plain);
            if (wrong != null) {
                return wrong;
            }
        }
        return i < length && target.indexOf('%', i) >= 0 && decode(i + 1, length) == null
                ? "The query has a malformed percent-encoding"
                : null;
    }

    private static int pathStart(String target) {
        if (!target.isEmpty() && target.charAt(0) == '/') {
            return 0;
        }
        var scheme = target.indexOf("://");
        return scheme <= 0 || scheme > 5 ? -1 : target.indexOf('/', scheme + 3);
    }

    private String add(int start, int end, boolean plain) {
        if (size == MAX_SEGMENTS) {
            return "The path has too many segments";
        }
        String text = null;
        if (!plain) {
            text = decode(start, end);
            if (text == null) {
                return "The path has a malformed percent-encoding, or is not UTF-8";
            }
        }
        starts[size] = start;
        ends[size] = end;
        decoded[size] = text;
        if (isDots(size)) {
            return "The path segments . and .. are not supported";
        }
        size++;
        return null;
    }

    private boolean isDots(int index) {
        return is(index, ".") || is(index, "..");
    }

    /** The segments' number; an empty one, as a trailing slash leaves it, counts. */
    int size() {
        return size;
    }

    boolean isEmpty(int index) {
        return starts[index] == ends[index];
    }

    /** Whether a segment, decoded, is this text. */
    boolean is(int index, String literal) {
        var text = decoded[index];
        if (text != null) {
            return text.equals(literal);
        }
        var start = starts[index];
        return ends[index] - start == literal.length() && uri.startsWith(literal, start);
    }

    /** A segment, decoded. */
    String value(int index) {
        var text = decoded[index];
        return text != null ? text : uri.substring(starts[index], ends[index]);
    }

    /** Where the path ends in the request target. */
    int queryStart() {
        return queryStart;
    }

    /** Decodes percent-encoded UTF-8; null when it is malformed. A plus stays a plus. */
    private String decode(int from, int to) {
        if (bytes.length < to - from) {
            bytes = new byte[to - from];
            chars = CharBuffer.allocate(to - from);
        }
        var n = 0;
        var ascii = true;
        for (var i = from; i < to; i++) {
            int c = uri.charAt(i);
            if (c == '%') {
                if (i + 3 > to) {
                    return null;
                }
                var high = Character.digit(uri.charAt(i + 1), 16);
                var low = Character.digit(uri.charAt(i + 2), 16);
                if (high < 0 || low < 0) {
                    return null;
                }
                c = (high << 4) + low;
                i += 2;
            } else if (c > 0xff) {
                return null;
            }
            ascii &= c < 0x80;
            bytes[n++] = (byte) c;
        }
        if (ascii) {
            return new String(bytes, 0, n, StandardCharsets.ISO_8859_1);
        }
        chars.clear();
        utf8.reset();
        if (utf8.decode(ByteBuffer.wrap(bytes, 0, n), chars, true).isError()) {
            return null;
        }
        return chars.flip().toString();
    }
}
