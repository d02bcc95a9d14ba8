package io.cistern.cache.spi;

/** The store can't be reached, or can't take a change now. Trying again later may help. */
public class StoreUnavailableException extends RuntimeException {

    public StoreUnavailableException(String message, Throwable cause) {
        // Thrown for each request while the store is away: no stack trace.
        super(message, cause, false, false);
    }

    public StoreUnavailableException(String message) {
        this(message, null);
    }
}
