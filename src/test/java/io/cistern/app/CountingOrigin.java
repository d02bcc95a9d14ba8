package io.cistern.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP origin that counts its calls. {@code GET /items/{key}} answers JSON with the key and how
 * often it was asked; {@code POST /batch} takes a JSON array of keys.
 */
public final class CountingOrigin implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_HANG_SECONDS = 30;

    /** Keys that it does not have. */
    public final Set<String> missing = ConcurrentHashMap.newKeySet();

    /** Keys that fail. */
    public final Set<String> failing = ConcurrentHashMap.newKeySet();

    /** The status of all answers, 0 for what fits. */
    public volatile int status;

    /** By key, entity tags, as they stand in the header: it compares them with If-None-Match. */
    public final Map<String, String> etags = new ConcurrentHashMap<>();

    /** What it answers instead of JSON of its own. */
    public volatile byte[] content;

    public volatile String contentType = "application/json";

    /** What it answers to a batch instead of a map. */
    public volatile byte[] batchContent;

    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final AtomicInteger total = new AtomicInteger();
    private final List<List<String>> batches = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile Headers lastHeaders = new Headers();

    public CountingOrigin() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        server.createContext("/items/", this::item);
        server.createContext("/batch", this::batch);
        server.setExecutor(threads);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** How often it was asked for one key. */
    public int calls(String key) {
        var count = calls.get(key);
        return count == null ? 0 : count.get();
    }

    /** How often it was asked, a batch counting once. */
    public int calls() {
        return total.get();
    }

    /** The keys of each batch. */
    public List<List<String>> batches() {
        return List.copyOf(batches);
    }

    /** The headers of the last request. */
    public Headers lastHeaders() {
        return lastHeaders;
    }

    /** Lets calls hang from now on, until {@link #release}. */
    public void hang() {
        gate = new CountDownLatch(1);
    }

    /** Lets all calls go on. */
    public void release() {
        gate.countDown();
    }

    private void item(HttpExchange http) throws IOException {
        var path = http.getRequestURI().getRawPath().substring("/items/".length());
        var key = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        var count = calls.computeIfAbsent(key, any -> new AtomicInteger()).incrementAndGet();
        begin(http);
        if (status != 0 || failing.contains(key)) {
            answer(http, status == 0 ? 500 : status, "{\"error\":\"origin\"}".getBytes());
        } else if (missing.contains(key)) {
            answer(http, 404, new byte[0]);
        } else if (isNotModified(http, key)) {
            answer(http, 304, new byte[0]);
        } else {
            answer(http, 200, content != null ? content : item(key, count));
        }
    }

    private boolean isNotModified(HttpExchange http, String key) {
        var etag = etags.get(key);
        if (etag == null) {
            return false;
        }
        http.getResponseHeaders().set("ETag", etag);
        return etag.equals(http.getRequestHeaders().getFirst("If-None-Match"));
    }

    private static byte[] item(String key, int count) throws IOException {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("id", key);
        item.put("count", count);
        return JSON.writeValueAsBytes(item);
    }

    private void batch(HttpExchange http) throws IOException {
        List<String> keys = new ArrayList<>();
        for (JsonNode key : JSON.readTree(http.getRequestBody())) {
            keys.add(key.asText());
        }
        batches.add(List.copyOf(keys));
        begin(http);
        if (status != 0) {
            answer(http, status, new byte[0]);
            return;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (var key : keys) {
            if (!missing.contains(key)) {
                values.put(key, Map.of("id", key));
            }
        }
        answer(http, 200, batchContent != null ? batchContent : JSON.writeValueAsBytes(values));
    }

    private void begin(HttpExchange http) throws IOException {
        total.incrementAndGet();
        lastHeaders = http.getRequestHeaders();
        try {
            if (!gate.await(LONGEST_HANG_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("nobody released the origin");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("closed", e);
        }
    }

    private void answer(HttpExchange http, int code, byte[] body) throws IOException {
        http.getResponseHeaders().set("Content-Type", contentType);
        http.getResponseHeaders().set("X-Origin-Secret", "for-the-cache-only");
        http.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
        http.getResponseBody().write(body);
        http.close();
    }

    @Override
    public void close() {
        release();
        server.stop(0);
        threads.shutdownNow();
    }
}
