package io.cistern.http;

/** What the holder of a token may do. Reading over HTTP needs no role at all. */
public enum Role {
    READ,
    INVALIDATE,
    WRITE,
    OPERATE
}
