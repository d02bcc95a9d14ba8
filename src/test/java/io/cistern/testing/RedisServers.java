package io.cistern.testing;

import java.io.File;
import java.io.IOException;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;

/**
 * Real Redis servers on free ports: the embedded one, or another named by the system property
 * {@code cistern.test.redis}.
 */
public final class RedisServers {

    private RedisServers() {}

    /** What it started, and how to stop it. */
    public record Running(RedisServer server, int port) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            server.stop();
        }
    }

    /** Starts one that keeps nothing on disk. */
    public static Running start() throws IOException {
        var port = Ports.free();
        var builder =
                RedisServer.newRedisServer()
                        .port(port)
                        .bind("127.0.0.1")
                        .onShutdownForceStop(true)
                        .setting("save \"\"")
                        .setting("appendonly no");
        var other = System.getProperty("cistern.test.redis");
        if (other != null) {
            ExecutableProvider provider = () -> new File(other);
            builder.executableProvider(provider);
        }
        var server = builder.build();
        server.start();
        return new Running(server, port);
    }
}
