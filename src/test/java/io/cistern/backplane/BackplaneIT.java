package io.cistern.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.app.RedisServer;
import io.cistern.backplane.BackplaneCounts.Drop;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Backplane.News;
import io.cistern.redis.RedisFailure;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances tell each other over a real Redis, whatever becomes of it. */
class BackplaneIT {
    private static final Duration HEALED = Duration.ofSeconds(2);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private RedisServer redis;

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    private Node node(String namespace) throws Exception {
        return opened(new Node(port(), namespace));
    }

    private int port() {
        return Integer.parseInt(redis.settings().get("REDIS_PORT"));
    }

    private void start() throws Exception {
        redis = opened(RedisServer.start());
    }

    /** Until one hears the other. */
    private static void awaitHeard(ConditionFactory patience, Node from, Node to) {
        patience.pollInterval(Duration.ofMillis(10))
                .until(
                        () -> {
                            from.send();
                            return !to.heard.isEmpty();
                        });
    }

    private static void awaitBoth(ConditionFactory patience, Node one, Node other) {
        one.heard.clear();
        other.heard.clear();
        awaitHeard(patience, one, other);
        awaitHeard(patience, other, one);
    }

    private static void assertClosed(Node node) {
        assertThat(node.breakers.states().values()).containsOnly(CircuitBreaker.State.CLOSED);
        assertThat(node.breakers.states())
                .containsOnlyKeys("backplane-send-breaker", "backplane-receive-breaker");
    }

    @Test
    void instancesHearEachOtherButNotThemselvesNorOtherNamespaces() throws Exception {
        start();
        var one = node("shop");
        var other = node("shop");
        var stranger = node("shop2");
        var database = opened(new Node(port(), "shop", 1, Optional.empty()));
        awaitBoth(await(), one, other);
        await().until(() -> one.backplane.waiting() + other.backplane.waiting() == 0);

        var sent = new ArrayList<News>();
        for (int i = 0; i < 2_000; i++) {
            sent.add(one.send());
        }
        var last = new News.Ended(Node.PARTITION, "\ud83d\ude00 \ud83d \u0000 \u00e4");
        one.backplane.send(last);
        sent.add(last);
        await().until(() -> other.heard.contains(last));
        assertThat(other.heard).endsWith(sent.toArray(News[]::new));
        // What came the other way are keys of the other's own series, each once.
        assertThat(one.heard).doesNotHaveDuplicates().doesNotContain(last);
        assertThat(stranger.heard).isEmpty();
        assertThat(database.heard).isEmpty();
        assertThat(redis.<List<String>>ask(commands -> commands.pubsubChannels()))
                .containsExactlyInAnyOrder(
                        "a!2Cb!26c!29!25:shop:backplane:0",
                        "a!2Cb!26c!29!25:shop2:backplane:0",
                        "a!2Cb!26c!29!25:shop:backplane:1");
        assertClosed(one);
        assertClosed(other);
    }

    @Test
    void foreignMessagesAreDroppedAndCounted() throws Exception {
        start();
        var node = node("shop");
        var other = node("shop");
        awaitBoth(await(), node, other);
        var channel = "a!2Cb!26c!29!25:shop:backplane:0";
        for (var message : new String[] {"", "hello", "x".repeat(1 << 20), "{\"cistern\":9}"}) {
            redis.ask(commands -> commands.publish(channel, message));
        }
        await().until(() -> node.backplane.counts().dropped(Drop.RECEIVE_UNREADABLE) == 3);
        await().until(() -> node.backplane.counts().dropped(Drop.RECEIVE_OTHER_FORMAT) == 1);
        awaitBoth(await(), node, other);
        assertClosed(node);
    }

    @Test
    void changeThatIsTooLargeIsLeftOut() throws Exception {
        start();
        var one = node("shop");
        var other = node("shop");
        awaitBoth(await(), one, other);
        var large = new Change(Set.of("k".repeat(100_000)), Set.of(), Set.of(), false);
        one.backplane.send(new News.Changed(Node.PARTITION, large, new Position(1, 1)));
        var next = one.send();
        await().until(() -> other.heard.contains(next));
        assertThat(one.backplane.counts().dropped(Drop.SEND_TOO_LARGE)).isEqualTo(1);
    }

    @Test
    void healsWhenRedisIsKilledAndComesBack() throws Exception {
        start();
        var one = node("shop");
        var other = node("shop");
        for (int round = 0; round < 3; round++) {
            awaitBoth(await(), one, other);
            redis.kill();
            // Under load, so that sending fails before it is known that Redis is away.
            await().pollInterval(Duration.ofMillis(1))
                    .until(
                            () -> {
                                one.send();
                                other.send();
                                return !one.redis.link().isUp() && !other.redis.link().isUp();
                            });
            redis.bringBack();
            awaitBoth(await().atMost(HEALED), one, other);
            assertClosed(one);
            assertClosed(other);
        }
    }

    @Test
    void healsWhenSubscriptionsAreKilled() throws Exception {
        start();
        var one = node("shop");
        var other = node("shop");
        awaitBoth(await(), one, other);
        for (int round = 0; round < 5; round++) {
            var kill = KillArgs.Builder.typePubsub();
            assertThat(redis.<Long>ask(commands -> commands.clientKill(kill))).isEqualTo(2);
            awaitBoth(await().atMost(HEALED), one, other);
        }
        // None of the old ones is left.
        await().until(() -> redis.ask(BackplaneIT::subscribers) == 2);
        assertThat(one.redis.link().isUp()).isTrue();
    }

    private static long subscribers(RedisCommands<String, String> redis) {
        return redis.clientList().lines().filter(line -> line.contains("cmd=subscribe")).count();
    }

    @Test
    void startsWithoutRedisAndHearsWhenItComes() throws Exception {
        redis = opened(RedisServer.away());
        var began = System.nanoTime();
        var one = node("shop");
        var other = node("shop");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
        assertThat(one.context.getRoute("backplane-receive")).isNotNull();
        for (int i = 0; i < 100; i++) {
            one.send();
        }
        assertThat(one.backplane.counts().dropped(Drop.SEND_REDIS_DOWN)).isEqualTo(100);

        redis.bringBack();
        awaitBoth(await().atMost(HEALED), one, other);
        assertClosed(one);
    }

    @Test
    void frozenRedisBlocksNoSenderAndNothingGrows() throws Exception {
        start();
        var one = node("shop");
        var other = node("shop");
        awaitBoth(await(), one, other);
        redis.freeze();
        long longest = 0;
        long sent = 0;
        while (one.redis.link().isUp() || sent < 200_000) {
            long began = System.nanoTime();
            one.send();
            longest = Math.max(longest, System.nanoTime() - began);
            sent++;
            assertThat(one.backplane.waiting()).isLessThanOrEqualTo(RedisBackplane.OUTBOX_BYTES);
        }
        // Far less than the second that a command may take.
        assertThat(Duration.ofNanos(longest)).isLessThan(Duration.ofMillis(500));
        assertThat(one.backplane.counts().dropped(Drop.SEND_QUEUE_FULL)).isPositive();
        await().until(() -> one.backplane.waiting() == 0);
        redis.thaw();
        awaitBoth(await().atMost(HEALED), one, other);
        assertClosed(one);
    }

    @Test
    void userThatMayNotSubscribeIsToldApartAndHealsWhenAllowed() throws Exception {
        start();
        acl("on", ">secret", "~*", "+@all", "resetchannels");
        var node = opened(new Node(port(), "shop", 0, Optional.of("app")));
        await().until(() -> node.redis.link().errors(RedisFailure.Kind.PERMISSION) > 2);
        assertThat(node.redis.link().isUp()).isTrue();
        acl("&a!2Cb!26c!29!25:*");
        awaitBoth(await().atMost(HEALED), node, node("shop"));
    }

    private void acl(String... rules) {
        var user = new CommandArgs<>(StringCodec.UTF8).add("SETUSER").add("app");
        for (var rule : rules) {
            user.add(rule);
        }
        var status = new StatusOutput<>(StringCodec.UTF8);
        redis.ask(commands -> commands.dispatch(CommandType.ACL, status, user));
    }

    @Test
    void routesStopAndStartAgain() throws Exception {
        start();
        var one = node("shop");
        var other = node("shop");
        awaitBoth(await(), one, other);
        var controller = other.context.getRouteController();
        controller.stopRoute("backplane-receive");
        await().until(() -> redis.ask(BackplaneIT::subscribers) == 1);
        controller.startRoute("backplane-receive");
        controller.stopRoute("backplane-send");
        controller.startRoute("backplane-send");
        awaitBoth(await().atMost(HEALED), one, other);
    }
}
