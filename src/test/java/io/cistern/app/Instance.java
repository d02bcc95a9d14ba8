package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.settings.Settings;
import io.cistern.testing.RedisCluster;
import io.cistern.testing.SentinelServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;

/** One instance of the application within the test's JVM, asked over real sockets. */
public final class Instance implements AutoCloseable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

    private final Application application;
    private final Path folder;
    private final int port;
    private final int management;
    private boolean closed;

    private Instance(Application application, Path folder, int port, int management) {
        this.application = application;
        this.folder = folder;
        this.port = port;
        this.management = management;
    }

    /** One that keeps everything in memory. */
    public static Builder inMemory() {
        return new Builder().set("CACHE_TYPE", "memory");
    }

    /** One that shares a Redis. */
    public static Builder on(RedisServer redis) {
        var builder = new Builder();
        redis.settings().forEach(builder::set);
        return builder;
    }

    /** With the Redis Cluster that is named. */
    public static Builder on(RedisCluster redis) {
        return new Builder()
                .set("REDIS_CLUSTER_ENABLED", "true")
                .set("REDIS_CLUSTER_NODES", redis.nodes());
    }

    /** One that finds its Redis by Sentinels. */
    public static Builder on(SentinelServers redis) {
        return new Builder()
                .set("REDIS_SENTINEL_HOSTS", redis.hosts())
                .set("REDIS_SERVICE_NAME", SentinelServers.SERVICE);
    }

    public int port() {
        return port;
    }

    public int managementPort() {
        return management;
    }

    public CamelContext context() {
        return application.context();
    }

    /** Its routes folder. */
    public Path routes() {
        return folder.resolve("routes");
    }

    /** The path of an entry. */
    public static String entry(String cache, String key) {
        return "/caches/"
                + cache
                + "/entries/"
                + URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Looks a key up; headers are names and values in turn. */
    public Answer lookup(String cache, String key, String... headers) {
        return get(entry(cache, key), headers);
    }

    public Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    public Answer delete(String path, String... headers) {
        return send("DELETE", path, null, headers);
    }

    public Answer put(String path, String body, String... headers) {
        return send("PUT", path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    public Answer post(String path, String body, String... headers) {
        return send("POST", path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** Sends a request and waits for the answer; an absent body is null. */
    public Answer send(String method, String path, byte[] body, String... headers) {
        return await(sending(port, method, path, body, headers));
    }

    /** Begins a lookup. */
    public CompletableFuture<Answer> looking(String cache, String key, String... headers) {
        return sending(port, "GET", entry(cache, key), null, headers);
    }

    /** Asks the management port. */
    public Answer manage(String path) {
        return await(sending(management, "GET", path, null));
    }

    private static Answer await(CompletableFuture<Answer> answer) {
        return answer.orTimeout(LONGEST_ANSWER.toSeconds() + 1, TimeUnit.SECONDS).join();
    }

    private static CompletableFuture<Answer> sending(
            int port, String method, String path, byte[] body, String... headers) {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(LONGEST_ANSWER)
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        var began = System.nanoTime();
        return CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray())
                .thenApply(
                        answer ->
                                new Answer(
                                        answer.statusCode(),
                                        answer.headers(),
                                        answer.body(),
                                        Duration.ofNanos(System.nanoTime() - began)));
    }

    /** One of the numbers that {@code GET /caches/{cache}} tells. */
    public long statistic(String cache, String name) {
        var value = get("/caches/" + cache).json().path("statistics").path(name);
        if (!value.isNumber()) {
            throw new AssertionError("no statistic " + name);
        }
        return value.asLong();
    }

    /** All series of {@code /observe/metrics}: name with labels as they are written, and value. */
    public Map<String, Double> metrics() {
        Map<String, Double> series = new LinkedHashMap<>();
        manage("/observe/metrics")
                .text()
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .forEach(
                        line -> {
                            var space = line.lastIndexOf(' ');
                            series.put(
                                    line.substring(0, space),
                                    Double.valueOf(line.substring(space + 1)));
                        });
        return series;
    }

    /** Stops it, as a signal would. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            application.close();
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port that is free now. */
    public static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Collects what an instance is started with. */
    public static final class Builder {
        private final Map<String, String> settings = new HashMap<>();
        private final Map<String, String> files = new LinkedHashMap<>();
        private Path routes;

        private Builder() {}

        public Builder set(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Adds a file to the routes folder. */
        public Builder route(String name, String yaml) {
            files.put(name + ".camel.yaml", yaml);
            return this;
        }

        /** Adds all files of a folder. */
        public Builder routesOf(Path source) {
            routes = source;
            return this;
        }

        /** Starts it and waits until it is ready. */
        public Instance start() {
            var port = settings.containsKey("CISTERN_HTTP_PORT") ? 0 : freePort();
            var management = freePort();
            while (management == port) {
                management = freePort();
            }
            if (port != 0) {
                set("CISTERN_HTTP_PORT", Integer.toString(port));
            }
            set("CISTERN_MANAGEMENT_PORT", Integer.toString(management));
            Application application = null;
            try {
                var folder = Files.createTempDirectory("cistern-instance-");
                writeRoutes(folder.resolve("routes"));
                set("CISTERN_ROUTES_DIR", folder.resolve("routes").toString());
                settings.putIfAbsent("CISTERN_DATA_DIR", folder.resolve("data").toString());
                application = new Application(Settings.load(settings, Path.of("nonexistent")));
                application.start();
                var instance =
                        new Instance(
                                application,
                                folder,
                                Integer.parseInt(settings.get("CISTERN_HTTP_PORT")),
                                management);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .untilAsserted(
                                () -> {
                                    var health = instance.manage("/observe/health/ready");
                                    assertThat(health.status()).as(health.text()).isEqualTo(200);
                                });
                return instance;
            } catch (Exception e) {
                if (application != null) {
                    application.close();
                }
                throw e instanceof RuntimeException runtime
                        ? runtime
                        : new IllegalStateException(e);
            }
        }

        private void writeRoutes(Path folder) throws IOException {
            Files.createDirectories(folder.resolve("caches"));
            if (routes != null) {
                try (var all = Files.walk(routes)) {
                    for (var file : all.filter(Files::isRegularFile).toList()) {
                        var copy = folder.resolve(routes.relativize(file));
                        Files.createDirectories(copy.getParent());
                        Files.copy(file, copy);
                    }
                }
            }
            for (var file : files.entrySet()) {
                Files.writeString(folder.resolve("caches").resolve(file.getKey()), file.getValue());
            }
        }
    }
}
