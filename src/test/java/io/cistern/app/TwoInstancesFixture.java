package io.cistern.app;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Two instances with the same caches, before one origin and on one Redis, for all tests. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TwoInstancesFixture {

    protected CountingOrigin origin;
    protected RedisServer redis;
    protected Instance one;
    protected Instance other;

    /** Gives an instance its caches, whose values come from {@link #origin}. */
    protected abstract Instance.Builder caches(Instance.Builder builder);

    @BeforeAll
    protected void start() throws Exception {
        origin = new CountingOrigin();
        redis = RedisServer.start();
        one = caches(Instance.on(redis)).start();
        other = caches(Instance.on(redis)).start();
    }

    @AfterAll
    protected void stop() throws Exception {
        one.close();
        other.close();
        redis.close();
        origin.close();
    }
}
