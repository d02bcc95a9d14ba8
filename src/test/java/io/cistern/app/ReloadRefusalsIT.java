package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.testing.LogCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wrong edit takes nothing away: what ran goes on, and people are told what is wrong. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReloadRefusalsIT {

    /** What is wrong is given more time, since it may be half written. */
    private static final Duration EFFECT = Duration.ofSeconds(10);

    private Instance instance;

    @BeforeAll
    void start() throws Exception {
        instance =
                Instance.inMemory()
                        .route("home", simple("home", "home"))
                        .route("warm-up", simple("warm-up", "up"))
                        .start();
        // What the first edit of a process has to load is no part of what is measured here.
        save("warm-up", simple("warm-up", "warm"));
        await().atMost(Duration.ofSeconds(20)).until(() -> value("warm-up").equals("warm"));
    }

    @AfterEach
    void mend() throws Exception {
        try (var files = Files.list(instance.routes().resolve("caches"))) {
            for (var file : files.toList()) {
                if (!file.getFileName().toString().matches("(home|warm-up)\\..*")) {
                    Files.delete(file);
                }
            }
        }
        save("home", simple("home", "home"));
        awaitHealthy();
        await().atMost(EFFECT)
                .until(() -> instance.get("/routes").json().path("files").size() == 2);
    }

    @AfterAll
    void stop() {
        instance.close();
    }

    private static String simple(String cache, String value) {
        return Routes.simple(cache, value, Map.of());
    }

    private Path file(String name) {
        return instance.routes().resolve("caches/" + name + ".camel.yaml");
    }

    private void save(String name, String text) throws IOException {
        Files.writeString(file(name), text);
    }

    private String value(String cache) {
        return instance.lookup(cache, "k" + System.nanoTime()).text();
    }

    private void awaitValue(String cache, String value) {
        await().atMost(EFFECT).until(() -> value(cache).equals(value));
    }

    private JsonNode health() {
        // Camel's check of a route answers 500 in the moment in which that route is taken out.
        var answer =
                await().atMost(EFFECT)
                        .until(
                                () -> instance.manage("/observe/health"),
                                health -> health.status() != 500);
        for (var check : answer.json().path("checks")) {
            if (check.path("name").asText().equals("route-files")) {
                return check;
            }
        }
        throw new AssertionError("no check route-files");
    }

    /** Camel escapes it once more than JSON wants. */
    private String message() {
        return health().path("message").asText().replace("\\/", "/");
    }

    private void awaitHealthy() {
        await().atMost(EFFECT).until(() -> health().path("status").asText().equals("UP"));
        assertThat(instance.manage("/observe/health").status()).isEqualTo(200);
    }

    /** The file is refused with that message, and the instance is ready all the same. */
    private void awaitRefused(String name, String... messages) {
        var file = "caches/" + name + ".camel.yaml";
        await().atMost(EFFECT).until(() -> message().contains(file + ":"));
        assertThat(health().path("status").asText()).isEqualTo("DOWN");
        assertThat(message()).contains(messages).contains("(refused since ");
        assertThat(instance.manage("/observe/health").status()).isEqualTo(503);
        assertThat(instance.manage("/observe/health/ready").status()).isEqualTo(200);
    }

    /** Looks up all the while, as other clients do. */
    private final class Clients implements AutoCloseable {
        private final Queue<Answer> wrong = new ConcurrentLinkedQueue<>();
        private final AtomicInteger number = new AtomicInteger();
        private final Thread thread;
        private volatile boolean stopped;

        Clients(String... caches) {
            thread =
                    new Thread(
                            () -> {
                                while (!stopped) {
                                    for (var cache : caches) {
                                        var key = "c" + number.incrementAndGet();
                                        var answer = instance.lookup(cache, key);
                                        if (answer.status() != 200) {
                                            wrong.add(answer);
                                        }
                                    }
                                }
                            });
            thread.start();
        }

        @Override
        public void close() throws InterruptedException {
            stopped = true;
            thread.join(TimeUnit.SECONDS.toMillis(10));
            assertThat(number.get()).isPositive();
            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void aWrongEditLeavesTheOldVersionUntilItIsMended() throws Exception {
        try (var log = LogCapture.of("io.cistern.reload");
                var clients = new Clients("home")) {
            save("home", simple("home", "wrong").replace("setBody", "setBdy"));
            var error =
                    "caches/home.camel.yaml:6:11: route home: unknown EIP `setBdy`: did you mean"
                            + " `setBody`?";
            awaitRefused("home", error);
            assertThat(value("home")).isEqualTo("home");
            assertThat(log.lines(Level.ERROR))
                    .hasSize(2)
                    .first()
                    .isEqualTo("ERROR Refused route file " + error);
            assertThat(log.lines(Level.ERROR).get(1)).contains("home.camel.yaml goes on as it was");

            save("home", simple("home", "mended"));
            awaitValue("home", "mended");
            awaitHealthy();
            assertThat(log.lines(Level.ERROR)).hasSize(2);
        }
    }

    @Test
    void puttingBackWhatWasThereMendsToo() throws Exception {
        save("home", "- route: [");
        awaitRefused("home", "no YAML");
        save("home", simple("home", "home"));
        awaitHealthy();
        assertThat(value("home")).isEqualTo("home");
    }

    @Test
    void deletingARefusedFileMends() throws Exception {
        save("new-and-wrong", simple("new-and-wrong", "x").replace("cistern:", "cistrn:"));
        awaitRefused("new-and-wrong", "cistrn");
        Files.delete(file("new-and-wrong"));
        awaitHealthy();
    }

    @Test
    void namesOfOthersAreRefused() throws Exception {
        try (var clients = new Clients("home")) {
            save("same-id", simple("home", "thief").replace("cistern:home", "cistern:other"));
            awaitRefused("same-id", "route id `home` is already used by caches/home.camel.yaml");
            save("same-cache", simple("thief", "thief").replace("cistern:thief", "cistern:home"));
            awaitRefused("same-cache", "cache `home` is already used by caches/home.camel.yaml");
            save("ours", simple("lookup", "thief"));
            awaitRefused("ours", "route id `lookup` is already used by Cistern");
        }
        assertThat(value("home")).isEqualTo("home");
        assertThat(instance.get("/caches/other").status()).isEqualTo(404);
    }

    @Test
    void anIdIsFreeOnceItsFileGaveItUp() throws Exception {
        save("heir", simple("home", "inherited"));
        awaitRefused("heir", "route id `home` is already used");
        save("home", simple("home-2", "another"));
        awaitValue("home", "inherited");
        awaitValue("home-2", "another");
        awaitHealthy();
    }

    /** It passes the trial, where nothing starts. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "platform-http:/taken",
                "direct:taken",
                "quartz:never?cron=0+0+0+1+1+?+2000",
                "file:no-such-folder?autoCreate=false&startingDirectoryMustExist=true"
            })
    void whatDoesNotStartIsTakenBack(String uri) throws Exception {
        save(
                "taker",
                route("takes-http", "platform-http:/taken")
                        + route("takes-direct", "direct:taken"));
        await().atMost(EFFECT).until(() -> instance.get("/taken").status() == 200);
        save("home", simple("home", "before") + simple("home-too", "before"));
        awaitValue("home-too", "before");
        instance.lookup("home", "kept");
        var misses = instance.statistic("home", "misses");
        try (var clients = new Clients("home", "home-too")) {
            save(
                    "home",
                    simple("home", "after") + simple("home-too", "after") + route("late", uri));
            awaitRefused("home", "route late");
            assertThat(value("home")).isEqualTo("before");
            assertThat(value("home-too")).isEqualTo("before");
            assertThat(instance.get("/taken").status()).isEqualTo(200);
            assertThat(instance.context().getRoute("late")).isNull();
            assertThat(instance.lookup("home", "kept").cacheStatus()).contains("hit");
            assertThat(instance.statistic("home", "misses")).isGreaterThanOrEqualTo(misses);

            save("home", simple("home", "after") + simple("home-too", "after"));
            awaitValue("home-too", "after");
        }
        awaitHealthy();
    }

    private static String route(String id, String uri) {
        return """
                - route:
                    id: %s
                    from:
                      uri: "%s"
                      steps:
                        - setBody: { constant: x }
                """
                .formatted(id, uri);
    }

    @Test
    void whatDoesNotStartIsNotSaidToBeLoaded() throws Exception {
        save("taker", route("takes-direct", "direct:taken"));
        await().until(() -> instance.context().getRoute("takes-direct") != null);
        try (var log = LogCapture.of("io.cistern.reload")) {
            save("late", route("late", "direct:taken"));
            awaitRefused("late", "route late");
            assertThat(log.lines(Level.INFO)).noneMatch(line -> line.contains("late.camel.yaml"));
        }
    }

    @Test
    void whatIsNoTextIsRefused() throws Exception {
        Files.write(file("home"), new byte[] {'#', (byte) 0xff, (byte) 0xfe});
        awaitRefused("home", "is not UTF-8");
        assertThat(value("home")).isEqualTo("home");
    }

    @Test
    void aFileThatCannotBeReadIsRefused() throws Exception {
        // It is there, and reading it fails whoever asks.
        Path unreadable = Path.of("/proc/self/mem");
        assumeThat(unreadable).exists();
        Files.createSymbolicLink(file("unreadable"), unreadable);
        awaitRefused("unreadable", "cannot be read");
        assertThat(value("home")).isEqualTo("home");
    }

    @Test
    void aFolderThatCannotBeReadTakesNothingAlong() throws Exception {
        Path folder = instance.routes().resolve("closed");
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("a.camel.yaml"), simple("closed", "first"));
        awaitValue("closed", "first");
        Path aside = instance.routes().resolveSibling("aside");

        // A link to the folder in which it is: nobody can tell what is behind.
        Files.move(folder, aside);
        Files.createSymbolicLink(folder, Path.of("."));
        await().atMost(EFFECT).until(() -> message().contains("links to a folder"));
        await().during(Duration.ofMillis(1500))
                .atMost(EFFECT)
                .until(() -> value("closed").equals("first"));

        Files.delete(folder);
        Files.move(aside, folder);
        awaitHealthy();
        Files.writeString(folder.resolve("a.camel.yaml"), simple("closed", "second"));
        awaitValue("closed", "second");
        Files.delete(folder.resolve("a.camel.yaml"));
        Files.delete(folder);
        await().atMost(EFFECT).until(() -> instance.get("/caches/closed").status() == 404);
    }

    @Test
    void aFolderWithoutPermissionTakesNothingAlong() throws Exception {
        assumeThat(System.getProperty("user.name")).isNotEqualTo("root");
        Path folder = instance.routes().resolve("locked");
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("a.camel.yaml"), simple("locked", "first"));
        awaitValue("locked", "first");
        for (var mode : List.of("---------", "r--r--r--")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
            await().during(Duration.ofMillis(2500))
                    .atMost(Duration.ofSeconds(4))
                    .until(() -> value("locked").equals("first"));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            awaitHealthy();
        }
        Files.delete(folder.resolve("a.camel.yaml"));
        Files.delete(folder);
        await().atMost(EFFECT).until(() -> instance.get("/caches/locked").status() == 404);
    }
}
