package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cistern.settings.Settings;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an instance ends: on request, by a signal, and where it cannot start at all. */
class StopIT {

    @TempDir Path folder;
    private CountingOrigin origin;

    @BeforeEach
    void open() throws IOException {
        origin = new CountingOrigin();
    }

    @AfterEach
    void close() {
        origin.close();
    }

    @Test
    void whatIsInFlightIsAnsweredAndNewWorkRefused() throws Exception {
        var instance =
                Instance.inMemory()
                        .route("items", Routes.http("items", origin, Map.of("hardTimeout", "20s")))
                        .start();
        instance.lookup("items", "kept");
        origin.hang();
        List<CompletableFuture<Answer>> flying = new ArrayList<>();
        for (var i = 0; i < 5; i++) {
            flying.add(instance.looking("items", "flying-" + i));
        }
        await().until(() -> origin.calls() == 6);

        var began = System.nanoTime();
        var stopping = CompletableFuture.runAsync(instance::close);
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> instance.lookup("items", "kept").isProblem(503));
        assertThat(instance.lookup("items", "new").header("Retry-After")).isEqualTo("1");
        assertThat(flying).noneMatch(CompletableFuture::isDone);

        origin.release();
        for (var each : flying) {
            assertThat(each.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        }
        stopping.get(10, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        assertThat(origin.calls("new")).isZero();
    }

    @Test
    void stopsThoughAnOriginHangs() throws Exception {
        var instance =
                Instance.inMemory()
                        .route("items", Routes.http("items", origin, Map.of("hardTimeout", "60s")))
                        .start();
        origin.hang();
        instance.looking("items", "hanging");
        await().until(() -> origin.calls() == 1);

        CompletableFuture.runAsync(instance::close).get(10, TimeUnit.SECONDS);
    }

    @Test
    void portInUseEndsTheProcessWithOneClearLine() throws Exception {
        try (var taken = new ServerSocket(0)) {
            var port = Integer.toString(taken.getLocalPort());
            assertRefused(
                    start(Map.of("CISTERN_HTTP_PORT", port)), "CISTERN_HTTP_PORT", port, "in use");
        }
    }

    @Test
    void portInUseStopsTheStart() throws Exception {
        try (var taken = new ServerSocket(0)) {
            for (var name : List.of("CISTERN_HTTP_PORT", "CISTERN_MANAGEMENT_PORT")) {
                var other =
                        name.equals("CISTERN_HTTP_PORT")
                                ? "CISTERN_MANAGEMENT_PORT"
                                : "CISTERN_HTTP_PORT";
                var settings =
                        Map.of(
                                "CACHE_TYPE",
                                "memory",
                                "CISTERN_ROUTES_DIR",
                                folder.toString(),
                                name,
                                Integer.toString(taken.getLocalPort()),
                                other,
                                Integer.toString(Instance.freePort()));
                var application = new Application(Settings.load(settings, Path.of("nonexistent")));
                assertThatThrownBy(application::start)
                        .hasStackTraceContaining(name + ": can't listen on")
                        .hasStackTraceContaining("the port is in use");
            }
        }
    }

    private void assertRefused(Process process, String... words) throws Exception {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        var log = log(process);
        assertThat(process.exitValue()).as(log).isOne();
        assertThat(log.lines().filter(line -> line.contains("ERROR")))
                .singleElement()
                .asString()
                .contains(words);
        assertThat(log).doesNotContain("\tat ", "Exception", "WARN");
    }

    @Test
    void signalStopsTheProcessWithoutAComplaint() throws Exception {
        var process = start(Map.of("CACHE_TYPE", "memory"));
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(output()).contains("Changes"));
            process.destroy();
            assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(log(process))
                .contains("is ready after", "Cistern has stopped")
                .doesNotContain("\tat ", "Exception", "WARN", "ERROR");
    }

    private Path output() {
        return folder.resolve("output");
    }

    private String log(Process process) throws IOException {
        assertThat(process.isAlive()).isFalse();
        return Files.readString(output(), StandardCharsets.UTF_8);
    }

    /** Starts a process of its own. */
    private Process start(Map<String, String> settings) throws IOException {
        var routes = Files.createDirectories(folder.resolve("routes/caches"));
        Files.writeString(
                routes.resolve("echo.camel.yaml"),
                Routes.simple("echo", "${header.CisternKey}", Map.of()));
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx128m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.cistern.Cistern")
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output().toFile());
        var environment = process.environment();
        environment
                .keySet()
                .removeIf(name -> name.matches("(CISTERN|CACHE|REDIS|CIRCUIT_BREAKER)_.*"));
        environment.put("CISTERN_HTTP_PORT", Integer.toString(Instance.freePort()));
        environment.put("CISTERN_MANAGEMENT_PORT", Integer.toString(Instance.freePort()));
        environment.put("CISTERN_ROUTES_DIR", folder.resolve("routes").toString());
        environment.put("CISTERN_DATA_DIR", folder.resolve("data").toString());
        environment.putAll(settings);
        return process.start();
    }
}
