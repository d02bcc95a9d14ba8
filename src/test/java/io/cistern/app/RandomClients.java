package io.cistern.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Clients that look up and change, at random, on instances that are up, and record what became. */
final class RandomClients implements AutoCloseable {

    /** Of the caches that they use. */
    static final List<String> CACHES = List.of("items", "brief");

    /** Of which the origin has values; the first letter is their group, and makes their tag. */
    static final List<String> KEYS = List.of("a0", "a1", "a2", "b0", "b1", "b2");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAUSE_MILLIS = 4;

    private final Trace trace;
    private final List<ChildInstance> instances;
    private final AtomicLong numbers;
    private final AtomicIntegerArray down;
    private final ScheduledExecutorService threads;

    /**
     * @param trace gets what became
     * @param instances by their slot
     * @param numbers of values
     */
    RandomClients(Trace trace, List<ChildInstance> instances, AtomicLong numbers, int count) {
        this.trace = trace;
        this.instances = instances;
        this.numbers = numbers;
        down = new AtomicIntegerArray(instances.size());
        threads = Executors.newScheduledThreadPool(count);
    }

    /** Begins to ask, by a schedule for each client that the seed decides. */
    void start(int count, long seed) {
        for (var i = 0; i < count; i++) {
            var random = new Random(seed * 31 + i);
            threads.scheduleWithFixedDelay(
                    () -> act(random), PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Begins to ask, and to change nothing. */
    void startLooking(int count, long seed) {
        for (var i = 0; i < count; i++) {
            var random = new Random(seed * 31 + i);
            threads.scheduleWithFixedDelay(
                    () -> lookup(slot(random), cache(random), key(random)),
                    PAUSE_MILLIS,
                    PAUSE_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    /** Whether an instance is to be left alone. */
    void down(int slot, boolean isDown) {
        down.set(slot, isDown ? 1 : 0);
    }

    /** Ends when the last request has been answered. */
    @Override
    public void close() throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("clients still wait for answers");
        }
    }

    private void act(Random random) {
        var slot = slot(random);
        var cache = cache(random);
        var key = key(random);
        switch (random.nextInt(100)) {
            case 0 -> invalidate(slot, cache, "/" + key, true, key::equals);
            case 1 -> put(slot, cache, key);
            case 2 -> {
                var group = key.substring(0, 1);
                invalidate(slot, cache, "?tag=group-" + group, false, it -> it.startsWith(group));
            }
            case 3 -> {
                var end = key.substring(1);
                if (random.nextInt(3) == 0) {
                    invalidate(slot, cache, "", true, it -> true);
                } else {
                    invalidate(slot, cache, "?pattern=*" + end, true, it -> it.endsWith(end));
                }
            }
            case 4 -> lookup(slot, cache, StampedOrigin.MISSING);
            default -> lookup(slot, cache, key);
        }
    }

    private int slot(Random random) {
        var slot = random.nextInt(instances.size());
        return down.get(slot) == 0 ? slot : (slot + 1) % instances.size();
    }

    private static String cache(Random random) {
        return random.nextInt(4) == 0 ? "brief" : "items";
    }

    private static String key(Random random) {
        return KEYS.get(random.nextInt(KEYS.size()));
    }

    /** Looks a key up and records it; the number of the value. */
    long lookup(int slot, String cache, String key) {
        var from = System.nanoTime();
        var status = Trace.UNANSWERED;
        var number = Trace.NO_VALUE;
        var detail = "";
        try {
            var answer =
                    instances
                            .get(slot)
                            .send("GET", "/caches/%s/entries/%s".formatted(cache, key), null);
            status = answer.statusCode();
            if (status == 200) {
                number = JSON.readTree(answer.body()).path("number").asLong();
            }
            detail =
                    status < 500
                            ? answer.headers().firstValue("Cache-Status").orElse("")
                            : answer.body();
        } catch (IOException e) {
            detail = e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        trace.add(
                new Trace.Lookup(
                        slot, cache + "/" + key, from, System.nanoTime(), status, number, detail));
        return number;
    }

    private void invalidate(
            int slot, String cache, String which, boolean dooms, Predicate<String> concerns) {
        Set<String> keys = new HashSet<>();
        Stream.concat(KEYS.stream(), Stream.of(StampedOrigin.MISSING))
                .filter(concerns)
                .forEach(key -> keys.add(cache + "/" + key));
        var path = "/caches/" + cache + "/entries" + which;
        change(slot, "DELETE", path, null, keys, dooms, Trace.NO_VALUE);
    }

    private void put(int slot, String cache, String key) {
        var number = numbers.incrementAndGet();
        change(
                slot,
                "PUT",
                "/caches/%s/entries/%s".formatted(cache, key),
                StampedOrigin.value(number),
                Set.of(cache + "/" + key),
                true,
                number);
    }

    private void change(
            int slot,
            String method,
            String path,
            String body,
            Set<String> keys,
            boolean dooms,
            long number) {
        List<String> headers = new ArrayList<>();
        if (body != null) {
            var name = path.substring(path.lastIndexOf('/') + 1);
            headers.addAll(
                    List.of(
                            "Content-Type",
                            "application/json",
                            "Cache-Tags",
                            "group-" + name.charAt(0)));
        }
        var from = System.nanoTime();
        var status = Trace.UNANSWERED;
        var what = method + " " + path;
        try {
            var answer =
                    instances.get(slot).send(method, path, body, headers.toArray(String[]::new));
            status = answer.statusCode();
            what += status == 204 ? "" : " " + answer.body();
        } catch (IOException e) {
            what += " " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        trace.add(
                new Trace.Change(slot, what, keys, dooms, from, System.nanoTime(), status, number));
    }
}
