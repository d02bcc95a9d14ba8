package io.cistern.app;

import io.cistern.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** One instance of the application as a process of its own, which can be killed and replaced. */
public final class ChildInstance implements AutoCloseable {

    private static final Duration LONGEST_START = Duration.ofSeconds(30);
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(8);

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(LONGEST_ANSWER)
                    .build();
    private final Path folder;
    private final Map<String, String> settings;
    private final int port = Ports.free();
    private final int management = Ports.free();
    private Process process;

    /**
     * @param folder gets its files and its log
     * @param routes YAML
     * @param settings besides its ports and folders
     */
    public ChildInstance(Path folder, String routes, Map<String, String> settings)
            throws IOException {
        this.folder = folder;
        this.settings = new HashMap<>(settings);
        this.settings.put("CISTERN_HTTP_PORT", Integer.toString(port));
        this.settings.put("CISTERN_MANAGEMENT_PORT", Integer.toString(management));
        this.settings.put("CISTERN_ROUTES_DIR", folder.resolve("routes").toString());
        this.settings.put("CISTERN_DATA_DIR", folder.resolve("data").toString());
        Files.createDirectories(folder.resolve("routes"));
        Files.writeString(folder.resolve("routes/caches.camel.yaml"), routes);
    }

    /** Starts a process. */
    public void start() throws IOException {
        var builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx128m",
                                // It lives too short for more.
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.cistern.Cistern")
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        var environment = builder.environment();
        environment
                .keySet()
                .removeIf(
                        name -> name.matches("(CISTERN|CACHE|REDIS|CIRCUIT_BREAKER|KAFKA|JMS)_.*"));
        environment.putAll(settings);
        process = builder.start();
    }

    /** Waits until it serves, and Redis answers it. */
    public void awaitUp() throws IOException {
        try {
            Awaitility.await().atMost(LONGEST_START).until(this::isUp);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("it does not start: " + said(), e);
        }
    }

    private boolean isUp() throws InterruptedException, IOException {
        if (!process.isAlive()) {
            throw new AssertionError("it ended by itself: " + said());
        }
        try {
            return isReady()
                    && send(management, "GET", "/observe/health", null).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether it says that it is ready; one that says nothing is not. */
    public boolean isReady() throws InterruptedException {
        try {
            return send(management, "GET", "/observe/health/ready", null).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether somebody takes connections on its port. */
    public boolean isListening() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Tells the process to end (SIGTERM), and does not wait for it. */
    public void terminate() {
        process.destroy();
    }

    /** Waits for the end of the process; false if it lives on. */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends the process without a word ({@code kill -9}). */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** What it and its predecessors wrote. */
    public String said() throws IOException {
        return Files.readString(log());
    }

    private Path log() {
        return folder.resolve("log");
    }

    /**
     * Sends a request and waits for the answer; headers are names and values in turn.
     *
     * @param body null for none
     * @throws IOException if there is no answer
     */
    public HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        return send(port, method, path, body, headers);
    }

    /** What its management port tells to Prometheus. */
    public String metrics() throws IOException, InterruptedException {
        return send(management, "GET", "/observe/metrics", null).body();
    }

    /** The status of its health, and what it says of it. */
    public String health() throws IOException, InterruptedException {
        var answer = send(management, "GET", "/observe/health", null);
        return answer.statusCode() + " " + answer.body();
    }

    private HttpResponse<String> send(
            int to, String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to + path))
                        .timeout(LONGEST_ANSWER)
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            kill();
        }
    }
}
