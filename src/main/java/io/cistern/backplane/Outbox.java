package io.cistern.backplane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Pieces of news that wait to be sent, bounded by their size. Many put in, one takes out, in the
 * same order. Only the taker ever waits.
 */
final class Outbox {
    /** About what a short text takes in memory besides its characters. */
    static final int OVERHEAD = 64;

    private final long bound;
    private final Queue<String> waiting = new ArrayDeque<>();
    private long size;

    /**
     * @param bound of the bytes in memory
     */
    Outbox(long bound) {
        this.bound = bound;
    }

    /** Puts a text in ASCII in; false if there is no room. */
    synchronized boolean offer(String piece) {
        if (size + sizeOf(piece) > bound) {
            return false;
        }
        size += sizeOf(piece);
        waiting.add(piece);
        notifyAll();
        return true;
    }

    /**
     * Waits for the first piece, and takes what is there.
     *
     * @param atMost of characters, each piece and a comma; a piece that is longer comes alone
     */
    synchronized List<String> take(int atMost) throws InterruptedException {
        while (waiting.isEmpty()) {
            wait();
        }
        var taken = new ArrayList<String>();
        long length = 0;
        while (!waiting.isEmpty()) {
            length += waiting.peek().length() + 1;
            if (length > atMost && !taken.isEmpty()) {
                break;
            }
            var piece = waiting.remove();
            size -= sizeOf(piece);
            taken.add(piece);
        }
        return taken;
    }

    /** What it takes in memory now, in bytes. */
    synchronized long size() {
        return size;
    }

    private static long sizeOf(String piece) {
        return (long) piece.length() + OVERHEAD;
    }
}
