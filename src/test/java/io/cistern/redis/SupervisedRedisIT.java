package io.cistern.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SupervisedRedisIT {

    @Test
    void startsAgainOnTheSamePortAfterItWasKilled() throws Exception {
        try (var redis = SupervisedRedis.start()) {
            var killed = redis.pid();
            var port = redis.port();

            ProcessHandle.of(killed).orElseThrow().destroyForcibly();

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> redis.pid() != killed && answers(port));
            assertThat(redis.port()).isEqualTo(port);
        }
    }

    @Test
    void staysAwayOnceItIsClosed() throws Exception {
        var redis = SupervisedRedis.start();
        var port = redis.port();

        redis.close();

        // Longer than it takes to be started again.
        await().during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(10))
                .until(() -> !answers(port));
    }

    private static boolean answers(int port) {
        try (var socket = new Socket(EmbeddedRedis.HOST, port)) {
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() == '+';
        } catch (IOException gone) {
            return false;
        }
    }
}
