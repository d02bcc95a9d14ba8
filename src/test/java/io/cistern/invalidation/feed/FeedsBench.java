package io.cistern.invalidation.feed;

import static io.cistern.invalidation.feed.FeedFixture.shipped;
import static io.cistern.invalidation.feed.FeedFixture.unique;

import com.fasterxml.jackson.databind.ObjectMapper;
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
    private static final int KEYS = 10_000;
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

    private void compare(String name, double bare, double feed) {
        say(
                "%-6s bare loop %,10.0f events/s   feed %,10.0f events/s   ratio %.2f",
                name, bare, feed, feed / bare);
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

    private double bareKafka(int events) throws Exception {
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
            var began = 0L;
            while (seen < events) {
                var records = consumer.poll(Duration.ofMillis(100));
                if (began == 0 && !records.isEmpty()) {
                    began = System.nanoTime();
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
            return rate(events, began);
        }
    }

    private double kafka(int events) throws Exception {
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

    private double bareJms(int events) throws Exception {
        var queue = queue(events);
        var threads = new ArrayList<Thread>();
        var began = System.nanoTime();
        for (var number = 0; number < JMS_CONSUMERS; number++) {
            var thread = new Thread(() -> consume(queue));
            thread.start();
            threads.add(thread);
        }
        await(() -> artemis.count(queue) == 0);
        var rate = rate(events, began);
        for (var thread : threads) {
            thread.join();
        }
        return rate;
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

    private double jms(int events) throws Exception {
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

    /** From the middle of the storm, when all is warm, to its end. */
    private static double applied(Instance instance, String feed, int events) {
        var name = "cistern_feed_applied_total{feed=\"" + feed + "\"}";
        var first = new double[1];
        await(() -> (first[0] = instance.metrics().getOrDefault(name, 0.0)) > 0);
        var began = System.nanoTime();
        await(() -> instance.metrics().get(name) >= events);
        return rate(events - (int) first[0], began);
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
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static double rate(int events, long began) {
        return events / ((System.nanoTime() - began) / 1e9);
    }
}
