package io.cistern.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class EmbeddedRedisIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void answersOnItsPortUntilItIsClosed() throws IOException {
        long pid;
        try (var redis = EmbeddedRedis.start()) {
            pid = redis.pid();
            assertThat(redis.isAlive()).isTrue();
            assertThat(ask(redis.port(), "PING")).isEqualTo("+PONG");
            assertThat(ask(redis.port(), "CONFIG GET maxmemory", 5)).isEqualTo("268435456");
            assertThat(ask(redis.port(), "CONFIG GET save", 5)).isEmpty();
            assertThat(ask(redis.port(), "CONFIG GET appendonly", 5)).isEqualTo("no");
            assertThat(folders(redis.port())).hasSize(1);

            redis.close();
            assertThat(redis.isAlive()).isFalse();
            assertThat(folders(redis.port())).isEmpty();
        }
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void isReachedFromThisMachineOnly() throws IOException {
        try (var redis = EmbeddedRedis.start()) {
            for (InetAddress address :
                    NetworkInterface.networkInterfaces()
                            .flatMap(NetworkInterface::inetAddresses)
                            .filter(address -> !address.isLoopbackAddress())
                            .toList()) {
                assertThatThrownBy(
                                () -> {
                                    try (var socket = new Socket()) {
                                        socket.connect(
                                                new InetSocketAddress(address, redis.port()), 500);
                                    }
                                })
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void saysInOneLineWhyItDoesNotStart() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName(EmbeddedRedis.HOST))) {
            assertThatThrownBy(() -> EmbeddedRedis.start(taken.getLocalPort(), List.of()))
                    .isInstanceOf(IOException.class)
                    .message()
                    .startsWith("the embedded Redis did not start: ")
                    .hasLineCount(1);
            assertThat(folders(taken.getLocalPort())).isEmpty();
        }
        assertThatThrownBy(() -> EmbeddedRedis.start(1, List.of("no-such-directive 1")))
                .isInstanceOf(IOException.class);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void endsSoonAfterAJvmThatWasKilled() throws IOException {
        var jvm =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                Victim.class.getName())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (BufferedReader lines = jvm.inputReader()) {
            long pid = Long.parseLong(lines.readLine());
            int port = Integer.parseInt(lines.readLine());
            assertThat(folders(port)).hasSize(1);
            assertThat(ProcessHandle.of(pid)).get().matches(ProcessHandle::isAlive);

            jvm.destroyForcibly();

            await().atMost(PATIENCE)
                    .until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(folders(port)).isEmpty());
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** Starts a server, tells its process, and waits to be killed. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws Exception {
            var redis = EmbeddedRedis.start();
            System.out.println(redis.pid());
            System.out.println(redis.port());
            Thread.currentThread().join();
        }
    }

    private static List<Path> folders(int port) throws IOException {
        try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(path -> path.getFileName().toString().startsWith("cistern-redis-"))
                    .filter(path -> isOf(path, port))
                    .toList();
        }
    }

    private static boolean isOf(Path folder, int port) {
        try {
            return Files.readAllLines(folder.resolve("redis.conf")).contains("port " + port);
        } catch (IOException e) {
            return false;
        }
    }

    private static String ask(int port, String command) throws IOException {
        return ask(port, command, 1);
    }

    /** The given line of the answer, from 1. */
    private static String ask(int port, String command, int line) throws IOException {
        try (var socket = new Socket(EmbeddedRedis.HOST, port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write((command + "\r\n").getBytes());
            var lines = new BufferedReader(new java.io.InputStreamReader(socket.getInputStream()));
            for (int i = 1; i < line; i++) {
                lines.readLine();
            }
            return lines.readLine();
        }
    }
}
