package io.cistern.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What was seen of instances from outside, by the clock of one JVM ({@link System#nanoTime}). Many
 * threads write; who reads waits until they are done.
 */
final class Trace {

    /** The number of no value: a failure, or an answer without one. */
    static final long NO_VALUE = 0;

    /** The status of a request that was never answered. */
    static final int UNANSWERED = 0;

    private final Queue<Event> events = new ConcurrentLinkedQueue<>();

    /** Something that lasted from one moment to another. */
    interface Event {
        long from();

        long to();
    }

    /**
     * @param slot of the instance that was asked
     * @param key with its cache
     * @param number of the value that was answered, {@link #NO_VALUE} for none
     * @param detail the answer's Cache-Status, or why there was no answer
     */
    record Lookup(int slot, String key, long from, long to, int status, long number, String detail)
            implements Event {}

    /**
     * An invalidation, or a value that was put.
     *
     * @param slot of the instance that was asked
     * @param what for whoever reads it
     * @param concerns the keys with their cache
     * @param dooms whether it ends loads that are under way; a tag's does not, since what tags a
     *     value has is known only when it is there
     * @param number of the value that was put, {@link #NO_VALUE} for an invalidation
     */
    record Change(
            int slot,
            String what,
            Set<String> concerns,
            boolean dooms,
            long from,
            long to,
            int status,
            long number)
            implements Event {
        boolean isAcknowledged() {
            return status == 204;
        }
    }

    /** A call of the origin, which gave its value that number. */
    record Load(long number, int slot, String key, long from, long to) implements Event {}

    /** Redis was frozen or away. */
    record Outage(String what, long from, long to) implements Event {}

    /** An instance was killed, and another one was ready in its place. */
    record Kill(int slot, long from, long to) implements Event {}

    void add(Event event) {
        events.add(event);
    }

    <T extends Event> List<T> all(Class<T> type) {
        return events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .sorted(Comparator.comparingLong(Event::from))
                .toList();
    }

    /** What happened to a key, and to all, between two moments: a line each. */
    String between(long from, long to, String key, int atMost) {
        Predicate<Event> concerned =
                event ->
                        event instanceof Lookup lookup
                                ? lookup.key().equals(key)
                                : event instanceof Change change
                                        ? change.concerns().contains(key)
                                        : !(event instanceof Load load) || load.key().equals(key);
        var all =
                new ArrayList<>(
                        events.stream()
                                .filter(event -> event.to() >= from && event.from() <= to)
                                .filter(concerned)
                                .sorted(Comparator.comparingLong(Event::from))
                                .toList());
        // The end is what was noticed.
        var last = all.subList(Math.max(0, all.size() - atMost), all.size());
        return last.stream()
                .map(
                        event ->
                                "%,12d µs %,9d µs  %s"
                                        .formatted(
                                                (event.from() - from) / 1_000,
                                                (event.to() - event.from()) / 1_000,
                                                event))
                .collect(Collectors.joining("\n"));
    }
}
