package io.cistern.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A PostgreSQL of its own, on a free port and with an empty folder: that of Debian's package {@code
 * postgresql}, or the one of the path. It does not run as root, who lends it the user {@code
 * postgres}.
 */
public final class PostgresServer implements AutoCloseable {

    /** Who owns all of it; no password is asked for. */
    public static final String USER = "sample";

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    private final Path folder;
    private final int port;

    private PostgresServer(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /**
     * Starts one and waits until it takes connections.
     *
     * @throws IOException if there is none on this machine, or it does not start
     */
    public static PostgresServer start() throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("postgres-");
        // Its data belong to the user that it runs as.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        var server = new PostgresServer(folder, Ports.free());
        try {
            server.run("initdb", "-D", server.data(), "-U", USER, "-A", "trust", "-E", "UTF8");
            server.run(
                    "pg_ctl",
                    "start",
                    "-w",
                    "-D",
                    server.data(),
                    "-l",
                    folder.resolve("log").toString(),
                    "-o",
                    "-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
                            .formatted(server.port));
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.delete();
            throw e;
        }
        return server;
    }

    /**
     * Makes an empty database.
     *
     * @param name in lower case
     * @return its JDBC URL, which names the user as well
     */
    public String database(String name) throws SQLException {
        try (var connection = DriverManager.getConnection(url("postgres"));
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return url(name);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s?user=%s".formatted(port, database, USER);
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private void run(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(find(program));
        command.addAll(List.of(arguments));
        // The server inherits the output of what starts it, so that nobody could read it to its
        // end.
        var said = folder.resolve(program + ".log");
        var process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        if (process.waitFor() != 0) {
            var log = folder.resolve("log");
            throw new IOException(
                    "%s: %s%s"
                            .formatted(
                                    program,
                                    Files.readString(said),
                                    Files.exists(log) ? Files.readString(log) : ""));
        }
    }

    /** Debian keeps the programs of a server out of the path, a folder for each version. */
    private static String find(String program) throws IOException {
        if (Files.isDirectory(DEBIAN)) {
            try (var versions = Files.list(DEBIAN)) {
                var newest =
                        versions.map(version -> version.resolve("bin").resolve(program))
                                .filter(Files::isExecutable)
                                .max(Comparator.naturalOrder());
                if (newest.isPresent()) {
                    return newest.get().toString();
                }
            }
        }
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(path -> Path.of(path, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException("no PostgreSQL on this machine: no " + program))
                .toString();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data());
        } finally {
            delete();
        }
    }

    private void delete() throws IOException {
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}
