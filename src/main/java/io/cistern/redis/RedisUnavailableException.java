package io.cistern.redis;

/** Redis is away, and the caller is told at once instead of waiting for a time-out. */
public final class RedisUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RedisUnavailableException(String address, String reason) {
        // Without a stack trace: it is thrown for every lookup while Redis is away.
        super("Redis at " + address + " is unavailable: " + reason, null, false, false);
    }
}
