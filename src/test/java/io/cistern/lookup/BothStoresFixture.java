package io.cistern.lookup;

import static io.cistern.app.Instance.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** An instance on Redis and one in memory, with the same caches, before one origin. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BothStoresFixture {

    CountingOrigin origin;
    Instance shared;
    Instance memory;
    private RedisServer redis;

    /** Gives an instance its caches, one of them named {@code items}. */
    abstract Instance.Builder caches(Instance.Builder builder);

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        redis = RedisServer.start();
        shared = caches(Instance.on(redis)).start();
        memory = caches(Instance.inMemory()).start();
    }

    @AfterAll
    void stop() throws Exception {
        shared.close();
        memory.close();
        redis.close();
        origin.close();
    }

    /** For tests that take an instance. */
    Stream<Instance> both() {
        return Stream.of(shared, memory);
    }

    /** Stores a value that no origin would give. */
    static void put(Instance instance, String key, String tags) {
        var answer =
                instance.put(
                        entry("items", key),
                        "{\"by\":\"hand\"}",
                        "Content-Type",
                        "application/json",
                        "Cache-Tags",
                        tags);
        assertThat(answer.status()).isEqualTo(204);
    }
}
