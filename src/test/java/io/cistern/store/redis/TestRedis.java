package io.cistern.store.redis;

import io.cistern.testing.RedisServers;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One Redis for all tests of a class, and a connection to it. */
final class TestRedis implements BeforeAllCallback, AfterAllCallback {

    private RedisServers.Running server;
    private TestConnection connection;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        server = RedisServers.start();
        connection = new TestConnection(server.port(), Duration.ofSeconds(10));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        connection.close();
        server.close();
    }

    int port() {
        return server.port();
    }

    TestConnection connection() {
        return connection;
    }
}
