package io.cistern.app;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that look up all the while, at one of two instances at random, and try once more at the
 * other one where they were refused or had no answer. What a client would not try again, or what
 * fails there too, is lost.
 */
final class RetryingClients implements AutoCloseable {

    /** Few keys, so that they are mostly hits. */
    static final String QUICK = "quick";

    /** Many keys, so that they are mostly loaded. */
    static final String SLOW = "slow";

    private static final int QUICK_KEYS = 50;
    private static final int SLOW_KEYS = 1_000_000;
    private static final int END_SECONDS = 30;

    private final List<ChildInstance> instances;
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger retried = new AtomicInteger();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    RetryingClients(List<ChildInstance> instances) {
        this.instances = instances;
    }

    void start(int count, long seed) {
        for (var i = 0; i < count; i++) {
            var random = new Random(seed + i);
            var thread = new Thread(() -> run(random), "client-" + i);
            threads.add(thread);
            thread.start();
        }
    }

    /** How many requests were answered as they ought to be. */
    int answered() {
        return answered.get();
    }

    /** How many were tried a second time. */
    int retried() {
        return retried.get();
    }

    /** What became of requests that were lost. */
    Collection<String> lost() {
        return lost;
    }

    private void run(Random random) {
        try {
            while (!stop.await(2, TimeUnit.MILLISECONDS)) {
                request(random);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void request(Random random) throws InterruptedException {
        var kind = random.nextInt(10);
        var key = random.nextInt(kind < 6 ? QUICK_KEYS : SLOW_KEYS);
        var first = random.nextInt(2);
        var failure = attempt(first, kind, key);
        if (failure != null && failure.mayBeTriedAgain()) {
            retried.incrementAndGet();
            failure = attempt(1 - first, kind, key);
        }
        if (failure == null) {
            answered.incrementAndGet();
        } else {
            lost.add("request of kind %d: %s".formatted(kind, failure));
        }
    }

    private record Failure(boolean mayBeTriedAgain, String what) {}

    /** Null if it was answered as it ought to be. */
    private Failure attempt(int slot, int kind, int key) throws InterruptedException {
        var instance = instances.get(slot);
        try {
            var answer =
                    switch (kind) {
                        case 9 ->
                                instance.send(
                                        "POST",
                                        "/caches/" + SLOW + "/lookup",
                                        "{\"keys\":[\"%d\",\"%d\"]}".formatted(key, key + 1),
                                        "Content-Type",
                                        "application/json");
                        case 6, 7, 8 -> lookup(instance, SLOW, key);
                        default -> lookup(instance, QUICK, key);
                    };
            var body = answer.body();
            var isRight =
                    answer.statusCode() == 200
                            && body.contains("value of " + key)
                            && !body.contains("\"failed\":{\"");
            return isRight
                    ? null
                    : new Failure(answer.statusCode() == 503, answer.statusCode() + " " + body);
        } catch (IOException e) {
            return new Failure(true, "no answer: " + e);
        }
    }

    private static HttpResponse<String> lookup(ChildInstance instance, String cache, int key)
            throws IOException, InterruptedException {
        return instance.send("GET", "/caches/%s/entries/%d".formatted(cache, key), null);
    }

    @Override
    public void close() throws InterruptedException {
        stop.countDown();
        for (var thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
        }
    }
}
