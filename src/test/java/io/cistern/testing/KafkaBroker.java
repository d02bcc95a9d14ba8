package io.cistern.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A real Kafka within the test's process, broker and controller in one, over TCP. */
public final class KafkaBroker implements AutoCloseable {

    /** Who may use {@link #securedBrokers()} and {@link #encryptedBrokers()}. */
    public static final String USER = "cistern";

    public static final String PASSWORD = "s e,c=r;e't";

    private static KafkaBroker shared;

    private final Path folder;
    private final Properties properties = new Properties();
    private final String brokers;
    private final String securedBrokers;
    private final String encryptedBrokers;
    private final Certificate certificate;
    private KafkaRaftServer server;

    private KafkaBroker(List<TcpProxy> doors) throws Exception {
        var port = Ports.free();
        securedBrokers = "127.0.0.1:" + Ports.free();
        encryptedBrokers = "127.0.0.1:" + Ports.free();
        var controller = Ports.free();
        folder = Files.createTempDirectory("cistern-kafka-");
        certificate = Certificate.make(folder, "kafka", "ip:127.0.0.1");
        brokers = "127.0.0.1:" + port;
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
        var listeners =
                new StringBuilder(
                        "PLAINTEXT://%s,SASL://%s,TLS://%s,CONTROLLER://127.0.0.1:%d"
                                .formatted(brokers, securedBrokers, encryptedBrokers, controller));
        var advertised =
                new StringBuilder(
                        "PLAINTEXT://%s,SASL://%s,TLS://%s"
                                .formatted(brokers, securedBrokers, encryptedBrokers));
        var protocols =
                new StringBuilder(
                        "PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SASL_SSL,CONTROLLER:PLAINTEXT");
        for (var i = 0; i < doors.size(); i++) {
            listeners.append(",DOOR%d://127.0.0.1:%d".formatted(i, doors.get(i).target()));
            advertised.append(",DOOR%d://%s".formatted(i, doors.get(i).address()));
            protocols.append(",DOOR%d:PLAINTEXT".formatted(i));
        }
        properties.put("listeners", listeners.toString());
        properties.put("advertised.listeners", advertised.toString());
        properties.put("listener.security.protocol.map", protocols.toString());
        for (var listener : List.of("sasl", "tls")) {
            properties.put("listener.name." + listener + ".sasl.enabled.mechanisms", "PLAIN");
            properties.put(
                    "listener.name." + listener + ".plain.sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
                            .formatted(USER, PASSWORD));
        }
        properties.put("listener.name.tls.ssl.keystore.type", "PEM");
        properties.put(
                "listener.name.tls.ssl.keystore.certificate.chain",
                Files.readString(certificate.certificate()));
        properties.put("listener.name.tls.ssl.keystore.key", Files.readString(certificate.key()));
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("log.dirs", folder.resolve("log").toString());
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("num.partitions", "2");
        properties.put("log.cleaner.enable", "false");
        new Formatter()
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(1)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setDirectories(List.of(folder.resolve("log").toString()))
                .setMetadataLogDirectory(folder.resolve("log").toString())
                .setControllerListenerName("CONTROLLER")
                .setUnstableFeatureVersionsEnabled(false)
                .setPrintStream(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()))
                .run();
        bringBack();
    }

    /** The one that all tests of this process share; topics keep them apart. */
    public static synchronized KafkaBroker shared() {
        if (shared == null) {
            try {
                shared = new KafkaBroker(List.of());
            } catch (Exception e) {
                throw new IllegalStateException("no Kafka", e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
        }
        return shared;
    }

    /** One of its own, which is also reached through these, each by whoever begins with it. */
    public static KafkaBroker behind(TcpProxy... doors) throws Exception {
        return new KafkaBroker(List.of(doors));
    }

    /** {@code host:port}. */
    public String brokers() {
        return brokers;
    }

    /** The same by SASL/PLAIN, {@code host:port}. */
    public String securedBrokers() {
        return securedBrokers;
    }

    /** The same by SASL/PLAIN over TLS, {@code host:port}. */
    public String encryptedBrokers() {
        return encryptedBrokers;
    }

    /** The file with whom to trust there. */
    public Path authority() {
        return certificate.certificate();
    }

    /** Makes a topic. */
    public void topic(String name, int partitions) throws Exception {
        topic(name, partitions, Map.of());
    }

    /** Makes a topic. */
    public void topic(String name, int partitions, Map<String, String> options) throws Exception {
        try (var admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(options)))
                    .all()
                    .get();
        }
    }

    /** Changes an option of a topic. */
    public void set(String topic, String option, String value) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var change = new AlterConfigOp(new ConfigEntry(option, value), AlterConfigOp.OpType.SET);
        try (var admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
        }
    }

    /** The sum of what a group has committed of a topic. */
    public long committed(String group, String topic) throws Exception {
        try (var admin = admin()) {
            return admin
                    .listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .entrySet()
                    .stream()
                    .filter(each -> each.getKey().topic().equals(topic))
                    .mapToLong(each -> each.getValue().offset())
                    .sum();
        } catch (ExecutionException e) {
            return 0;
        }
    }

    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", brokers));
    }

    /** Stops it in good order, but keeps what it has. */
    public void stop() {
        server.shutdown();
        server.awaitShutdown();
        server = null;
    }

    public void bringBack() {
        server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
        server.startup();
    }

    @Override
    public void close() {
        if (server != null) {
            stop();
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
