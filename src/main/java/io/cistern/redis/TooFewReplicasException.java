package io.cistern.redis;

/** Fewer replicas than are required have what was written; it may stand all the same. */
public final class TooFewReplicasException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TooFewReplicasException() {
        super("too few replicas", null, false, false);
    }
}
