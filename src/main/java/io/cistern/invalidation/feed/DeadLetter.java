package io.cistern.invalidation.feed;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is written of a message that can't be followed.
 *
 * @param body what of it is written; null for none
 * @param headers beside its own
 */
public record DeadLetter(byte[] body, Map<String, String> headers) {

    /** What all names of headers begin with that are added. */
    public static final String PREFIX = "cistern-";

    public static final String REASON = PREFIX + "reason";
    public static final String DESTINATION = PREFIX + "destination";
    public static final String POSITION = PREFIX + "position";
    public static final String TIME = PREFIX + "time";

    /** Of the whole body, where only its beginning is there. */
    public static final String LENGTH = PREFIX + "length";

    public static final String SHA256 = PREFIX + "sha256";

    /** What any broker takes. */
    public static final int CUT = 64 * 1024;

    /**
     * The whole of a message.
     *
     * @param reason why it can't be followed
     * @param destination where it was taken from
     * @param position which of that place's messages it is
     */
    public static DeadLetter of(byte[] body, String reason, String destination, String position) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(REASON, reason);
        headers.put(DESTINATION, destination);
        headers.put(POSITION, position);
        headers.put(TIME, Instant.now().toString());
        return new DeadLetter(body, headers);
    }

    /** Whether there is more of it than any broker takes. */
    public boolean isLong() {
        return body != null && body.length > CUT;
    }

    /** Its beginning, with length and hash of the whole. */
    public DeadLetter cut() {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(LENGTH, Integer.toString(body.length));
        all.put(SHA256, sha256(body));
        return new DeadLetter(Arrays.copyOf(body, CUT), all);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }

    /** What a route's own deserializer made of bytes, as bytes again; null for none. */
    public static byte[] bytes(Object read) {
        return read == null || read instanceof byte[] ? (byte[]) read : bytes(String.valueOf(read));
    }

    /** A header's value as bytes. */
    public static byte[] bytes(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
