package io.cistern.warming.popular;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * How often the keys of one cache are asked for here. It is told on the path of every lookup, so it
 * looks at all of them while they are few, and at a part of them when they are many.
 */
final class Popularity implements Consumer<String> {

    private static final int KEYS = 10_000;
    private static final int MANY = 5_000;
    private static final int VERY_MANY = 50_000;

    private final SpaceSaving sketch = new SpaceSaving(KEYS);
    private final ReentrantLock lock = new ReentrantLock();
    private long told;
    private volatile int every = 1;

    @Override
    public void accept(String key) {
        var part = every;
        if (part > 1 && ThreadLocalRandom.current().nextInt(part) != 0) {
            return;
        }
        // A lookup that would have to wait is not worth counting.
        if (lock.tryLock()) {
            try {
                told++;
                sketch.add(key, part);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Chooses how closely to look; to be called every second. */
    void adjust() {
        lock.lock();
        try {
            var rate = told * every;
            told = 0;
            every = rate > VERY_MANY ? 16 : rate > MANY ? 4 : 1;
        } finally {
            lock.unlock();
        }
    }

    List<String> top(int count) {
        lock.lock();
        try {
            return sketch.top(count);
        } finally {
            lock.unlock();
        }
    }

    Map<String, Long> takeFresh(int count) {
        lock.lock();
        try {
            return sketch.takeFresh(count);
        } finally {
            lock.unlock();
        }
    }

    void fade() {
        lock.lock();
        try {
            sketch.fade();
        } finally {
            lock.unlock();
        }
    }
}
