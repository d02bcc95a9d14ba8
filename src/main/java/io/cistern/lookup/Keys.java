package io.cistern.lookup;

import io.cistern.http.Problem;
import java.nio.charset.StandardCharsets;

/** The bounds of keys and tags. */
public final class Keys {

    /** The longest key, in bytes of UTF-8. */
    static final int MAX_BYTES = 2048;

    private Keys() {}

    /**
     * @param key a key of a path
     * @return the same key
     * @throws RequestException if it is too long
     */
    public static String checked(String key) {
        if (isTooLong(key)) {
            throw new RequestException(tooLong());
        }
        return key;
    }

    static Problem tooLong() {
        return Problem.of(414, "Key too long", "A key has at most " + MAX_BYTES + " bytes of UTF-8")
                .with("field", "key");
    }

    static boolean isTooLong(String key) {
        // No character takes more than three bytes a char: most keys need no count.
        return key.length() * 3 > MAX_BYTES
                && key.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
    }
}
