package io.cistern.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.redis.RedisLink.Status;
import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;
import io.cistern.settings.Secret;
import io.cistern.testing.Ports;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.AfterEach;

/** Servers and connections that are closed after each test, and what most tests ask of them. */
abstract class ConnectionsFixture {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** One server holds them all. */
    static final byte[] NAME = {};

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    RedisConnections up(EmbeddedRedis server) {
        return up(settings(server.port()));
    }

    RedisConnections up(RedisSettings settings) {
        var redis = open(settings);
        await().atMost(PATIENCE).until(() -> redis.link().isUp());
        return redis;
    }

    RedisConnections open(RedisSettings settings) {
        long begin = System.nanoTime();
        var redis = opened(RedisConnections.open(settings));
        // Shorter than the time that a connection may take to open.
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
        return redis;
    }

    static void awaitDown(RedisConnections redis, String reason) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(redis.link().state().reason()).isEqualTo(reason));
        assertThat(redis.link().isUp()).isFalse();
        assertThat(redis.link().state().status()).isEqualTo(Status.DOWN);
    }

    EmbeddedRedis server(String... configuration) throws IOException {
        return opened(EmbeddedRedis.start(Ports.free(), Arrays.asList(configuration)));
    }

    EmbeddedRedis server(int port) throws IOException {
        return opened(EmbeddedRedis.start(port, List.of()));
    }

    <T extends AutoCloseable> T opened(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    static void signal(String signal, EmbeddedRedis server) throws Exception {
        var kill = new ProcessBuilder("kill", signal, Long.toString(server.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    static RedisSettings settings(int port) {
        return settings(port, Optional.empty(), "", 0);
    }

    static RedisSettings settings(int port, Optional<String> user, String password, int database) {
        return new RedisSettings(
                true,
                new RedisPlace.Server(new HostAndPort(EmbeddedRedis.HOST, port)),
                database,
                user,
                Secret.of(password),
                Optional.empty(),
                0,
                6,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                "test:");
    }

    static <T> ObjectAssert<T> assertAnswer(
            RedisConnections redis,
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> commands)
            throws Exception {
        return new ObjectAssert<>(get(send(redis, commands)));
    }

    /** As the store does. */
    static <T> CompletionStage<T> send(
            RedisConnections redis,
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> commands) {
        return commands.apply(redis.to(NAME).commands())
                .whenComplete((value, thrown) -> redis.to(NAME).ended(thrown));
    }

    static <T> T get(CompletionStage<T> stage)
            throws ExecutionException, InterruptedException, TimeoutException {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
