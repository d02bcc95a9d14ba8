package io.cistern.cache.entry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Entity tags of values (RFC 9110, section 8.8.3). */
public final class Etags {

    private static final int BYTES = 12;
    private static final int MAX_LENGTH = 1024;

    private Etags() {}

    /**
     * @param value a value's bytes
     * @return the opaque part of a strong entity tag: equal bytes have equal tags on every instance
     */
    public static String of(byte[] value) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(value);
            return HexFormat.of().formatHex(Arrays.copyOf(digest, BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * @param etag what an origin or a route gave, quoted, weak, or bare
     * @return its opaque part, with what may not stand in an entity tag left out; a digest of it
     *     where it is longer than 1,024 characters
     */
    public static String opaque(String etag) {
        var text = etag.strip();
        if (text.startsWith("W/")) {
            text = text.substring(2);
        }
        var opaque = new StringBuilder(text.length());
        text.chars()
                .filter(c -> c > 0x20 && c < 0x7F && c != '"')
                .forEach(c -> opaque.append((char) c));
        return opaque.length() <= MAX_LENGTH
                ? opaque.toString()
                : of(opaque.toString().getBytes(StandardCharsets.US_ASCII));
    }
}
