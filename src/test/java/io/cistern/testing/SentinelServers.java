package io.cistern.testing;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A master with two replicas, watched by three Sentinels with short times. */
public final class SentinelServers implements AutoCloseable {

    public static final String SERVICE = "cistern-service";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<RedisProcess> servers = new ArrayList<>();
    private final List<RedisProcess> sentinels = new ArrayList<>();
    private final RedisClient client = RedisClient.create();

    private SentinelServers() {}

    /** Starts all, and waits until the Sentinels know each other and the replicas follow. */
    public static SentinelServers start() throws IOException {
        var all = new SentinelServers();
        try {
            all.startAll();
        } catch (IOException | RuntimeException e) {
            all.close();
            throw e;
        }
        return all;
    }

    private void startAll() throws IOException {
        var master = RedisProcess.server("repl-diskless-sync-delay 0");
        servers.add(master);
        for (var i = 0; i < 2; i++) {
            servers.add(
                    RedisProcess.server(
                            "repl-diskless-sync-delay 0", "replicaof 127.0.0.1 " + master.port()));
        }
        for (var i = 0; i < 3; i++) {
            sentinels.add(
                    RedisProcess.sentinel(
                            "sentinel monitor %s 127.0.0.1 %d 2".formatted(SERVICE, master.port()),
                            "sentinel down-after-milliseconds " + SERVICE + " 600",
                            "sentinel failover-timeout " + SERVICE + " 4000",
                            "sentinel parallel-syncs " + SERVICE + " 2"));
        }
        await().atMost(PATIENCE).ignoreExceptions().until(this::isSettled);
    }

    /** Whether every Sentinel sees both replicas, which follow, and both other Sentinels. */
    public boolean isSettled() {
        return sentinels.stream()
                .allMatch(
                        sentinel -> {
                            try (var connection = client.connectSentinel(uri(sentinel.port()))) {
                                var redis = connection.sync();
                                var seen = redis.master(SERVICE);
                                var following =
                                        redis.slaves(SERVICE).stream()
                                                .filter(it -> it.get("flags").equals("slave"))
                                                .filter(
                                                        it ->
                                                                it.get("master-link-status")
                                                                        .equals("ok"))
                                                .count();
                                return seen.get("num-other-sentinels").equals("2")
                                        && following == 2;
                            } catch (RedisException e) {
                                return false;
                            }
                        });
    }

    private static RedisURI uri(int port) {
        return RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(port)
                .withTimeout(Duration.ofSeconds(2))
                .build();
    }

    /** {@code host:port,host:port} of the Sentinels. */
    public String hosts() {
        return sentinels.stream()
                .map(sentinel -> "127.0.0.1:" + sentinel.port())
                .collect(Collectors.joining(","));
    }

    /** All servers, whatever their role. */
    public List<RedisProcess> servers() {
        return servers;
    }

    /** The Sentinels. */
    public List<RedisProcess> sentinels() {
        return sentinels;
    }

    /** Whom the first Sentinel takes for the master. */
    public RedisProcess master() {
        try (var connection = client.connectSentinel(uri(sentinels.get(0).port()))) {
            var at = (InetSocketAddress) connection.sync().getMasterAddrByName(SERVICE);
            return servers.stream().filter(it -> it.port() == at.getPort()).findFirst().get();
        }
    }

    /** Kills the master and waits until the Sentinels name another one. */
    public RedisProcess failOver() {
        var old = master();
        old.kill();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> master() != old);
        return old;
    }

    @Override
    public void close() throws IOException {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        for (var sentinel : sentinels) {
            sentinel.close();
        }
        for (var server : servers) {
            server.close();
        }
    }
}
