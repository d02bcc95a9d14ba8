package io.cistern.cache;

/**
 * A request that a cache can't take: its key is not of the form that it needs, or a header is not.
 */
public final class UnfitRequestException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnfitRequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
