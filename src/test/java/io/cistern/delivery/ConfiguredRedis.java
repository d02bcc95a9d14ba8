package io.cistern.delivery;

import io.cistern.testing.Ports;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** A redis-server of this machine (Debian's package), started from a configuration file. */
final class ConfiguredRedis implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final Duration LONGEST_START = Duration.ofSeconds(10);
    private static final long LONGEST_STOP_SECONDS = 10;

    private final Process process;
    private final Path log;
    private final int port;

    private ConfiguredRedis(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /**
     * Starts one on a free port of the loopback address and waits until it takes connections.
     *
     * @param folder where it runs and writes
     * @param configuration the file; a copy of it is used, since Sentinel lets servers rewrite
     *     theirs
     * @param more options that win over the file, as on the command line
     * @throws IOException when it can't be started
     */
    public static ConfiguredRedis start(Path folder, Path configuration, String... more)
            throws IOException {
        var port = Ports.free();
        var copy = folder.resolve("redis-" + port + ".conf");
        Files.copy(configuration, copy, StandardCopyOption.REPLACE_EXISTING);
        List<String> command = new ArrayList<>(List.of("redis-server", copy.toString()));
        command.addAll(List.of("--port", Integer.toString(port), "--bind", HOST));
        command.addAll(List.of("--dir", folder.toString()));
        command.addAll(List.of(more));
        var log = Files.createTempFile(folder, "redis-", ".log");
        var process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        var redis = new ConfiguredRedis(process, log, port);
        try {
            Awaitility.await().atMost(LONGEST_START).until(redis::isReadyOrOver);
            if (!process.isAlive()) {
                throw new IOException("redis-server did not start: " + redis.log());
            }
            return redis;
        } catch (IOException | RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    private boolean isReadyOrOver() throws IOException {
        return !process.isAlive()
                || log().contains("Ready to accept connections")
                || log().contains("monitor master");
    }

    public int port() {
        return port;
    }

    /** What it has said so far. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** Asks it something as one of its users, over a connection of its own. */
    public <T> T ask(String user, String password, Function<RedisCommands<String, String>, T> ask) {
        var client =
                RedisClient.create(
                        RedisURI.builder()
                                .withHost(HOST)
                                .withPort(port)
                                .withAuthentication(user, password.toCharArray())
                                .build());
        try (var connection = client.connect()) {
            return ask.apply(connection.sync());
        } finally {
            client.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
