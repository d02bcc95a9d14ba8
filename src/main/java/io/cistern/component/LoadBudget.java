package io.cistern.component;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes of all values that are being loaded at a time, so that many large ones at once
 * are refused instead of taking the heap from everybody.
 */
final class LoadBudget {

    private static final int CHUNK = 64 * 1024;

    /**
     * A value is copied for the shared store and for its answer: an eighth leaves room for that.
     */
    private static final int SHARE_OF_HEAP = 8;

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /**
     * @param limit in bytes, over all caches
     */
    LoadBudget(long limit) {
        this.limit = limit;
    }

    /** An eighth of the heap. */
    static LoadBudget ofHeap() {
        return new LoadBudget(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    /** Bytes that are taken now. */
    long used() {
        return used.get();
    }

    /** Begins to load; what it takes is given back when it is closed. */
    Share share() {
        return new Share();
    }

    /** What one load takes of it; for one thread at a time. */
    final class Share implements AutoCloseable {
        private long taken;

        private Share() {}

        /**
         * Takes room.
         *
         * @throws ExhaustedException if there is none
         */
        void take(long bytes) {
            taken += bytes;
            if (used.addAndGet(bytes) > limit) {
                throw new ExhaustedException();
            }
        }

        /**
         * Reads a stream to its end.
         *
         * @throws ExhaustedException if there is no room for it
         */
        byte[] read(InputStream in) throws IOException {
            var bytes = new ByteArrayOutputStream();
            var chunk = new byte[CHUNK];
            for (var n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                take(n);
                bytes.write(chunk, 0, n);
            }
            return bytes.toByteArray();
        }

        @Override
        public void close() {
            used.addAndGet(-taken);
            taken = 0;
        }
    }

    /** There is no room for more values that are being loaded. */
    static final class ExhaustedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ExhaustedException() {
            super("too many bytes are being loaded at once", null, false, false);
        }
    }
}
