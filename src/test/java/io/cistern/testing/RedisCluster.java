package io.cistern.testing;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Redis Cluster of three masters, each with as many replicas as wanted, and short times. */
public final class RedisCluster implements AutoCloseable {

    private static final int MASTERS = 3;

    /** The port on which nodes talk to each other is so far above the other. */
    private static final int BUS = 10_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** One that is frozen is asked as well. */
    private static final Duration ANSWER = Duration.ofMillis(500);

    private final List<RedisProcess> servers = new ArrayList<>();
    private final RedisClient client = RedisClient.create();
    private final Certificate own;
    private final Certificate clients;

    /** Without certificates nothing is encrypted. */
    private RedisCluster(Certificate own, Certificate clients) {
        this.own = own;
        this.clients = clients;
        if (own != null) {
            var tls =
                    SslOptions.builder()
                            .trustManager(own.certificate().toFile())
                            .keyManager(
                                    clients.certificate().toFile(), clients.key().toFile(), null)
                            .build();
            client.setOptions(ClientOptions.builder().sslOptions(tls).build());
        }
    }

    /**
     * Starts all, and waits until every node knows that the Cluster is whole.
     *
     * @param replicas of each master
     */
    public static RedisCluster start(int replicas) throws IOException {
        return start(replicas, null, null);
    }

    /**
     * Starts all without a port that is not encrypted, for clients and among each other, and waits
     * until every node knows that the Cluster is whole.
     *
     * @param replicas of each master
     * @param own what all nodes show
     * @param clients what their clients show
     */
    public static RedisCluster start(int replicas, Certificate own, Certificate clients)
            throws IOException {
        var all = new RedisCluster(own, clients);
        try {
            all.startAll(replicas);
        } catch (IOException | RuntimeException e) {
            all.close();
            throw e;
        }
        return all;
    }

    private void startAll(int replicas) throws IOException {
        var trusted = own == null ? null : trust();
        for (var i = 0; i < MASTERS * (1 + replicas); i++) {
            var port = Ports.freeWith(BUS);
            var lines =
                    new ArrayList<>(
                            List.of(
                                    "cluster-enabled yes",
                                    "cluster-node-timeout 1000",
                                    "cluster-replica-validity-factor 0",
                                    "cluster-require-full-coverage no",
                                    "repl-diskless-sync-delay 0"));
            if (own != null) {
                lines.addAll(encrypted(port, trusted));
            }
            var server = RedisProcess.server(port, lines.toArray(String[]::new));
            servers.add(server);
        }
        for (var i = 0; i < MASTERS; i++) {
            var from = SlotHash.SLOT_COUNT * i / MASTERS;
            var to = SlotHash.SLOT_COUNT * (i + 1) / MASTERS;
            awaitAnswer(servers.get(i));
            try (var connection = connect(servers.get(i))) {
                connection.sync().clusterAddSlots(IntStream.range(from, to).toArray());
            }
        }
        for (var server : servers) {
            awaitAnswer(server);
            command(servers.get(0), "MEET", "127.0.0.1", server.port());
        }
        await().atMost(PATIENCE).ignoreExceptions().until(() -> allKnow(servers.size()));
        for (var i = MASTERS; i < servers.size(); i++) {
            command(servers.get(i), "REPLICATE", id(servers.get(i % MASTERS)));
        }
        await().atMost(PATIENCE).ignoreExceptions().until(this::isSettled);
    }

    private Path trust() throws IOException {
        return Files.writeString(
                own.certificate().resolveSibling("trusted.pem"),
                Files.readString(own.certificate()) + Files.readString(clients.certificate()));
    }

    private List<String> encrypted(int port, Path trusted) {
        return List.of(
                "port 0",
                "tls-port " + port,
                "tls-cluster yes",
                "tls-replication yes",
                "tls-cert-file " + own.certificate(),
                "tls-key-file " + own.key(),
                "tls-ca-cert-file " + trusted);
    }

    private void awaitAnswer(RedisProcess server) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> !id(server).isEmpty());
    }

    private boolean allKnow(int count) {
        return servers.stream().allMatch(server -> nodes(server).lines().count() == count);
    }

    /** Whether all that live see the whole Cluster, and each replica follows. */
    public boolean isSettled() {
        return servers.stream()
                .filter(RedisProcess::isAlive)
                .allMatch(
                        server -> {
                            try (var connection = connect(server)) {
                                var info = connection.sync().info("replication");
                                return connection.sync().clusterInfo().contains("state:ok")
                                        && (info.contains("role:master")
                                                || info.contains("master_link_status:up"));
                            } catch (RedisException e) {
                                return false;
                            }
                        });
    }

    /** {@code host:port,host:port} of the nodes. */
    public String nodes() {
        return servers.stream()
                .map(server -> "127.0.0.1:" + server.port())
                .collect(Collectors.joining(","));
    }

    /** All servers, whatever their role. */
    public List<RedisProcess> servers() {
        return servers;
    }

    /** The master that holds a name, as a node tells that lives. */
    public RedisProcess master(String name) {
        var slot = SlotHash.getSlot(name);
        return servers.stream()
                .filter(RedisProcess::isAlive)
                .filter(server -> holds(server, slot))
                .findFirst()
                .orElseThrow();
    }

    /** Whether it takes itself for a master. */
    public boolean isMaster(RedisProcess server) {
        return server.isAlive() && nodes(server).contains("myself,master");
    }

    private boolean holds(RedisProcess server, int slot) {
        String all;
        try {
            all = nodes(server);
        } catch (RedisException e) {
            return false;
        }
        var own = all.lines().filter(line -> line.contains("myself,master")).findFirst();
        var parts = own.orElse("").split(" ");
        for (var i = 8; i < parts.length; i++) {
            var range = parts[i].split("-");
            if (!parts[i].startsWith("[")
                    && Integer.parseInt(range[0]) <= slot
                    && slot <= Integer.parseInt(range[range.length - 1])) {
                return true;
            }
        }
        return false;
    }

    /** Begins to move a slot: from now on both servers hold a part of it. */
    public void beginToMove(int slot, RedisProcess from, RedisProcess to) {
        command(to, "SETSLOT", slot, "IMPORTING", id(from));
        command(from, "SETSLOT", slot, "MIGRATING", id(to));
    }

    /** Moves what is there of a slot. */
    public void moveNames(int slot, RedisProcess from, RedisProcess to) {
        try (var connection = connect(from)) {
            var redis = connection.sync();
            for (var names = redis.clusterGetKeysInSlot(slot, 100);
                    !names.isEmpty();
                    names = redis.clusterGetKeysInSlot(slot, 100)) {
                for (var name : names) {
                    redis.migrate("127.0.0.1", to.port(), name, 0, 5_000);
                }
            }
        }
    }

    /** Tells all masters who holds the slot now. */
    public void endMove(int slot, RedisProcess from, RedisProcess to) {
        var owner = id(to);
        command(to, "SETSLOT", slot, "NODE", owner);
        command(from, "SETSLOT", slot, "NODE", owner);
        for (var server : servers) {
            if (isMaster(server)) {
                command(server, "SETSLOT", slot, "NODE", owner);
            }
        }
    }

    private String id(RedisProcess server) {
        try (var connection = connect(server)) {
            return connection.sync().clusterMyId();
        }
    }

    private String nodes(RedisProcess server) {
        try (var connection = connect(server)) {
            return connection.sync().clusterNodes();
        }
    }

    private void command(RedisProcess server, Object... words) {
        try (var connection = connect(server)) {
            RedisCommands<String, String> redis = connection.sync();
            var args = new CommandArgs<>(StringCodec.UTF8);
            for (var word : words) {
                args.add(word.toString());
            }
            redis.dispatch(CommandType.CLUSTER, new StatusOutput<>(StringCodec.UTF8), args);
        }
    }

    private StatefulRedisConnection<String, String> connect(RedisProcess server) {
        return client.connect(
                RedisURI.builder()
                        .withHost("127.0.0.1")
                        .withPort(server.port())
                        .withSsl(own != null)
                        .withTimeout(ANSWER)
                        .build());
    }

    @Override
    public void close() throws IOException {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        for (var server : servers) {
            server.close();
        }
    }
}
