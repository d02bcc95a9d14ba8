package io.cistern.http;

/** Answers the requests of one path. */
@FunctionalInterface
interface RequestTarget {
    /** Called on the request's event loop, with the body read; must not block. */
    void accept(HttpCall call);
}
