package io.cistern.warming.popular;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the most frequent of any number of keys with a bounded number of counters (Metwally,
 * Agrawal and El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data Streams",
 * 2005): a key without a counter takes over the smallest one. Whatever makes up more than one part
 * in {@code capacity} of the stream has a counter. Not safe for use by several threads.
 */
final class SpaceSaving {

    private final Counter[] heap;
    private final Map<String, Counter> counters = new HashMap<>();
    private int size;

    /** One key's count. */
    private static final class Counter {
        private String key;
        private long count;
        private long fresh;
        private int place;
    }

    /**
     * @param capacity how many keys are counted at most
     */
    SpaceSaving(int capacity) {
        this.heap = new Counter[capacity];
    }

    /** A key came so many times. */
    void add(String key, long times) {
        var counter = counters.get(key);
        if (counter == null) {
            counter = size < heap.length ? begin() : smallest();
            counter.key = key;
            counter.fresh = 0;
            counters.put(key, counter);
        }
        counter.count += times;
        counter.fresh += times;
        sink(counter);
    }

    private Counter begin() {
        var counter = new Counter();
        counter.place = size;
        heap[size++] = counter;
        // It counts nothing yet, so it belongs at the top.
        rise(counter);
        return counter;
    }

    private Counter smallest() {
        var counter = heap[0];
        counters.remove(counter.key);
        return counter;
    }

    private void rise(Counter counter) {
        while (counter.place > 0 && heap[(counter.place - 1) / 2].count > counter.count) {
            swap(counter, heap[(counter.place - 1) / 2]);
        }
    }

    private void sink(Counter counter) {
        while (true) {
            var left = 2 * counter.place + 1;
            if (left >= size) {
                return;
            }
            var right = left + 1;
            var child =
                    right < size && heap[right].count < heap[left].count ? heap[right] : heap[left];
            if (child.count >= counter.count) {
                return;
            }
            swap(counter, child);
        }
    }

    private void swap(Counter one, Counter other) {
        var place = one.place;
        one.place = other.place;
        other.place = place;
        heap[one.place] = one;
        heap[other.place] = other;
    }

    /** The keys with the highest counts, the highest first. */
    List<String> top(int count) {
        var all = new ArrayList<>(counters.values());
        all.sort(Comparator.comparingLong((Counter counter) -> counter.count).reversed());
        return all.stream().limit(count).map(counter -> counter.key).toList();
    }

    /**
     * What came since the last call, without what was taken over from other keys.
     *
     * @param count of how many keys at most; the rest is left for the next call
     */
    Map<String, Long> takeFresh(int count) {
        var all = new ArrayList<>(counters.values());
        all.removeIf(counter -> counter.fresh == 0);
        all.sort(Comparator.comparingLong((Counter counter) -> counter.fresh).reversed());
        Map<String, Long> taken = new HashMap<>();
        for (var counter : all.subList(0, Math.min(count, all.size()))) {
            taken.put(counter.key, counter.fresh);
            counter.fresh = 0;
        }
        return taken;
    }

    /** Halves all counts, so that what was popular once makes way. */
    void fade() {
        // Order stays: the heap still is one.
        for (var i = 0; i < size; i++) {
            heap[i].count /= 2;
        }
    }
}
