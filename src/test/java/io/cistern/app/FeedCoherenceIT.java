package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.testing.ArtemisBroker;
import io.cistern.testing.KafkaBroker;
import io.cistern.testing.KafkaClients;
import jakarta.jms.JMSContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances as processes, and events from both brokers at random, while an instance is killed
 * and Redis freezes or forgets all: once an event is acknowledged, no instance may answer with what
 * was loaded before it was sent. {@code -Dfeeds.seed=7} for another schedule.
 */
class FeedCoherenceIT {

    private static final long SEED = Long.getLong("feeds.seed", 1);

    /** For two cores that have others to serve as well. */
    private static final Duration MACHINE = Duration.ofMillis(400);

    private static final Duration CALM = TraceChecker.HEALING.plus(MACHINE).plusSeconds(2);
    private static final int CLIENTS = 4;
    private static final int MAX_REPORTS = 3;

    @TempDir Path folder;

    private final String name = "coherence-" + UUID.randomUUID();
    private final Trace trace = new Trace();
    private final AtomicLong numbers = new AtomicLong();
    private final Random random = new Random(SEED);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<ChildInstance> instances = new ArrayList<>();
    private final KafkaBroker kafka = KafkaBroker.shared();
    private final ArtemisBroker artemis = ArtemisBroker.shared();
    private KafkaClients clients;
    private Admin admin;
    private JMSContext jms;
    private StampedOrigin origin;
    private RedisServer redis;

    @BeforeEach
    void start() throws Exception {
        kafka.topic(name, 2);
        clients = new KafkaClients(kafka);
        admin = kafka.admin();
        jms = artemis.connectionFactory().createContext();
        redis = RedisServer.start();
        origin = new StampedOrigin(trace, numbers, SEED);
        var settings = new HashMap<>(redis.settings());
        settings.put("KAFKA_BROKERS", kafka.brokers());
        settings.put("CISTERN_KAFKA_TOPIC", name);
        settings.put("CISTERN_KAFKA_GROUP", name);
        settings.put("JMS_BROKER_URL", artemis.url());
        settings.put("CISTERN_JMS_DESTINATION", name);
        settings.put("CISTERN_DLQ", name + "-dlq");
        for (var slot = 0; slot < 2; slot++) {
            var routes = origin.routes(slot) + shipped("kafka") + shipped("jms");
            var instance = new ChildInstance(folder.resolve("instance-" + slot), routes, settings);
            instances.add(instance);
            instance.start();
        }
        for (var instance : instances) {
            instance.awaitUp();
        }
    }

    private static String shipped(String feed) throws Exception {
        return Files.readString(Path.of("routes/invalidation", feed + ".camel.yaml"));
    }

    @AfterEach
    void stop() throws Exception {
        timer.shutdownNow();
        for (var instance : instances) {
            instance.close();
        }
        jms.close();
        admin.close();
        clients.close();
        origin.close();
        redis.close();
    }

    @Test
    void nothingOlderIsAnsweredOnceAnEventIsAcknowledged() throws Exception {
        try (var asking = new RandomClients(trace, instances, numbers, CLIENTS);
                var topic = new RandomEvents(trace, "kafka", new Topic(), SEED);
                var queue = new RandomEvents(trace, "jms", new Queue(), SEED + 1)) {
            asking.startLooking(CLIENTS, SEED);
            topic.start();
            queue.start();
            pass(CALM);
            freeze();
            pass(CALM);
            restart();
            pass(CALM);
            kill(random.nextInt(2), asking);
            pass(CALM);
        }

        assertThat(new TraceChecker(trace, MACHINE).check().stream().limit(MAX_REPORTS))
                .as("seed %d", SEED)
                .isEmpty();
        assertThat(artemis.count(name + "-dlq")).isZero();
        assertMuchHappened();
    }

    private void freeze() throws Exception {
        var from = System.nanoTime();
        redis.freeze();
        pass(Duration.ofMillis(500 + random.nextInt(1500)));
        redis.thaw();
        trace.add(new Trace.Outage("frozen", from, System.nanoTime()));
    }

    private void restart() throws Exception {
        var from = System.nanoTime();
        redis.kill();
        pass(Duration.ofMillis(random.nextInt(1000)));
        redis.bringBack();
        trace.add(new Trace.Outage("restarted", from, System.nanoTime()));
    }

    private void kill(int slot, RandomClients asking) throws Exception {
        var instance = instances.get(slot);
        var from = System.nanoTime();
        instance.kill();
        asking.down(slot, true);
        instance.start();
        instance.awaitUp();
        asking.down(slot, false);
        trace.add(new Trace.Kill(slot, from, System.nanoTime()));
    }

    /** Lets all go on for a while. */
    private void pass(Duration time) throws Exception {
        timer.schedule(() -> {}, time.toMillis(), TimeUnit.MILLISECONDS).get();
    }

    /** Else it would prove little. */
    private void assertMuchHappened() {
        for (var feed : List.of("kafka", "jms")) {
            assertThat(trace.all(Trace.Change.class))
                    .filteredOn(it -> it.what().startsWith(feed))
                    .as(feed)
                    .hasSizeGreaterThan(20);
        }
        assertThat(trace.all(Trace.Lookup.class))
                .filteredOn(it -> it.detail().contains("detail=near"))
                .hasSizeGreaterThan(100);
    }

    private final class Topic implements RandomEvents.Broker {

        private long sent;

        @Override
        public void send(String key, String event) throws Exception {
            clients.send(name, key, event);
            sent++;
        }

        @Override
        public boolean isEmpty() throws Exception {
            var committed =
                    admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get();
            return committed.values().stream().mapToLong(it -> it.offset()).sum() == sent;
        }
    }

    private final class Queue implements RandomEvents.Broker {

        @Override
        public void send(String key, String event) {
            jms.createProducer().send(jms.createQueue(name), event);
        }

        @Override
        public boolean isEmpty() {
            return artemis.count(name) == 0;
        }
    }
}
