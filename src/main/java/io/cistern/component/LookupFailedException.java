package io.cistern.component;

import io.cistern.cache.Failure;

/** A lookup has no answer. */
public class LookupFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public LookupFailedException(Failure failure) {
        super(failure.reason());
        this.failure = failure;
    }

    /** Why. */
    public Failure failure() {
        return failure;
    }
}
