package io.cistern.invalidation.feed;

import static io.cistern.invalidation.feed.FeedFixture.shipped;
import static io.cistern.invalidation.feed.FeedFixture.unique;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import io.cistern.testing.ArtemisBroker;
import io.cistern.testing.KafkaBroker;
import io.cistern.testing.KafkaClients;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisAsyncCommands;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Measures feeds beside bare consumer loops that only parse and call Redis, in the same run, and
 * how long it takes from sending an event to its effect on another instance. Run by {@code
 * bench/feeds}.
 */
public final class FeedsBench {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final int KEYS = 10_000;

    /** Telling all metrics costs about as much as fifty events. */
    private static final long SCRAPE_NANOS = 50_000_000;

    private static final int JMS_CONSUMERS = 16;

    private final KafkaBroker kafka = KafkaBroker.shared();
    private final ArtemisBroker artemis = ArtemisBroker.shared();
    private final RedisServer redis = RedisServer.start();
    private final RedisClient client;
    private final RedisAsyncCommands<String, String> commands;

    private FeedsBench() throws Exception {
        var settings = redis.settings();
        client =
                RedisClient.create(
                        "redis://" + settings.get("REDIS_HOST") + ":" + settings.get("REDIS_PORT"));
        commands = client.connect().async();
    }

    /** Arguments: events through Kafka, events through JMS, rounds. */
    public static void main(String[] arguments) throws Exception {
        var bench = new FeedsBench();
        var kafkaEvents = Integer.parseInt(arguments[0]);
        var jmsEvents = Integer.parseInt(arguments[1]);
        var rounds = Integer.parseInt(arguments[2]);
        for (var round = 0; round < rounds; round++) {
            bench.compare("Kafka", bench.bareKafka(kafkaEvents), bench.kafka(kafkaEvents));
            bench.compare("JMS", bench.bareJms(jmsEvents), bench.jms(jmsEvents));
        }
        bench.latency();
        System.exit(0);
    }

    private void compare(String name, Cost bare, Cost feed) {
        say(
                "%-6s bare loop %,10.0f events/s %5.0f µs of CPU   feed %,10.0f events/s %5.0f µs"
                        + "   ratio %.2f of the speed, %.2f by CPU",
                name,
                bare.rate(),
                bare.micros(),
                feed.rate(),
                feed.micros(),
                feed.rate() / bare.rate(),
                bare.micros() / feed.micros());
    }

    /**
     * What was taken, and what it took.
     *
     * @param rate events a second
     * @param micros of CPU for each event in this process, the broker's included, Redis' not: what
     *     remains comparable while others use the machine
     */
    private record Cost(double rate, double micros) {}

    /** From where on something is measured. */
    private record Began(long nanos, long cpu) {

        static Began now() {
            return new Began(System.nanoTime(), SYSTEM.getProcessCpuTime());
        }

        Cost cost(int events) {
            return new Cost(
                    events / ((System.nanoTime() - nanos) / 1e9),
                    (SYSTEM.getProcessCpuTime() - cpu) / 1e3 / events);
        }
    }

    private static void say(String format, Object... values) {
        System.out.println("BENCH " + format.formatted(values));
    }

    private static String event(int number) {
        return FeedFixture.event(Integer.toString(number % KEYS));
    }

    private String kafkaTopic(int events) throws Exception {
        var topic = unique("bench");
        kafka.topic(topic, 2);
        try (var clients = new KafkaClients(kafka)) {
            for (var number = 0; number < events; number++) {
                clients.sendLater(topic, Integer.toString(number), event(number));
            }
            clients.flush();
        }
        return topic;
    }

    private Cost bareKafka(int events) throws Exception {
        var topic = kafkaTopic(events);
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                kafka.brokers(),
                                "group.id",
                                topic,
                                "auto.offset.reset",
                                "earliest",
                                "enable.auto.commit",
                                "false"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            var seen = 0;
            Began began = null;
            while (seen < events) {
                var records = consumer.poll(Duration.ofMillis(100));
                if (began == null && !records.isEmpty()) {
                    began = Began.now();
                }
                var calls = new ArrayList<RedisFuture<Long>>();
                for (var record : records) {
                    var key = JSON.readTree(record.value()).get("keys").get(0).asText();
                    calls.add(commands.unlink("items:" + key));
                }
                for (var call : calls) {
                    call.get(10, TimeUnit.SECONDS);
                }
                consumer.commitSync();
                seen += records.count();
            }
            return began.cost(events);
        }
    }

    private Cost kafka(int events) throws Exception {
        var topic = kafkaTopic(events);
        try (var instance =
                instance()
                        .route("kafka", shipped("kafka.camel.yaml"))
                        .set("KAFKA_BROKERS", kafka.brokers())
                        .set("CISTERN_KAFKA_TOPIC", topic)
                        .set("CISTERN_KAFKA_GROUP", topic)
                        .start()) {
            return applied(instance, "invalidations-kafka", events);
        }
    }

    private String queue(int events) {
        var queue = unique("bench");
        try (var jms = artemis.connectionFactory().createContext(Session.SESSION_TRANSACTED)) {
            var producer = jms.createProducer();
            for (var number = 0; number < events; number++) {
                producer.send(jms.createQueue(queue), event(number));
                if (number % 1_000 == 999) {
                    jms.commit();
                }
            }
            jms.commit();
        }
        return queue;
    }

    private Cost bareJms(int events) throws Exception {
        var queue = queue(events);
        var threads = new ArrayList<Thread>();
        var began = Began.now();
        for (var number = 0; number < JMS_CONSUMERS; number++) {
            var thread = new Thread(() -> consume(queue));
            thread.start();
            threads.add(thread);
        }
        await(() -> artemis.count(queue) == 0);
        var cost = began.cost(events);
        for (var thread : threads) {
            thread.join();
        }
        return cost;
    }

    private void consume(String queue) {
        try (var connection = artemis.connectionFactory().createConnection();
                var session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            var consumer = session.createConsumer(session.createQueue(queue));
            connection.start();
            for (var message = consumer.receive(1_000);
                    message != null;
                    message = consumer.receive(1_000)) {
                var text = ((TextMessage) message).getText();
                var key = JSON.readTree(text).get("keys").get(0).asText();
                commands.unlink("items:" + key).get(10, TimeUnit.SECONDS);
                session.commit();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Cost jms(int events) throws Exception {
        var queue = queue(events);
        try (var instance =
                instance()
                        .route("jms", shipped("jms.camel.yaml"))
                        .set("JMS_BROKER_URL", artemis.url())
                        .set("CISTERN_JMS_DESTINATION", queue)
                        .set("CISTERN_JMS_CONCURRENCY", Integer.toString(JMS_CONSUMERS))
                        .start()) {
            return applied(instance, "invalidations-jms", events);
        }
    }

    private Instance.Builder instance() {
        return Instance.on(redis).route("items", Routes.simple("items", "x", Map.of("ttl", "1h")));
    }

    /** From a tenth of the storm on, when the instance has started, to its end. */
    private static Cost applied(Instance instance, String feed, int events) {
        var name = "cistern_feed_applied_total{feed=\"" + feed + "\"}";
        var first = new double[1];
        await(
                SCRAPE_NANOS,
                () -> (first[0] = instance.metrics().getOrDefault(name, 0.0)) > events / 10);
        var began = Began.now();
        await(SCRAPE_NANOS, () -> instance.metrics().get(name) >= events);
        return began.cost(events - (int) first[0]);
    }

    /** At 100 events a second, for ten seconds, seen on an instance without a feed. */
    private void latency() throws Exception {
        var topic = unique("latency");
        kafka.topic(topic, 2);
        try (var feeding =
                        instance()
                                .route("kafka", shipped("kafka.camel.yaml"))
                                .set("KAFKA_BROKERS", kafka.brokers())
                                .set("CISTERN_KAFKA_TOPIC", topic)
                                .set("CISTERN_KAFKA_GROUP", topic)
                                .start();
                var other = instance().start();
                var clients = new KafkaClients(kafka)) {
            clients.send(topic, "x", event(0));
            await(
                    () ->
                            feeding.metrics()
                                            .getOrDefault(
                                                    "cistern_feed_applied_total{feed=\"invalidations-kafka\"}",
                                                    0.0)
                                    > 0);
            var took = new double[1_000];
            for (var number = 0; number < took.length; number++) {
                var key = Integer.toString(number);
                other.lookup("items", key);
                var began = System.nanoTime();
                clients.send(topic, key, event(number));
                while (other.lookup("items", key, "Cache-Control", "only-if-cached").status()
                        == 200) {
                    Thread.onSpinWait();
                }
                took[number] = (System.nanoTime() - began) / 1e6;
                LockSupport.parkNanos(Math.max(0, 10_000_000L - (System.nanoTime() - began)));
            }
            Arrays.sort(took, 200, took.length);
            say(
                    "Kafka, send to effect on another instance: p50 %.1f ms, p99 %.1f ms",
                    took[600], took[992]);
        }
    }

    private static void await(BooleanSupplier condition) {
        await(5_000_000, condition);
    }

    private static void await(long pause, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(pause);
        }
    }
}
