package io.cistern.redis;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.embedded.core.ExecutableProvider;

/**
 * A Redis server of one's own, for machines that have none: on the loopback address only, with
 * bounded memory, and nothing on disk. It ends with {@link #close()} and, where there is a shell to
 * watch over it, soon after a JVM that ended without. No hook ends it when the JVM is told to stop:
 * who uses it may need it until all is done.
 */
public final class EmbeddedRedis implements AutoCloseable {
    /** Where it listens. */
    public static final String HOST = "127.0.0.1";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);
    private static final String READY = "Ready to accept connections";
    private static final String PID_FILE = "redis.pid";
    private static final int PORTS_TRIED = 5;
    private static final long START_SECONDS = 10;
    private static final long STOP_SECONDS = 2;

    /**
     * Ends the server as soon as the standard input ends, which is when the JVM does; ends itself
     * with the server, and removes the folder ($0) that nobody needs then.
     */
    private static final String WATCH =
            """
            exec 3<&0
            "$@" </dev/null &
            server=$!
            (read -r line <&3; kill "$server") &
            watcher=$!
            wait "$server"
            status=$?
            kill "$watcher" 2>/dev/null
            rm -rf -- "$0"
            exit "$status"
            """;

    private final Process process;
    private final Path folder;
    private final int port;
    private volatile long server;

    private EmbeddedRedis(Process process, Path folder, int port) {
        this.process = process;
        this.folder = folder;
        this.port = port;
        this.server = process.pid();
    }

    /**
     * Starts one on a free port and waits until it takes connections.
     *
     * @throws IOException when there is no binary for this platform, or it does not run here; the
     *     message is one line that says why
     */
    public static EmbeddedRedis start() throws IOException {
        IOException last = null;
        for (int i = 0; i < PORTS_TRIED; i++) {
            try {
                return start(freePort(), List.of());
            } catch (PortTakenException e) {
                last = e;
            }
        }
        throw last;
    }

    /**
     * Starts one on a certain port, which has to be free.
     *
     * @param configuration more lines for its configuration file, such as {@code requirepass x}
     * @throws IOException as {@link #start()}
     */
    public static EmbeddedRedis start(int port, List<String> configuration) throws IOException {
        Path folder = Files.createTempDirectory("cistern-redis-");
        EmbeddedRedis server = null;
        try {
            var process = launch(folder, port, configuration);
            server = new EmbeddedRedis(process, folder, port);
            awaitReady(process);
            server.server = pid(process, folder);
            return server;
        } catch (IOException | RuntimeException e) {
            if (server == null) {
                delete(folder);
            } else {
                server.close();
            }
            throw e;
        }
    }

    /** Where it listens, besides {@link #HOST}. */
    public int port() {
        return port;
    }

    /** The process of the server itself. */
    public long pid() {
        return server;
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Runs something once the server has ended, however that came about. */
    void onEnd(Runnable task) {
        process.onExit().thenRun(task);
    }

    /** Ends it and removes its files. May be repeated. */
    @Override
    public void close() {
        var all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        // The shell ends when the server has ended. A frozen server hears no polite word.
        // Only one of ours: the number of a server that died may be another process by now.
        ProcessHandle.of(server)
                .filter(all::contains)
                .ifPresentOrElse(ProcessHandle::destroy, process::destroy);
        awaitEnd();
        all.forEach(ProcessHandle::destroyForcibly);
        awaitEnd();
        delete(folder);
    }

    private void awaitEnd() {
        try {
            process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Process launch(Path folder, int port, List<String> more) throws IOException {
        var configuration = new ArrayList<String>();
        configuration.add("bind " + HOST);
        configuration.add("port " + port);
        configuration.add("daemonize no");
        configuration.add("save \"\"");
        configuration.add("appendonly no");
        configuration.add("maxmemory 256mb");
        configuration.add("maxmemory-policy allkeys-lru");
        configuration.add("dir \"" + slashes(folder) + "\"");
        configuration.add("pidfile \"" + slashes(folder.resolve(PID_FILE)) + "\"");
        configuration.addAll(more);
        Path file = Files.write(folder.resolve("redis.conf"), configuration);
        String binary = binary(folder).getAbsolutePath();
        return new ProcessBuilder(command(folder, binary, file.toString()))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private static List<String> command(Path folder, String binary, String configuration) {
        var command = new ArrayList<String>();
        if (Files.isExecutable(Path.of("/bin/sh"))) {
            // In a session of its own, where there is setsid, so that a signal to the whole process
            // group (Ctrl-C) leaves it to the JVM when it ends.
            Stream.of("/usr/bin/setsid", "/bin/setsid")
                    .filter(setsid -> Files.isExecutable(Path.of(setsid)))
                    .findFirst()
                    .ifPresent(command::add);
            command.addAll(List.of("/bin/sh", "-c", WATCH, folder.toString()));
        }
        command.addAll(List.of(binary, configuration));
        return command;
    }

    private static File binary(Path folder) throws IOException {
        try {
            return ExecutableProvider.newJarResourceProvider(folder.toFile()).get();
        } catch (RuntimeException e) {
            throw new IOException(
                    "there is no embedded Redis for %s on %s"
                            .formatted(
                                    System.getProperty("os.name"), System.getProperty("os.arch")),
                    e);
        }
    }

    /** Reads what the server says: until it is ready here, afterwards in the background. */
    private static void awaitReady(Process process) throws IOException {
        var ready = new CompletableFuture<Void>();
        var reader = new Thread(() -> read(process, ready), "embedded-redis-log");
        reader.setDaemon(true);
        reader.start();
        try {
            ready.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException why ? why : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException(
                    "the embedded Redis was not ready after " + START_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the embedded Redis started", e);
        }
    }

    private static void read(Process process, CompletableFuture<Void> ready) {
        String last = "it said nothing";
        boolean taken = false;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                LOG.debug("{}", line);
                taken |= line.contains("Address already in use");
                if (line.contains(READY)) {
                    ready.complete(null);
                }
                if (!line.isBlank() && !ready.isDone()) {
                    last = line.strip();
                }
            }
        } catch (IOException e) {
            LOG.debug("The embedded Redis says no more", e);
        }
        String why = "the embedded Redis did not start: " + last;
        ready.completeExceptionally(taken ? new PortTakenException(why) : new IOException(why));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }

    /** Read once: who tidies temporary folders up must not take the way to the process along. */
    private static long pid(Process process, Path folder) throws IOException {
        Path file = folder.resolve(PID_FILE);
        return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : process.pid();
    }

    private static String slashes(Path path) {
        return path.toString().replace('\\', '/');
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} stays behind", folder, e);
        }
    }

    private static final class PortTakenException extends IOException {
        private static final long serialVersionUID = 1L;

        PortTakenException(String message) {
            super(message);
        }
    }
}
