package io.cistern.store.near;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restarts of an instance that keeps what is near, in front of a Redis that goes on. */
class NearPersistenceIT {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir private Path data;
    private CountingOrigin origin;
    private RedisServer redis;

    @BeforeEach
    void start() throws Exception {
        origin = new CountingOrigin();
        redis = RedisServer.start();
    }

    @AfterEach
    void stop() throws Exception {
        redis.close();
        origin.close();
    }

    private Instance instance() throws IOException {
        return Instance.on(redis)
                .set("CISTERN_DATA_DIR", data.toString())
                .set("CISTERN_NEAR_PERSIST", "true")
                .route("kept", Routes.http("kept", origin, Map.of("ttl", "1h", "tags", "t")))
                .start();
    }

    private Path folder() {
        return data.resolve("near-cistern");
    }

    private void live(String... keys) throws IOException {
        try (var instance = instance()) {
            for (var key : keys) {
                instance.lookup("kept", key);
            }
        }
    }

    /** Without a lookup, which would bring it near by itself. */
    private static void awaitNear(Instance instance, long entries) {
        await().atMost(SOON).until(() -> instance.statistic("kept", "entries") == entries);
    }

    @Test
    void whatWasNearIsNearAgainWithoutRedisBeingAsked() throws IOException {
        live("a", "b");
        assertThat(Files.getPosixFilePermissions(folder().resolve("near-0")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(folder()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));

        try (var again = instance()) {
            awaitNear(again, 2);
            assertThat(again.lookup("kept", "a").cacheStatus()).contains("detail=near");
            assertThat(again.lookup("kept", "c").cacheStatus()).contains("uri-miss");
            assertThat(again.manage("/observe/health").text()).contains("near-persistence");
            assertThat(again.manage("/observe/metrics").text())
                    .contains("cistern_near_persistence_up 1.0")
                    .contains("cistern_near_persistence_entries 2.0");
            assertThat(again.get("/caches/kept/storage").json().path("storage"))
                    .extracting(it -> it.path("kind").asText(), it -> it.path("of").asText())
                    .containsExactly(
                            tuple("memory", "cache"),
                            tuple("disk", "all"),
                            tuple("redis", "cache"));
        }
        assertThat(origin.calls("a")).isEqualTo(1);
    }

    @Test
    void whatOthersInvalidatedMeanwhileIsNot() throws IOException {
        live("a", "b");
        try (var other =
                Instance.on(redis)
                        .route(
                                "kept",
                                Routes.http("kept", origin, Map.of("ttl", "1h", "tags", "t")))
                        .start()) {
            other.delete(Instance.entry("kept", "a"));
        }

        try (var again = instance()) {
            awaitNear(again, 1);
            assertThat(again.lookup("kept", "a").cacheStatus()).contains("uri-miss");
            assertThat(again.lookup("kept", "b").cacheStatus()).contains("detail=near");
        }
    }

    @Test
    void theSecondInstanceInAFolderHasAFileOfItsOwn() throws IOException {
        try (var one = instance();
                var two = instance()) {
            one.lookup("kept", "a");
            two.lookup("kept", "b");
        }

        assertThat(folder().resolve("near-0")).exists();
        assertThat(folder().resolve("near-1")).exists();
    }

    @Test
    void aFolderThatCannotBeUsedIsToldAndNothingElseSuffers() throws IOException {
        Files.writeString(folder(), "a file where the folder should be");

        try (var instance = instance()) {
            assertThat(instance.lookup("kept", "a").status()).isEqualTo(200);
            assertThat(instance.manage("/observe/health").json().toString())
                    .contains("what is near is not kept over a restart");
            assertThat(instance.manage("/observe/health/ready").status()).isEqualTo(200);
        }
    }

    @Test
    void aDamagedFileIsUsedAsFarAsItIsWhole() throws IOException {
        live("a", "b");
        var file = folder().resolve("near-0");
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);

        try (var again = instance()) {
            awaitNear(again, 1);
            assertThat(again.lookup("kept", "a").status()).isEqualTo(200);
            assertThat(again.lookup("kept", "b").status()).isEqualTo(200);
        }
        assertThat(origin.calls()).isEqualTo(2);
    }
}
