package io.cistern.app;

import io.cistern.redis.EmbeddedRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A real Redis on one port, that can be killed, brought back, and frozen. */
public final class RedisServer implements AutoCloseable {

    private final int port;
    private EmbeddedRedis server;
    private boolean frozen;

    private RedisServer(int port) {
        this.port = port;
    }

    public static RedisServer start() throws IOException {
        var redis = away();
        redis.bringBack();
        return redis;
    }

    /** One that does not run yet. */
    public static RedisServer away() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return new RedisServer(socket.getLocalPort());
        }
    }

    /** What an instance is started with to use it. */
    public Map<String, String> settings() {
        return Map.of("REDIS_HOST", EmbeddedRedis.HOST, "REDIS_PORT", Integer.toString(port));
    }

    /** Asks it something over a connection of its own. */
    public <T> T ask(Function<RedisCommands<String, String>, T> question) {
        var client = RedisClient.create("redis://" + EmbeddedRedis.HOST + ":" + port);
        try (var connection = client.connect()) {
            return question.apply(connection.sync());
        } finally {
            client.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }

    public void kill() {
        server.close();
    }

    public void bringBack() throws IOException {
        server = EmbeddedRedis.start(port, List.of());
    }

    public void freeze() throws Exception {
        signal("-STOP");
        frozen = true;
    }

    public void thaw() throws Exception {
        signal("-CONT");
        frozen = false;
    }

    private void signal(String name) throws Exception {
        var kill = new ProcessBuilder("kill", name, Long.toString(server.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill " + name + " failed");
        }
    }

    @Override
    public void close() throws Exception {
        if (frozen) {
            thaw();
        }
        if (server != null) {
            server.close();
        }
    }
}
