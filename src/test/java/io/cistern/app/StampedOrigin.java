package io.cistern.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An HTTP origin that gives each answer a number, takes its time, and records when each call began:
 * {@code GET /{slot}/{cache}/{key}}. It knows all keys but {@link #MISSING}.
 */
final class StampedOrigin implements AutoCloseable {

    static final String MISSING = "none";

    /** Longer than the lease of a killed instance stands, so that nobody waits in vain for it. */
    private static final Duration HARD_TIMEOUT = Duration.ofSeconds(5);

    private static final int USUALLY_MILLIS = 40;
    private static final int SELDOM_MILLIS = 300;

    private final Trace trace;
    private final Random random;
    private final AtomicLong numbers;
    private final HttpServer server;
    private final AtomicIntegerArray underway = new AtomicIntegerArray(2);
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(8);

    /**
     * @param trace gets the loads
     * @param numbers of values
     * @param seed of its delays
     */
    StampedOrigin(Trace trace, AtomicLong numbers, long seed) throws IOException {
        this.trace = trace;
        this.numbers = numbers;
        random = new Random(seed);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** What the instance in a slot asks; the cache comes behind. */
    private String url(int slot) {
        return "http://127.0.0.1:%d/%d".formatted(server.getAddress().getPort(), slot);
    }

    /** The caches {@code items} and {@code brief} of an instance, whose entries carry a tag. */
    String routes(int slot) {
        var brief = Map.of("ttl", "300ms");
        return route("items", slot, Map.of("ttl", "10m")) + route("brief", slot, brief);
    }

    private String route(String cache, int slot, Map<String, String> more) {
        var options = new HashMap<String, String>(more);
        options.put("hardTimeout", HARD_TIMEOUT.toMillis() + "ms");
        return Routes.steps(
                cache,
                options,
                """
                - setHeader: { name: CamelHttpPath, simple: "/${header.CisternKeyEncoded}" }
                - to:
                    uri: %s/%s
                    parameters: { okStatusCodeRange: "200-299,404,410" }
                - setHeader: { name: CisternTags, simple: "group-${header.CisternKey.substring(0,1)}" }
                """
                        .formatted(url(slot), cache));
    }

    /** How many of an instance's calls it is working on. */
    int underway(int slot) {
        return underway.get(slot);
    }

    /** The value with a number. */
    static String value(long number) {
        return "{\"number\":%d}".formatted(number);
    }

    private void answer(HttpExchange http) {
        var began = System.nanoTime();
        var number = numbers.incrementAndGet();
        var path = http.getRequestURI().getPath().substring(1).split("/", 2);
        var slot = Integer.parseInt(path[0]);
        underway.incrementAndGet(slot);
        threads.schedule(
                () -> {
                    trace.add(new Trace.Load(number, slot, path[1], began, System.nanoTime()));
                    underway.decrementAndGet(slot);
                    send(http, path[1].endsWith("/" + MISSING) ? 404 : 200, value(number));
                },
                delay(),
                TimeUnit.MILLISECONDS);
    }

    private synchronized int delay() {
        return 1 + random.nextInt(random.nextInt(10) == 0 ? SELDOM_MILLIS : USUALLY_MILLIS);
    }

    private static void send(HttpExchange http, int status, String text) {
        var body = text.getBytes(StandardCharsets.UTF_8);
        http.getResponseHeaders().set("Content-Type", "application/json");
        try (http) {
            http.sendResponseHeaders(status, body.length);
            http.getResponseBody().write(body);
        } catch (IOException e) {
            // Who asked was killed meanwhile.
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
