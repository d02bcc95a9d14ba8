package io.cistern.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;
import io.cistern.settings.Secret;
import io.cistern.testing.LogCapture;
import io.cistern.testing.Ports;
import io.cistern.testing.RedisProcess;
import io.cistern.testing.SentinelServers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SentinelConnectionsIT extends ConnectionsFixture {

    private static final byte[] KEY = "k".getBytes(UTF_8);
    private static SentinelServers redis;

    @BeforeAll
    static void startAll() throws Exception {
        redis = SentinelServers.start();
    }

    @AfterAll
    static void stopAll() throws Exception {
        redis.close();
    }

    private static RedisSettings settings(String service, String password, HostAndPort... hosts) {
        return new RedisSettings(
                true,
                new RedisPlace.Sentinels(Arrays.asList(hosts), service, Secret.of(password)),
                0,
                Optional.empty(),
                Secret.NONE,
                Optional.empty(),
                0,
                6,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                "test:");
    }

    private static HostAndPort[] sentinels() {
        return redis.sentinels().stream()
                .map(each -> new HostAndPort("127.0.0.1", each.port()))
                .toArray(HostAndPort[]::new);
    }

    @Test
    void goesToTheMasterAndFollowsIt() throws Exception {
        var connections = up(settings(SentinelServers.SERVICE, "", sentinels()));
        assertAnswer(connections, commands -> commands.set(KEY, KEY)).isEqualTo("OK");
        assertThat(connections.template().opsForValue().get("k")).isEqualTo("k");
        var returned = new AtomicInteger();
        connections.onUp(returned::incrementAndGet);

        var old = redis.failOver();

        await().atMost(PATIENCE).until(() -> returned.get() > 0 && connections.link().isUp());
        assertAnswer(connections, commands -> commands.set(KEY, KEY)).isEqualTo("OK");
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(
                        () ->
                                assertThat(connections.template().opsForValue().get("k"))
                                        .isEqualTo("k"));
        // Comes back as a master, until the Sentinels have told it.
        old.start();
        assertAnswer(connections, commands -> commands.set(KEY, KEY)).isEqualTo("OK");
    }

    @Test
    void asksTheSentinelsThatAreThere() throws Exception {
        var hosts = new HostAndPort[4];
        System.arraycopy(sentinels(), 0, hosts, 1, 3);
        hosts[0] = new HostAndPort("127.0.0.1", Ports.free());

        up(settings(SentinelServers.SERVICE, "", hosts));
    }

    @Test
    void saysThatTheServiceIsUnknown() {
        try (var log = LogCapture.of(RedisLink.class.getName())) {
            var connections = open(settings("no-such-service", "", sentinels()));

            awaitDown(connections, "the Sentinels know no service named no-such-service");
            assertThat(connections.link().state().advice()).isEqualTo("REDIS_SERVICE_NAME");
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("no-such-service", "(see REDIS_SERVICE_NAME)");
        }
    }

    @Test
    void saysThatNoSentinelIsThere() throws Exception {
        var connections =
                open(
                        settings(
                                SentinelServers.SERVICE,
                                "",
                                new HostAndPort("127.0.0.1", Ports.free())));

        awaitDown(connections, "Sentinel: connection refused");
        assertThat(connections.link().state().advice()).isEqualTo("REDIS_SENTINEL_HOSTS");
    }

    @Test
    void saysThatTheSentinelsPasswordIsWrong() throws Exception {
        var master = opened(RedisProcess.server());
        var sentinel =
                opened(
                        RedisProcess.sentinel(
                                "requirepass hunter2",
                                "sentinel monitor one 127.0.0.1 " + master.port() + " 1"));
        var host = new HostAndPort("127.0.0.1", sentinel.port());

        var wrong = open(settings("one", "hunter3", host));
        awaitDown(wrong, "Sentinel: authentication failed");
        assertThat(wrong.link().state().advice()).isEqualTo("REDIS_SENTINEL_PASSWORD");

        assertThat(List.of(up(settings("one", "hunter2", host)).link().isUp()))
                .containsExactly(true);
    }
}
