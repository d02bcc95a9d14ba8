package io.cistern.invalidation.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** What the tests of feeds share. */
final class FeedFixture {

    /** For how long a Redis stands still: longer than any time-out. */
    static final Duration FROZEN = Duration.ofSeconds(10);

    private FeedFixture() {}

    /** An event that names one key of the cache {@code items}. */
    static String event(String key) {
        return "{\"cache\":\"items\",\"keys\":[\"" + key + "\"]}";
    }

    /** A name that no other test has. */
    static String unique(String name) {
        return name + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** A file of the folder that is shipped. */
    static String shipped(String file) {
        try {
            return Files.readString(Path.of("routes/invalidation", file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An instance with a cache {@code items}. */
    static Instance.Builder instance(RedisServer redis, CountingOrigin origin) {
        return Instance.on(redis)
                .route(
                        "items",
                        Routes.http("items", origin, Map.of("ttl", "1h", "maxStale", "1h")));
    }

    static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20));
    }

    /** Fills the cache, so that there is something to invalidate. */
    static void fill(Instance instance, String... keys) {
        for (var key : keys) {
            instance.lookup("items", key);
            assertThat(isCached(instance, key)).as(key).isTrue();
        }
    }

    static boolean isCached(Instance instance, String key) {
        return instance.lookup("items", key, "Cache-Control", "only-if-cached").status() == 200;
    }

    static void awaitGone(Instance instance, String... keys) {
        for (var key : keys) {
            await().until(() -> !isCached(instance, key));
        }
    }

    /** Adds a cache {@code late} while the instance runs, with an entry {@code 1}. */
    static void addLateCache(Instance instance) throws IOException {
        Files.writeString(
                instance.routes().resolve("caches/late.camel.yaml"),
                Routes.simple("late", "x", Map.of("ttl", "1h")));
        await().until(() -> instance.lookup("late", "1").status() == 200);
        assertThat(isLateCached(instance)).isTrue();
    }

    static boolean isLateCached(Instance instance) {
        return instance.lookup("late", "1", "Cache-Control", "only-if-cached").status() == 200;
    }
}
