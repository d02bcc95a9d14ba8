package io.cistern.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.cistern.redis.RedisFailure.Kind;
import io.cistern.redis.RedisLink.Status;
import io.cistern.testing.LogCapture;
import io.cistern.testing.Ports;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.RedisConnectionFailureException;

class RedisConnectionsIT extends ConnectionsFixture {
    private static final Duration HEALING = Duration.ofSeconds(3);
    private static final String PASSWORD = "hunter2-the-secret";

    @BeforeAll
    static void loadClasses() throws IOException {
        // Takes seconds on a busy machine, and says nothing about waiting for the network.
        RedisConnections.open(settings(Ports.free())).close();
    }

    @Test
    void connectsAndSends() throws Exception {
        var redis = up(server());

        assertAnswer(redis, c -> c.set(bytes("k"), bytes("v"))).isEqualTo("OK");
        assertAnswer(redis, c -> c.get(bytes("k"))).isEqualTo(bytes("v"));
        assertThat(redis.template().opsForValue().get("k")).isEqualTo("v");
        assertThat(redis.link().isWritable()).isTrue();
        assertThat(redis.link().state().reason()).isEmpty();
        assertThat(redis.link().settled().toCompletableFuture().get().status())
                .isEqualTo(Status.UP);
        assertThat(redis.link().redisMillis()).isCloseTo(System.currentTimeMillis(), within(1000L));
    }

    @Test
    void refusesAtOnceWhileRedisIsAwayAndHealsWhenItComes() throws Exception {
        int port = Ports.free();
        var redis = open(settings(port));
        awaitDown(redis, "connection refused");

        long begin = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> redis.to(NAME).commands())
                    .isInstanceOf(RedisUnavailableException.class)
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
            redis.link().onUp(ups::incrementAndGet);
            redis.template().opsForValue().set("k", "v");
            var inFlight = send(redis, c -> c.blpop(30, bytes("empty")));

            first.close();

            await().atMost(Duration.ofSeconds(2)).until(() -> !redis.link().isUp());
            assertThatThrownBy(() -> get(inFlight)).hasCauseInstanceOf(RedisException.class);

            server(first.port());
            await().atMost(HEALING).until(() -> redis.link().isUp());
            assertAnswer(redis, c -> c.get(bytes("k"))).isNull();
            assertThat(redis.template().opsForValue().get("k")).isNull();
            await().untilAsserted(() -> assertThat(ups).hasValue(1));
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
            assertThatThrownBy(() -> redis.to(NAME).commands())
                    .isInstanceOf(RedisUnavailableException.class);
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
            get(send(admin, c -> c.configSet("requirepass", PASSWORD)));

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

        assertThat(get(redis.link().settled()).status()).isEqualTo(Status.DOWN);
        await().atMost(PATIENCE).until(() -> peer.connections() > 4);
    }

    @Test
    void saysThatTheHostIsUnknown() {
        var redis = open(settings(1).at("no-such-host.invalid", 6379));

        awaitDown(redis, "unknown host");
    }

    @Test
    void isDownOnAReplicaBecauseItMayBeBehind() throws Exception {
        var server = server("replicaof 127.0.0.1 " + Ports.free());
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

        get(send(redis, c -> c.configSet("maxmemory", "100mb")));
        await().atMost(HEALING).until(() -> redis.link().isWritable());
    }

    @Test
    void countsEachCommandThatFails() throws Exception {
        var redis = up(server());
        get(send(redis, c -> c.set(bytes("text"), bytes("no number"))));

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> get(send(redis, c -> c.incr(bytes("text")))))
                    .hasCauseInstanceOf(RedisCommandExecutionException.class);
        }

        assertThat(redis.link().errors(Kind.COMMAND)).isEqualTo(3);
        assertThat(redis.link().errors(Kind.CONNECTION)).isZero();
        assertThat(redis.link().isUp()).isTrue();
    }

    @Test
    void takesOneTimeOutForBadLuckAndTwoInARowForAStuckConnection() throws Exception {
        var redis = up(server());
        var before = redis.to(NAME).commands();
        var ups = new AtomicInteger();
        redis.link().onUp(ups::incrementAndGet);

        assertThatThrownBy(() -> get(send(redis, c -> c.blpop(30, bytes("empty")))))
                .hasCauseInstanceOf(RedisCommandTimeoutException.class);
        assertThat(redis.link().isUp()).isTrue();
        assertThat(redis.to(NAME).commands()).isSameAs(before);
        assertThatThrownBy(() -> get(send(redis, c -> c.get(bytes("behind it")))))
                .hasCauseInstanceOf(RedisCommandTimeoutException.class);

        // It was down for a moment that is too short to be looked for.
        await().atMost(HEALING).untilAsserted(() -> assertThat(ups).hasValue(1));
        assertThat(redis.link().errors(Kind.TIMEOUT)).isEqualTo(2);
        await().atMost(HEALING).ignoreExceptions().until(() -> redis.to(NAME).commands() != before);
        assertAnswer(redis, c -> c.get(bytes("k"))).isNull();
    }

    @Test
    void healsWhenSomebodyCutsAllConnections() throws Exception {
        var redis = up(server());
        redis.template().opsForValue().set("k", "v");

        var killed = send(redis, c -> c.clientKill(KillArgs.Builder.typeNormal()));

        await().until(() -> killed.toCompletableFuture().isDone());
        await().atMost(HEALING)
                .ignoreExceptions()
                .until(() -> get(send(redis, c -> c.get(bytes("k")))) != null);
        assertThat(redis.template().opsForValue().get("k")).isEqualTo("v");
    }

    @Test
    void staysWithinItsConnections() throws Exception {
        var redis = up(server());

        IntStream.range(0, 200)
                .parallel()
                .forEach(i -> redis.template().opsForValue().set("k" + i, "v"));

        String clients = get(send(redis, c -> c.clientList()));
        assertThat(clients.lines().filter(line -> line.contains("name=cistern")).count())
                .isBetween(3L, 6L);
        assertThat(clients.lines().count()).isLessThanOrEqualTo(6);
    }
}
