package io.cistern.store.disk;

import io.cistern.cache.entry.Entry;
import io.cistern.store.Held;
import io.cistern.store.memory.Name;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be written, in order and bounded by bytes. Where entries come faster than they are
 * written, they are left out, and what was kept before under their names goes; where even names are
 * too many, that is said instead. Invalidations are never left out: each has somebody who waits.
 */
final class Intake {

    private static final int NAME_BYTES = 96;

    private final long limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final ArrayDeque<Op> waiting = new ArrayDeque<>();
    private long bytes;
    private long leftOut;
    private boolean isOverrun;
    private boolean isClosed;

    Intake(long limit) {
        this.limit = limit;
    }

    void store(Name name, Entry entry) {
        var size = Held.bytes(name.key(), entry);
        lock.lock();
        try {
            if (bytes + size <= limit) {
                add(new Op.Stored(name, entry), size);
            } else {
                leftOut++;
                addName(new Op.Forgotten(name), name);
            }
        } finally {
            lock.unlock();
        }
    }

    void drop(Name name) {
        lock.lock();
        try {
            addName(new Op.Dropped(name), name);
        } finally {
            lock.unlock();
        }
    }

    /**
     * @return false where nothing is taken any more
     */
    boolean add(Op op) {
        lock.lock();
        try {
            add(op, 0);
            return !isClosed;
        } finally {
            lock.unlock();
        }
    }

    private void addName(Op op, Name name) {
        var size = NAME_BYTES + 2L * name.key().length();
        if (bytes + size <= 2 * limit) {
            add(op, size);
        } else {
            isOverrun = true;
        }
    }

    private void add(Op op, long size) {
        if (isClosed) {
            return;
        }
        bytes += size;
        waiting.add(op);
        notEmpty.signal();
    }

    /**
     * Takes what waits.
     *
     * @param most how many at most
     * @param nanos how long to wait for the first
     */
    List<Op> take(int most, long nanos) throws InterruptedException {
        lock.lock();
        try {
            var left = nanos;
            while (waiting.isEmpty() && !isClosed && left > 0) {
                left = notEmpty.awaitNanos(left);
            }
            var taken = new ArrayList<Op>(Math.min(most, waiting.size()));
            while (taken.size() < most && !waiting.isEmpty()) {
                var op = waiting.remove();
                bytes -= size(op);
                taken.add(op);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private static long size(Op op) {
        if (op instanceof Op.Stored stored) {
            return Held.bytes(stored.name().key(), stored.entry());
        }
        if (op instanceof Op.Dropped dropped) {
            return NAME_BYTES + 2L * dropped.name().key().length();
        }
        if (op instanceof Op.Forgotten forgotten) {
            return NAME_BYTES + 2L * forgotten.name().key().length();
        }
        return 0;
    }

    /** Whether names were left out since this was asked last. */
    boolean takeOverrun() {
        lock.lock();
        try {
            var was = isOverrun;
            isOverrun = false;
            return was;
        } finally {
            lock.unlock();
        }
    }

    /** How many entries were left out. */
    long leftOut() {
        lock.lock();
        try {
            return leftOut;
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing any more. */
    void close() {
        lock.lock();
        try {
            isClosed = true;
            notEmpty.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isDone() {
        lock.lock();
        try {
            return isClosed && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
