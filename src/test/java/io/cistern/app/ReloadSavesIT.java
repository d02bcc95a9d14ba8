package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** However a file of the routes folder is saved, moved or deleted, the instance follows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReloadSavesIT {

    /** The longest from a save to its effect, where a file is not saved piece by piece. */
    private static final Duration EFFECT = Duration.ofSeconds(10);

    /** Longer than anything that is held back for being half written. */
    private static final Duration SETTLED = Duration.ofMillis(2500);

    /** What looks half written is not taken earlier than that. */
    private static final Duration HELD_BACK = Duration.ofSeconds(1);

    private CountingOrigin origin;
    private Instance instance;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        instance =
                Instance.inMemory()
                        .set("CIRCUIT_BREAKER_THRESHOLD", "2")
                        .route("warm-up", simple("warm-up", "up"))
                        .start();
        // What the first edit of a process has to load is no part of what is measured here.
        save("warm-up", simple("warm-up", "warm"));
        awaitValue("warm-up", "warm", Duration.ofSeconds(20));
    }

    @AfterAll
    void stop() {
        instance.close();
        origin.close();
    }

    private static String simple(String cache, String value) {
        return Routes.simple(cache, value, Map.of());
    }

    private Path file(String name) {
        return instance.routes().resolve("caches").resolve(name + ".camel.yaml");
    }

    private void save(String name, String text) throws IOException {
        Files.writeString(file(name), text);
    }

    /** A key of its own, so that a load tells which version of the route runs. */
    private String value(String cache) {
        return instance.lookup(cache, "k" + System.nanoTime()).text();
    }

    private void awaitValue(String cache, String value, Duration longest) {
        await().atMost(longest)
                .pollInterval(20, TimeUnit.MILLISECONDS)
                .until(() -> value(cache).equals(value));
    }

    private void awaitGone(String cache) {
        await().atMost(SETTLED).until(() -> instance.lookup(cache, "x").status() == 404);
        await().until(() -> instance.get("/caches/" + cache).status() == 404);
    }

    private String routeFiles() {
        // Camel's check of a route answers 500 in the moment in which that route is taken out.
        var answer =
                await().atMost(EFFECT)
                        .until(
                                () -> instance.manage("/observe/health"),
                                health -> health.status() != 500);
        for (var check : answer.json().path("checks")) {
            if (check.path("name").asText().equals("route-files")) {
                return check.toString();
            }
        }
        throw new AssertionError("no check route-files");
    }

    /** Looks up all the while, and wants the same value each time, and no file refused. */
    private void holds(String cache, Duration time, String value) {
        await().during(time)
                .atMost(time.plusSeconds(5))
                .pollInterval(25, TimeUnit.MILLISECONDS)
                .until(
                        () -> {
                            var answer = instance.lookup(cache, "k" + System.nanoTime());
                            assertRuns(cache, answer, routeFiles(), value);
                            return true;
                        });
    }

    /** The same as long as a save may not be taken; what is seen too late tells nothing. */
    private void holdsBack(String cache, long savedAt, String value) {
        await().pollInterval(25, TimeUnit.MILLISECONDS)
                .until(
                        () -> {
                            var answer = instance.lookup(cache, "k" + System.nanoTime());
                            var files = routeFiles();
                            if (System.nanoTime() - savedAt >= HELD_BACK.toNanos()) {
                                return true;
                            }
                            assertRuns(cache, answer, files, value);
                            return false;
                        });
    }

    private static void assertRuns(String cache, Answer answer, String files, String value) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(value);
        assertThat(files).doesNotContain(cache);
    }

    @Test
    void inPlace() throws Exception {
        save("in-place", simple("in-place", "first"));
        awaitValue("in-place", "first", EFFECT);

        save("in-place", simple("in-place", "second"));
        awaitValue("in-place", "second", EFFECT);

        // As long as before, and within the same tick of a coarse clock.
        save("in-place", simple("in-place", "thirdd"));
        awaitValue("in-place", "thirdd", EFFECT);
    }

    @Test
    void byARenameOfATemporaryFile() throws Exception {
        save("renamed", simple("renamed", "first"));
        awaitValue("renamed", "first", EFFECT);

        Path temporary = instance.routes().resolve("caches/.renamed.tmp");
        Files.writeString(temporary, simple("renamed", "second"));
        Files.move(temporary, file("renamed"), StandardCopyOption.ATOMIC_MOVE);

        awaitValue("renamed", "second", EFFECT);
    }

    @Test
    void byMovingTheOldOneAside() throws Exception {
        save("aside", simple("aside", "first"));
        awaitValue("aside", "first", EFFECT);

        Path backup = Path.of(file("aside") + "~");
        Files.move(file("aside"), backup);
        // Longer than two looks at the folder: the file is seen to be gone.
        holds("aside", Duration.ofMillis(600), "first");
        save("aside", simple("aside", "second"));

        await().atMost(EFFECT)
                .until(
                        () -> {
                            var answer = instance.lookup("aside", "k" + System.nanoTime());
                            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
                            return answer.text().equals("second");
                        });
        holds("aside", Duration.ofMillis(600), "second");
        Files.delete(backup);
    }

    @Test
    void aDeletedFileTakesItsCachesAlong() throws Exception {
        save("deleted", simple("deleted", "there") + simple("deleted-too", "there"));
        awaitValue("deleted-too", "there", EFFECT);

        Files.delete(file("deleted"));

        awaitGone("deleted");
        awaitGone("deleted-too");
        assertThat(instance.context().getRoute("deleted")).isNull();
        assertThat(value("warm-up")).isEqualTo("warm");

        save("deleted", simple("deleted", "again"));
        awaitValue("deleted", "again", EFFECT);
    }

    @Test
    void routesOfARenamedFileGoOnAsTheyAre() throws Exception {
        save("old-name", Routes.http("moved", origin, Map.of()));
        await().atMost(EFFECT).until(() -> instance.lookup("moved", "kept").status() == 200);
        origin.failing.add("bad-1");
        origin.failing.add("bad-2");
        instance.lookup("moved", "bad-1");
        instance.lookup("moved", "bad-2");
        assertThat(instance.lookup("moved", "refused").status()).isEqualTo(503);
        var running = instance.context().getRoute("moved");
        var calls = origin.calls("kept");

        Files.createDirectories(instance.routes().resolve("else/where"));
        Files.move(file("old-name"), instance.routes().resolve("else/where/new.camel.yaml"));

        await().atMost(SETTLED)
                .until(
                        () -> {
                            assertThat(instance.lookup("moved", "kept").cacheStatus())
                                    .contains("hit");
                            return fileOf("moved").equals("else/where/new.camel.yaml");
                        });
        assertThat(origin.calls("kept")).isEqualTo(calls);
        assertThat(instance.lookup("moved", "refused").status()).isEqualTo(503);
        assertThat(instance.context().getRoute("moved")).isSameAs(running);

        // From now on it follows the file in its new place.
        Files.writeString(
                instance.routes().resolve("else/where/new.camel.yaml"), simple("moved", "edited"));
        awaitValue("moved", "edited", EFFECT);
    }

    private String fileOf(String route) {
        for (var file : instance.get("/routes").json().path("files")) {
            for (var one : file.path("routes")) {
                if (one.path("id").asText().equals(route)) {
                    return file.path("file").asText();
                }
            }
        }
        return "none";
    }

    @Test
    void aNewFileInANewFolder() throws Exception {
        Path folder = instance.routes().resolve("team a/prod.v2/ü");
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("a.b #1 100%.camel.yaml"), simple("new-folder", "here"));

        awaitValue("new-folder", "here", EFFECT);
    }

    /** As the kubelet does it: all links go through one, which is exchanged in one step. */
    @Test
    void aConfigMapThatIsExchanged() throws Exception {
        Path mount = Files.createDirectories(instance.routes().resolve("mounted"));
        Path first = Files.createDirectories(mount.resolve("..2026_11_21_10_00_00.1"));
        Files.writeString(first.resolve("a.camel.yaml"), simple("mapped-a", "first"));
        Files.writeString(first.resolve("b.camel.yaml"), simple("mapped-b", "first"));
        Files.createSymbolicLink(mount.resolve("..data"), first.getFileName());
        for (var name : new String[] {"a", "b"}) {
            Files.createSymbolicLink(
                    mount.resolve(name + ".camel.yaml"),
                    Path.of("..data").resolve(name + ".camel.yaml"));
        }
        awaitValue("mapped-a", "first", EFFECT);
        awaitValue("mapped-b", "first", EFFECT);

        Path second = Files.createDirectories(mount.resolve("..2026_11_21_10_05_00.2"));
        Files.writeString(second.resolve("a.camel.yaml"), simple("mapped-a", "second"));
        Files.writeString(second.resolve("c.camel.yaml"), simple("mapped-c", "second"));
        Files.createSymbolicLink(mount.resolve("..data_tmp"), second.getFileName());
        Files.move(
                mount.resolve("..data_tmp"),
                mount.resolve("..data"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        Files.createSymbolicLink(mount.resolve("c.camel.yaml"), Path.of("..data/c.camel.yaml"));
        Files.delete(mount.resolve("b.camel.yaml"));
        Files.delete(first.resolve("a.camel.yaml"));
        Files.delete(first.resolve("b.camel.yaml"));
        Files.delete(first);

        // What is gone gets longer, and all of it comes together.
        awaitValue("mapped-a", "second", SETTLED);
        awaitValue("mapped-c", "second", SETTLED);
        awaitGone("mapped-b");
    }

    @Test
    void aHalfWrittenFileIsWaitedFor() throws Exception {
        String before = simple("half", "first") + simple("half-last", "first");
        save("half", before);
        awaitValue("half-last", "first", EFFECT);
        String after = simple("half", "second") + simple("half-last", "second");

        // Cut where what is there is no YAML, where an element is missing, where a step is.
        for (var cut :
                new int[] {
                    after.indexOf("second") + 3,
                    simple("half", "second").length(),
                    after.lastIndexOf("- setBody")
                }) {
            long savedAt = System.nanoTime();
            Files.writeString(file("half"), after.substring(0, cut));
            holdsBack("half", savedAt, "first");
            Files.writeString(file("half"), after.substring(cut), StandardOpenOption.APPEND);
            awaitValue("half", "second", EFFECT);
            awaitValue("half-last", "second", EFFECT);

            save("half", before);
            awaitValue("half-last", "first", EFFECT);
        }
    }

    @Test
    void anEmptiedFileIsWaitedFor() throws Exception {
        save("emptied", simple("emptied", "first"));
        awaitValue("emptied", "first", EFFECT);

        long savedAt = System.nanoTime();
        save("emptied", "");
        holdsBack("emptied", savedAt, "first");
        save("emptied", simple("emptied", "second"));
        awaitValue("emptied", "second", EFFECT);

        save("emptied", "# nothing any more\n");
        awaitGone("emptied");
    }

    @Test
    void aFileThatIsWrittenAllTheTimeHoldsNobodyUp() throws Exception {
        save("busy", simple("busy", "0"));
        awaitValue("busy", "0", EFFECT);

        save("beside", simple("beside", "there"));
        var number = new int[1];
        await().atMost(SETTLED)
                .pollInterval(50, TimeUnit.MILLISECONDS)
                .until(
                        () -> {
                            save("busy", simple("busy", "" + ++number[0]));
                            return value("beside").equals("there");
                        });
        awaitValue("busy", "" + number[0], EFFECT);
    }

    @Test
    void twoFilesThatSwapTheirRoutesInOneSave() throws Exception {
        save("left", simple("swap-a", "a1") + simple("stays-left", "x"));
        save("right", simple("swap-b", "b1"));
        awaitValue("swap-a", "a1", EFFECT);
        awaitValue("swap-b", "b1", EFFECT);

        save("left", simple("swap-b", "b2") + simple("stays-left", "x"));
        save("right", simple("swap-a", "a2"));

        await().atMost(EFFECT)
                .until(
                        () -> {
                            for (var cache : new String[] {"swap-a", "swap-b"}) {
                                assertThat(instance.lookup(cache, "k").status()).isEqualTo(200);
                            }
                            return value("swap-a").equals("a2") && value("swap-b").equals("b2");
                        });
        assertThat(routeFiles()).doesNotContain("left").doesNotContain("right");
    }

    @Test
    void aFolderThatIsAwayForAWhileTakesNothingAlong() throws Exception {
        try (var other = Instance.inMemory().route("here", simple("here", "first")).start()) {
            Path away = other.routes().resolveSibling("away");
            Files.move(other.routes(), away);
            await().during(SETTLED)
                    .atMost(SETTLED.plusSeconds(5))
                    .until(() -> other.lookup("here", "k" + System.nanoTime()).status() == 200);
            Files.move(away, other.routes());

            Files.writeString(
                    other.routes().resolve("caches/here.camel.yaml"), simple("here", "second"));
            await().atMost(Duration.ofSeconds(5))
                    .until(
                            () ->
                                    other.lookup("here", "k" + System.nanoTime())
                                            .text()
                                            .equals("second"));
        }
    }
}
