package io.cistern.store.redis;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;

/**
 * Real Redis servers on free ports: the embedded one, or another named by the system property
 * {@code cistern.test.redis}.
 */
final class RedisServers {

    private RedisServers() {}

    /** What it started, and how to stop it. */
    record Running(RedisServer server, int port) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            server.stop();
        }
    }

    static Running start() throws IOException {
        var port = freePort();
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

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
