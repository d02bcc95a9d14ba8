package io.cistern.settings;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A password or token. It shows itself only to who asks for it by {@link #reveal()}. */
public final class Secret {
    /** No secret at all. */
    public static final Secret NONE = new Secret("");

    private final String text;

    private Secret(String text) {
        this.text = text;
    }

    /** Wraps a secret; null and the empty text are {@link #NONE}. */
    public static Secret of(String text) {
        return text == null || text.isEmpty() ? NONE : new Secret(text);
    }

    /** Whether there is one. */
    public boolean isPresent() {
        return !text.isEmpty();
    }

    /** The secret itself, or the empty text. It belongs on the wire and nowhere else. */
    public String reveal() {
        return text;
    }

    /** Compares without telling by its time how much is the same. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        text.getBytes(StandardCharsets.UTF_8),
                        secret.text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        // The same for all: a hash of a short secret would give it away.
        return isPresent() ? 1 : 0;
    }

    @Override
    public String toString() {
        return isPresent() ? "***" : "";
    }
}
