package io.cistern.component;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Percent-encoding of a path segment (RFC 3986, section 2). */
final class PercentEncoding {

    private static final String UNRESERVED = "-._~";

    private PercentEncoding() {}

    /** Encodes everything but the unreserved characters. */
    static String encode(String text) {
        var encoded = new StringBuilder(text.length() + 16);
        for (var b : text.getBytes(StandardCharsets.UTF_8)) {
            var c = (char) (b & 0xFF);
            if (c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || UNRESERVED.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        // A segment of dots alone would be taken for a step in the path.
        var dots = encoded.toString();
        return dots.equals(".") ? "%2E" : dots.equals("..") ? "%2E%2E" : dots;
    }
}
