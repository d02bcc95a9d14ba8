package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance without Redis, as its users see it over restarts and kills. */
class MemoryRestartIT {

    @TempDir Path folder;
    private CountingOrigin origin;
    private ChildInstance instance;

    @BeforeEach
    void open() throws Exception {
        origin = new CountingOrigin();
        instance =
                new ChildInstance(
                        folder,
                        Routes.http("items", origin, Map.of("ttl", "10m", "tags", "all-items")),
                        Map.of("CACHE_TYPE", "memory"));
        instance.start();
        instance.awaitUp();
    }

    @AfterEach
    void close() throws Exception {
        instance.close();
        origin.close();
    }

    @Test
    void aHitAfterARestartDoesNotAskTheOrigin() throws Exception {
        var first = lookup("a");
        lookup("b");
        assertThat(status("DELETE", "/caches/items/entries/b")).isEqualTo(204);

        instance.terminate();
        assertThat(instance.awaitEnd(Duration.ofSeconds(10))).isTrue();
        instance.start();
        instance.awaitUp();

        assertThat(lookup("a")).isEqualTo(first);
        assertThat(origin.calls("a")).isEqualTo(1);
        lookup("b");
        assertThat(origin.calls("b")).isEqualTo(2);
        assertThat(instance.metrics()).contains("cistern_persistence_up 1.0");
        assertThat(instance.send("GET", "/caches/items/storage", null).body())
                .contains("\"memory\"", "\"disk\"", "/data/memory-cistern\"");

        // As a loss of the process would find it, whatever was not forced yet included.
        assertThat(status("DELETE", "/caches/items/entries?tag=all-items")).isEqualTo(204);
        instance.kill();
        instance.start();
        instance.awaitUp();
        lookup("a");
        assertThat(origin.calls("a")).isEqualTo(2);
        instance.kill();
        instance.start();
        instance.awaitUp();
        Awaitility.await().until(() -> lookup("a") != null);
        assertThat(origin.calls("a")).isLessThanOrEqualTo(3);
    }

    @Test
    void aFolderThatVanishesShowsAndHoldsNobodyUp() throws Exception {
        lookup("a");
        var kept = folder.resolve("data").resolve("memory-cistern");
        assertThat(kept).isDirectory();
        // So that it can't come back either.
        Files.move(kept, folder.resolve("elsewhere"));
        Files.writeString(kept, "a file");

        Awaitility.await()
                .untilAsserted(
                        () ->
                                assertThat(instance.health())
                                        .contains("persistence")
                                        .contains("503"));

        assertThat(lookup("a")).isNotNull();
        assertThat(status("DELETE", "/caches/items/entries/a")).isEqualTo(204);
        lookup("a");
        assertThat(origin.calls("a")).isEqualTo(2);
        assertThat(instance.isReady()).isTrue();
        assertThat(instance.metrics()).contains("cistern_persistence_up 0.0");
    }

    private String lookup(String key) throws Exception {
        var answer = instance.send("GET", "/caches/items/entries/" + key, null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private int status(String method, String path) throws Exception {
        return instance.send(method, path, null).statusCode();
    }
}
