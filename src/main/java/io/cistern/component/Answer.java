package io.cistern.component;

/** What the body is after a lookup. */
public enum Answer {
    /** The value's bytes; a lookup without an answer ends in an exception. */
    value,
    /** The whole {@link io.cistern.cache.LookupResult}, which may be a failure. */
    result
}
