package io.cistern.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.cistern.redis.RedisFailure.Kind;
import io.cistern.redis.RedisLink.Status;
import io.cistern.settings.RedisSettings;
import io.cistern.settings.Secret;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.logging.log4j.Level;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.RedisConnectionFailureException;

class RedisConnectionsIT {
    private static final Duration HEALING = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String PASSWORD = "hunter2-the-secret";

    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeAll
    static void loadClasses() throws IOException {
        // Takes seconds on a busy machine, and says nothing about waiting for the network.
        RedisConnections.open(settings(freePort())).close();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void connectsAndSends() throws Exception {
        var redis = up(server());

        assertAnswer(redis, c -> c.set(bytes("k"), bytes("v"))).isEqualTo("OK");
        assertAnswer(redis, c -> c.get(bytes("k"))).isEqualTo(bytes("v"));
        assertThat(redis.template().opsForValue().get("k")).isEqualTo("v");
        assertThat(redis.connection()).isPresent();
        assertThat(redis.link().isWritable()).isTrue();
        assertThat(redis.link().state().reason()).isEmpty();
        assertThat(redis.link().settled().toCompletableFuture().get().status())
                .isEqualTo(Status.UP);
        assertThat(redis.link().redisMillis()).isCloseTo(System.currentTimeMillis(), within(1000L));
    }

    @Test
    void refusesAtOnceWhileRedisIsAwayAndHealsWhenItComes() throws Exception {
        int port = freePort();
        var redis = open(settings(port));
        awaitDown(redis, "connection refused");

        long begin = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> get(redis.send(c -> c.get(bytes("k")))))
                    .hasCauseInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining("connection refused");
            assertThatThrownBy(() -> redis.template().opsForValue().get("k"))
                    .isInstanceOf(RedisConnectionFailureException.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        assertThat(redis.link().errors(Kind.CONNECTION)).isPositive();

        server(port);
        await().atMost(HEALING).until(() -> redis.link().isUp());
        assertThat(redis.template().hasKey("k")).isFalse();
    }

    @Test
    void noticesThatRedisDiesAndHealsWhenItIsBackOnTheSamePort() throws Exception {
        try (var logs = LogCapture.of("io.cistern.redis.RedisLink")) {
            var first = server();
            var redis = up(first);
            var ups = new AtomicInteger();
            var downs = new AtomicInteger();
            redis.link().onUp(ups::incrementAndGet);
            redis.link().onDown(downs::incrementAndGet);
            redis.template().opsForValue().set("k", "v");
            var inFlight = redis.send(c -> c.blpop(30, bytes("empty")));

            first.close();

            await().atMost(Duration.ofSeconds(2)).until(() -> !redis.link().isUp());
            assertThatThrownBy(() -> get(inFlight)).hasCauseInstanceOf(RedisException.class);

            server(first.port());
            await().atMost(HEALING).until(() -> redis.link().isUp());
            assertAnswer(redis, c -> c.get(bytes("k"))).isNull();
            assertThat(redis.template().opsForValue().get("k")).isNull();
            await().untilAsserted(() -> assertThat(ups).hasValue(1));
            assertThat(downs).hasValue(1);
            // The connection is lost at first, and refused then.
            assertThat(logs.lines(Level.WARN)).hasSizeBetween(1, 2);
            assertThat(logs.lines(Level.WARN).get(0))
                    .startsWith("WARN Redis at 127.0.0.1:" + first.port() + " is down: ");
            assertThat(logs.lines(Level.INFO)).hasSize(2);
            assertThat(logs.lines(Level.INFO).get(1)).contains("is up again after");
        }
    }

    @Test
    void noticesAFrozenRedisBeforeAnybodyAsksAndHealsWhenItThaws() throws Exception {
        var server = server();
        var redis = up(server);
        signal("-STOP", server);
        try {
            await().atMost(Duration.ofSeconds(2)).until(() -> !redis.link().isUp());
            assertThat(redis.link().state().reason()).isEqualTo("time-out");
            assertThat(redis.link().errors(Kind.TIMEOUT)).isZero();
            assertThatThrownBy(() -> get(redis.send(c -> c.get(bytes("k")))))
                    .hasCauseInstanceOf(RedisUnavailableException.class);
            // Long enough for connections to be given up and tried again.
            await().atMost(PATIENCE).until(() -> redis.link().errors(Kind.TIMEOUT) > 0);
        } finally {
            signal("-CONT", server);
        }

        await().atMost(HEALING).until(() -> redis.link().isUp());
        assertAnswer(redis, c -> c.get(bytes("k"))).isNull();
        assertThat(redis.template().hasKey("k")).isFalse();
    }

    @Test
    void saysThatThePasswordIsWrongAndNeverWhichItWas() throws Exception {
        try (var logs = LogCapture.of("io")) {
            var server = server("requirepass right");
            var redis = open(settings(server.port(), Optional.empty(), PASSWORD, 0));
            awaitDown(redis, "authentication failed");
            assertThatThrownBy(() -> redis.template().hasKey("k"))
                    .isInstanceOf(RedisConnectionFailureException.class)
                    .hasMessageNotContaining(PASSWORD);
            assertThat(redis.link().errors(Kind.AUTH)).isPositive();
            assertThat(redis.toString() + redis.link().state()).doesNotContain(PASSWORD);

            var admin = up(settings(server.port(), Optional.empty(), "right", 0));
            get(admin.send(c -> c.configSet("requirepass", PASSWORD)));

            await().atMost(HEALING).until(() -> redis.link().isUp());
            assertThat(redis.template().hasKey("k")).isFalse();
            assertThat(logs.lines()).isNotEmpty().noneMatch(line -> line.contains(PASSWORD));
        }
    }

    @Test
    void saysThatAPasswordIsMissing() throws Exception {
        var server = server("requirepass right");

        awaitDown(open(settings(server.port())), "authentication failed");
    }

    @Test
    void authenticatesAsANamedUser() throws Exception {
        var server = server("user ada on >" + PASSWORD + " ~* +@all");

        var redis = up(settings(server.port(), Optional.of("ada"), PASSWORD, 3));

        assertAnswer(redis, c -> c.aclWhoami()).isEqualTo("ada");
        redis.template().opsForValue().set("k", "v");
        assertAnswer(redis, c -> c.get(bytes("k"))).isEqualTo(bytes("v"));
    }

    @Test
    void isUpForAUserWhoMayNeitherAskForTheTimeNorWrite() throws Exception {
        var server = server("user ada on >" + PASSWORD + " ~data:* +@connection +get");

        var redis = up(settings(server.port(), Optional.of("ada"), PASSWORD, 0));

        assertAnswer(redis, c -> c.get(bytes("data:k"))).isNull();
    }

    @Test
    void saysThatThereIsNoSuchDatabase() throws Exception {
        var server = server();

        awaitDown(open(settings(server.port(), Optional.empty(), "", 99)), "no such database");
    }

    @Test
    void survivesAPeerThatNeverAnswers() throws Exception {
        var peer = opened(new BrokenPeer(BrokenPeer.NEVER_ANSWERS));

        var redis = open(settings(peer.port()));

        awaitDown(redis, "time-out");
        await().atMost(PATIENCE).until(() -> peer.connections() > 4);
    }

    @Test
    void survivesAPeerThatClosesAtOnce() throws Exception {
        var peer = opened(new BrokenPeer(BrokenPeer.CLOSES_AT_ONCE));

        var redis = open(settings(peer.port()));

        awaitDown(redis, "connection lost");
        await().atMost(PATIENCE).until(() -> peer.connections() > 4);
    }

    @Test
    void survivesAPeerThatAnswersGarbage() throws Exception {
        var peer = opened(new BrokenPeer(BrokenPeer.ANSWERS_GARBAGE));

        var redis = open(settings(peer.port()));

        await().atMost(PATIENCE).until(() -> redis.link().isSettled());
        assertThat(redis.link().isUp()).isFalse();
        await().atMost(PATIENCE).until(() -> peer.connections() > 4);
    }

    @Test
    void saysThatTheHostIsUnknown() {
        var redis =
                open(
                        new RedisSettings(
                                true,
                                "no-such-host.invalid",
                                6379,
                                0,
                                Optional.empty(),
                                Secret.NONE,
                                10,
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(5),
                                ""));

        awaitDown(redis, "unknown host");
    }

    @Test
    void isDownOnAReplicaBecauseItMayBeBehind() throws Exception {
        var server = server("replicaof 127.0.0.1 " + freePort());
        var redis = open(settings(server.port()));

        awaitDown(redis, "read-only replica");
    }

    @Test
    void answersReadsButNoChangesWhenRedisIsFull() throws Exception {
        var server = server("maxmemory 1", "maxmemory-policy noeviction");
        var redis = open(settings(server.port()));

        await().atMost(PATIENCE).until(() -> redis.link().isUp());
        assertThat(redis.link().isWritable()).isFalse();
        assertThat(redis.link().state().status()).isEqualTo(Status.READ_ONLY);
        assertThat(redis.link().state().reason()).isEqualTo("out of memory");
        assertAnswer(redis, c -> c.get(bytes("k"))).isNull();

        get(redis.send(c -> c.configSet("maxmemory", "100mb")));
        await().atMost(HEALING).until(() -> redis.link().isWritable());
    }

    @Test
    void countsEachCommandThatFails() throws Exception {
        var redis = up(server());
        get(redis.send(c -> c.set(bytes("text"), bytes("no number"))));

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> get(redis.send(c -> c.incr(bytes("text")))))
                    .hasCauseInstanceOf(RedisCommandExecutionException.class);
        }

        assertThat(redis.link().errors(Kind.COMMAND)).isEqualTo(3);
        assertThat(redis.link().errors(Kind.CONNECTION)).isZero();
        assertThat(redis.link().isUp()).isTrue();
    }

    @Test
    void takesOneTimeOutForBadLuckAndTwoInARowForAStuckConnection() throws Exception {
        var redis = up(server());
        var before = redis.connection();
        var downs = new AtomicInteger();
        redis.link().onDown(downs::incrementAndGet);

        assertThatThrownBy(() -> get(redis.send(c -> c.blpop(30, bytes("empty")))))
                .hasCauseInstanceOf(RedisCommandTimeoutException.class);
        assertThat(redis.link().isUp()).isTrue();
        assertThat(redis.connection()).isEqualTo(before);
        assertThatThrownBy(() -> get(redis.send(c -> c.get(bytes("behind it")))))
                .hasCauseInstanceOf(RedisCommandTimeoutException.class);

        await().untilAsserted(() -> assertThat(downs).hasValue(1));
        assertThat(redis.link().errors(Kind.TIMEOUT)).isEqualTo(2);
        await().atMost(HEALING).until(() -> redis.link().isUp());
        await().atMost(HEALING)
                .until(() -> redis.connection().isPresent() && !redis.connection().equals(before));
        assertAnswer(redis, c -> c.get(bytes("k"))).isNull();
    }

    @Test
    void healsWhenSomebodyCutsAllConnections() throws Exception {
        var redis = up(server());
        redis.template().opsForValue().set("k", "v");

        var killed = redis.send(c -> c.clientKill(KillArgs.Builder.typeNormal()));

        await().until(() -> killed.toCompletableFuture().isDone());
        await().atMost(HEALING)
                .ignoreExceptions()
                .until(() -> get(redis.send(c -> c.get(bytes("k")))) != null);
        assertThat(redis.template().opsForValue().get("k")).isEqualTo("v");
    }

    @Test
    void staysWithinItsConnections() throws Exception {
        var redis = up(server());

        IntStream.range(0, 200)
                .parallel()
                .forEach(i -> redis.template().opsForValue().set("k" + i, "v"));

        String clients = get(redis.send(c -> c.clientList()));
        assertThat(clients.lines().filter(line -> line.contains("name=cistern")).count())
                .isBetween(3L, 6L);
        assertThat(clients.lines().count()).isLessThanOrEqualTo(6);
    }

    private RedisConnections up(EmbeddedRedis server) {
        return up(settings(server.port()));
    }

    private RedisConnections up(RedisSettings settings) {
        var redis = open(settings);
        await().atMost(PATIENCE).until(() -> redis.link().isUp());
        return redis;
    }

    private RedisConnections open(RedisSettings settings) {
        long begin = System.nanoTime();
        var redis = opened(RedisConnections.open(settings));
        // Shorter than the time that a connection may take to open.
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
        return redis;
    }

    private static void awaitDown(RedisConnections redis, String reason) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(redis.link().state().reason()).isEqualTo(reason));
        assertThat(redis.link().isUp()).isFalse();
        assertThat(redis.link().state().status()).isEqualTo(Status.DOWN);
    }

    private EmbeddedRedis server(String... configuration) throws IOException {
        return opened(EmbeddedRedis.start(freePort(), Arrays.asList(configuration)));
    }

    private EmbeddedRedis server(int port) throws IOException {
        return opened(EmbeddedRedis.start(port, List.of()));
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    private static void signal(String signal, EmbeddedRedis server) throws Exception {
        var kill = new ProcessBuilder("kill", signal, Long.toString(server.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static RedisSettings settings(int port) {
        return settings(port, Optional.empty(), "", 0);
    }

    private static RedisSettings settings(
            int port, Optional<String> user, String password, int database) {
        return new RedisSettings(
                true,
                EmbeddedRedis.HOST,
                port,
                database,
                user,
                Secret.of(password),
                6,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                "test:");
    }

    private static <T> ObjectAssert<T> assertAnswer(
            RedisConnections redis,
            Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<T>> commands)
            throws Exception {
        return new ObjectAssert<>(get(redis.send(commands)));
    }

    private static <T> T get(CompletionStage<T> stage)
            throws ExecutionException, InterruptedException, TimeoutException {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(EmbeddedRedis.HOST))) {
            return socket.getLocalPort();
        }
    }
}
