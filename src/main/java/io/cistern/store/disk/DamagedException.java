package io.cistern.store.disk;

/** What is kept contradicts itself, or is no work of ours. */
final class DamagedException extends RuntimeException {
    DamagedException(String message) {
        super(message);
    }
}
