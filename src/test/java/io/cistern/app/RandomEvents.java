package io.cistern.app;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A system that tells of changes at random through a broker, and records when they were taken. */
final class RandomEvents implements AutoCloseable {

    /** Who took an event is not known. */
    static final int ANY = -1;

    private static final int MOST_AT_ONCE = 2;

    /** So seldom that a value which should have gone would live long enough to be seen. */
    private static final int PAUSE_MILLIS = 400;

    private static final int ACKNOWLEDGED = 204;
    private static final long LOOK_MILLIS = 5;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Where events are sent. */
    interface Broker {
        void send(String key, String event) throws Exception;

        /** Whether all that was sent is acknowledged. */
        boolean isEmpty() throws Exception;
    }

    private record Sent(String event, Set<String> concerns, boolean dooms, long at) {}

    private final Trace trace;
    private final String name;
    private final Broker broker;
    private final Random random;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private Future<?> all;
    private volatile boolean ending;

    /**
     * @param trace gets the changes
     * @param name of the feed, for whoever reads the trace
     */
    RandomEvents(Trace trace, String name, Broker broker, long seed) {
        this.trace = trace;
        this.name = name;
        this.broker = broker;
        this.random = new Random(seed);
    }

    void start() {
        all = thread.submit(this::run);
    }

    private Void run() throws Exception {
        while (!ending) {
            var burst = new ArrayList<Sent>();
            for (var left = 1 + random.nextInt(MOST_AT_ONCE); left > 0; left--) {
                burst.add(send());
            }
            awaitEmpty(burst);
            var now = System.nanoTime();
            for (var sent : burst) {
                trace.add(
                        new Trace.Change(
                                ANY,
                                name + " " + sent.event(),
                                sent.concerns(),
                                sent.dooms(),
                                sent.at(),
                                now,
                                ACKNOWLEDGED,
                                Trace.NO_VALUE));
            }
            pass(random.nextInt(PAUSE_MILLIS));
        }
        return null;
    }

    private Sent send() throws Exception {
        var cache = RandomClients.CACHES.get(random.nextInt(RandomClients.CACHES.size()));
        var key = RandomClients.KEYS.get(random.nextInt(RandomClients.KEYS.size()));
        var group = key.substring(0, 1);
        var end = key.substring(1);
        var sent =
                switch (random.nextInt(24)) {
                    case 0 ->
                            event(
                                    cache,
                                    "\"tags\":[\"group-" + group + "\"]",
                                    false,
                                    startsWith(group));
                    case 1 ->
                            event(
                                    cache,
                                    "\"pattern\":\"*" + end + "\"",
                                    true,
                                    it -> it.endsWith(end));
                    case 2 -> event(cache, "\"all\":true", true, it -> true);
                    case 3 -> event(cache, named(key) + ",\"mode\":\"expire\"", true, key::equals);
                    case 4 -> event(cache, named(key) + ",\"mode\":\"refresh\"", true, key::equals);
                    default -> event(cache, named(key), true, key::equals);
                };
        broker.send(key, sent.event());
        return sent;
    }

    private static Predicate<String> startsWith(String group) {
        return it -> it.startsWith(group);
    }

    private static String named(String key) {
        return "\"keys\":[\"" + key + "\"]";
    }

    private static Sent event(
            String cache, String which, boolean dooms, Predicate<String> concerns) {
        Set<String> keys =
                Stream.concat(RandomClients.KEYS.stream(), Stream.of(StampedOrigin.MISSING))
                        .filter(concerns)
                        .map(key -> cache + "/" + key)
                        .collect(Collectors.toCollection(HashSet::new));
        var text = "{\"cache\":\"" + cache + "\"," + which + "}";
        return new Sent(text, keys, dooms, System.nanoTime());
    }

    private void awaitEmpty(List<Sent> burst) throws Exception {
        var end = System.nanoTime() + LONGEST_NANOS;
        while (!broker.isEmpty()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("never acknowledged by " + name + ": " + burst);
            }
            pass(LOOK_MILLIS);
        }
    }

    private static void pass(long millis) {
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Ends when the last event has been acknowledged; fails where one never was. */
    @Override
    public void close() throws Exception {
        ending = true;
        try {
            all.get();
        } finally {
            thread.shutdownNow();
        }
    }
}
