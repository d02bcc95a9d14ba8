package io.cistern.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.embedded.core.ExecutableProvider;

/**
 * A process of a Redis server or a Sentinel, with any configuration: the {@code redis-server} of
 * the path, or the embedded one where there is none.
 */
public final class RedisProcess implements AutoCloseable {

    private static final File BINARY = binary();

    private final Path folder;
    private final int port;
    private final boolean isSentinel;
    private Process process;

    private RedisProcess(Path folder, int port, boolean isSentinel) {
        this.folder = folder;
        this.port = port;
        this.isSentinel = isSentinel;
    }

    /** A server on a free port that keeps nothing on disk unless its configuration says so. */
    public static RedisProcess server(String... configuration) throws IOException {
        return server(Ports.free(), configuration);
    }

    /** A server on this port that keeps nothing on disk unless its configuration says so. */
    static RedisProcess server(int port, String... configuration) throws IOException {
        var lines = new ArrayList<>(List.of("save \"\"", "appendonly no"));
        lines.addAll(Arrays.asList(configuration));
        return start(port, false, lines);
    }

    /** A Sentinel on a free port. */
    public static RedisProcess sentinel(String... configuration) throws IOException {
        return start(Ports.free(), true, Arrays.asList(configuration));
    }

    private static RedisProcess start(int port, boolean isSentinel, List<String> configuration)
            throws IOException {
        var folder = Files.createTempDirectory("redis-process");
        var lines = new ArrayList<>(configuration);
        if (lines.stream().noneMatch(line -> line.startsWith("port "))) {
            lines.add("port " + port);
        }
        lines.add("bind 127.0.0.1");
        lines.add("dir " + folder);
        Files.write(folder.resolve("redis.conf"), lines);
        var redis = new RedisProcess(folder, port, isSentinel);
        redis.start();
        return redis;
    }

    /** Starts it again, on the same port and with what lies on its disk. */
    public void start() throws IOException {
        var command = new ArrayList<>(List.of(BINARY.getPath(), "redis.conf"));
        if (isSentinel) {
            command.add("--sentinel");
        }
        process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                        .start();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public int port() {
        return port;
    }

    /** Its folder, where its files lie. */
    public Path folder() {
        return folder;
    }

    /** What it wrote. */
    public Path log() {
        return folder.resolve("log");
    }

    /** Ends it as a crash would. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** Stops it where it stands, sockets open. */
    public void freeze() {
        signal("-STOP");
    }

    /** Lets it go on. */
    public void thaw() {
        signal("-CONT");
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void await() {
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        kill();
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }

    private static File binary() {
        for (var path : System.getenv("PATH").split(File.pathSeparator)) {
            var file = new File(path, "redis-server");
            if (file.canExecute()) {
                return file;
            }
        }
        try {
            var folder = Files.createTempDirectory("redis-binary");
            folder.toFile().deleteOnExit();
            return ExecutableProvider.newJarResourceProvider(folder.toFile()).get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
