package io.cistern.invalidation.feed;

import static io.cistern.invalidation.feed.FeedFixture.await;
import static io.cistern.invalidation.feed.FeedFixture.awaitGone;
import static io.cistern.invalidation.feed.FeedFixture.event;
import static io.cistern.invalidation.feed.FeedFixture.fill;
import static io.cistern.invalidation.feed.FeedFixture.isCached;
import static io.cistern.invalidation.feed.FeedFixture.shipped;
import static io.cistern.invalidation.feed.FeedFixture.unique;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.invalidation.feed.kafka.KafkaReplay;
import io.cistern.settings.Settings;
import io.cistern.testing.KafkaBroker;
import io.cistern.testing.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Events from a real Kafka. */
class KafkaFeedIT {

    private final KafkaBroker kafka = KafkaBroker.shared();
    private final String topic = unique("events");
    private final String dlq = unique("dlq");
    private final String group = unique("group");
    private KafkaClients clients;
    private RedisServer redis;
    private CountingOrigin origin;
    private Instance instance;

    @BeforeEach
    void start() throws Exception {
        kafka.topic(topic, 2, Map.of("max.message.bytes", "8000000"));
        clients = new KafkaClients(kafka);
        redis = RedisServer.start();
        origin = new CountingOrigin();
        instance = builder().start();
    }

    private Instance.Builder builder() {
        return FeedFixture.instance(redis, origin)
                .route("kafka", shipped("kafka.camel.yaml"))
                .set("KAFKA_BROKERS", kafka.brokers())
                .set("CISTERN_KAFKA_TOPIC", topic)
                .set("CISTERN_KAFKA_GROUP", group)
                .set("CISTERN_DLQ", dlq);
    }

    @AfterEach
    void stop() throws Exception {
        instance.close();
        clients.close();
        origin.close();
        redis.close();
    }

    @Test
    void eventsTakeEffectAndAreCommittedAfterThat() throws Exception {
        fill(instance, "1", "2", "3", "4");

        clients.send(topic, "1", event("1"));
        clients.send(topic, "2", "[" + event("2") + "," + event("3") + "]");

        awaitGone(instance, "1", "2", "3");
        assertThat(isCached(instance, "4")).isTrue();
        await().until(() -> kafka.committed(group, topic) == 2);
    }

    @Test
    void cloudEventsInBinaryModeTakeEffect() throws Exception {
        fill(instance, "1");

        clients.send(
                topic,
                null,
                event("1").getBytes(StandardCharsets.UTF_8),
                Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "a-1",
                        "ce_source", "/catalog",
                        "ce_type", "io.cistern.invalidation",
                        "content-type", "application/json"));

        awaitGone(instance, "1");
    }

    @Test
    void whatCantBeFollowedGoesToTheDeadLettersAndTheFeedGoesOnAtOnce() throws Exception {
        fill(instance, "1");
        var headers =
                Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        clients.send(topic, "k", "not JSON".getBytes(StandardCharsets.UTF_8), headers);
        clients.send(topic, "k", event("1"));

        awaitGone(instance, "1");
        var letter = clients.read(dlq, 1, Duration.ofSeconds(20)).get(0);
        assertThat(new String(letter.value(), StandardCharsets.UTF_8)).isEqualTo("not JSON");
        assertThat(new String(letter.key(), StandardCharsets.UTF_8)).isEqualTo("k");
        assertThat(KafkaClients.header(letter, "cistern-reason")).contains("JSON");
        assertThat(KafkaClients.header(letter, "cistern-destination")).isEqualTo(topic);
        assertThat(KafkaClients.header(letter, "cistern-position")).matches("[01]:0");
        assertThat(KafkaClients.header(letter, "cistern-time")).matches("20.*Z");
        assertThat(KafkaClients.header(letter, "traceparent")).startsWith("00-0af7");
        await().until(() -> kafka.committed(group, topic) == 2);
    }

    @Test
    void loadsOfModeRefreshArePartOfTheMessagesTrace() throws Exception {
        fill(instance, "1");
        var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        clients.send(
                topic,
                "k",
                "{\"cache\":\"items\",\"keys\":[\"1\"],\"mode\":\"refresh\"}".getBytes(),
                Map.of("traceparent", trace));

        await().until(() -> origin.calls("1") == 2);
        assertThat(origin.lastHeaders().getFirst("traceparent")).isEqualTo(trace);
    }

    @ParameterizedTest
    @EnumSource
    void badInputIsKeptWithAReason(BadInput bad) throws Exception {
        fill(instance, "1");

        clients.send(topic, "k", bad == BadInput.EMPTY ? null : bad.body(), Map.of());
        clients.send(topic, "k", event("1"));

        awaitGone(instance, "1");
        var letter = clients.read(dlq, 1, Duration.ofSeconds(20)).get(0);
        assertThat(KafkaClients.header(letter, "cistern-reason")).contains(bad.reason());
        if (bad == BadInput.EMPTY) {
            assertThat(letter.value()).isNull();
        } else if (bad.isCutBy(1_000_000)) {
            assertThat(letter.value()).hasSize(64 * 1024);
            assertThat(KafkaClients.header(letter, "cistern-length"))
                    .isEqualTo(Integer.toString(bad.body().length));
            assertThat(KafkaClients.header(letter, "cistern-sha256")).hasSize(64);
        } else {
            assertThat(bad.isBody(letter.value())).isTrue();
        }
        await().until(() -> kafka.committed(group, topic) == 2);
        assertThat(clients.read(dlq, 2, Duration.ofMillis(500))).hasSize(1);
    }

    @Test
    void manyKeysAndPatternsOfEverythingAndUnknownFieldsAreFollowed() throws Exception {
        fill(instance, "1", "99999", "other");

        clients.send(topic, "k", BadInput.manyKeys());
        awaitGone(instance, "1", "99999");
        assertThat(isCached(instance, "other")).isTrue();
        clients.send(topic, "k", "{\"cache\":\"items\",\"pattern\":\"*\",\"more\":1}");

        awaitGone(instance, "other");
    }

    @Test
    void nothingIsCommittedWhileRedisIsFrozenAndAllIsDoneAfterwards() throws Exception {
        var keys = IntStream.range(0, 50).mapToObj(Integer::toString).toArray(String[]::new);
        fill(instance, keys);
        redis.freeze();

        for (var key : keys) {
            clients.send(topic, key, event(key));
        }
        await().until(() -> health().contains("invalidations-kafka: StoreUnavailable"));
        await().pollInterval(Duration.ofMillis(500))
                .during(FeedFixture.FROZEN)
                .until(() -> kafka.committed(group, topic) == 0);
        assertThat(instance.manage("/observe/health/ready").status()).isEqualTo(200);
        redis.thaw();

        awaitGone(instance, keys);
        await().until(() -> kafka.committed(group, topic) == keys.length);
        await().until(() -> !health().contains("invalidations-kafka: "));
        assertThat(instance.metrics())
                .containsEntry("cistern_feed_applied_total{feed=\"invalidations-kafka\"}", 50.0);
    }

    private String health() {
        return instance.manage("/observe/health").text();
    }

    @Test
    void aBrokerThatGoesAndComesBackLosesNothing() throws Exception {
        fill(instance, "1", "2");
        clients.send(topic, "1", event("1"));
        awaitGone(instance, "1");

        kafka.stop();
        await().until(() -> health().contains("its broker is not reached"));
        assertThat(instance.manage("/observe/health/ready").status()).isEqualTo(200);
        kafka.bringBack();
        clients.send(topic, "2", event("2"));

        awaitGone(instance, "2");
        await().until(() -> !health().contains("its broker is not reached"));
    }

    @Test
    void membersThatComeAndGoSkipNothingAndKeepTheOrderOfAKey() throws Exception {
        var keys = IntStream.range(0, 600).mapToObj(Integer::toString).toArray(String[]::new);
        fill(instance, keys);
        try (var order = new OrderOfKeys(keys)) {
            for (var i = 0; i < 200; i++) {
                clients.send(topic, order.keyOf(i), event(keys[i]));
            }
            try (var other = builder().start()) {
                for (var i = 200; i < 400; i++) {
                    clients.send(topic, order.keyOf(i), event(keys[i]));
                }
                awaitGone(instance, keys[399]);
            }
            for (var i = 400; i < 600; i++) {
                clients.send(topic, order.keyOf(i), event(keys[i]));
            }

            awaitGone(instance, keys);
            await().until(() -> kafka.committed(group, topic) == keys.length);
        }
    }

    /** Looks all the while whether an event took effect before an earlier one of its Kafka key. */
    private final class OrderOfKeys implements AutoCloseable {

        private static final int KAFKA_KEYS = 8;
        private static final int LEAST_LOOKS = 100;

        /** Leaves the cores to the feed. */
        private static final long PAUSE_NANOS = 5_000_000;

        private final String[] keys;
        private final CompletableFuture<Void> looking = new CompletableFuture<>();
        private final AtomicInteger looks = new AtomicInteger();
        private volatile boolean ended;

        /**
         * @param keys of the entries, in the order in which events name them
         */
        OrderOfKeys(String[] keys) {
            this.keys = keys;
            new Thread(this::look, "order-of-keys").start();
        }

        /** The Kafka key of the event that names so manieth entry. */
        String keyOf(int i) {
            return "entity-" + i % KAFKA_KEYS;
        }

        private void look() {
            try {
                var random = new Random(7);
                while (!ended) {
                    var i = random.nextInt(keys.length);
                    if (!isCached(instance, keys[i])) {
                        for (var earlier = i - KAFKA_KEYS; earlier >= 0; earlier -= KAFKA_KEYS) {
                            assertThat(isCached(instance, keys[earlier]))
                                    .as("%d took effect, %d of the same key not", i, earlier)
                                    .isFalse();
                        }
                        looks.incrementAndGet();
                    }
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
                looking.complete(null);
            } catch (Throwable e) {
                looking.completeExceptionally(e);
            }
        }

        @Override
        public void close() throws Exception {
            ended = true;
            looking.get(30, TimeUnit.SECONDS);
            assertThat(looks).hasValueGreaterThan(LEAST_LOOKS);
        }
    }

    @Test
    void deadLettersThatCantBeWrittenStopTheFeedUntilTheyCan() throws Exception {
        // A topic that takes no message at all.
        kafka.topic(dlq, 1, Map.of("max.message.bytes", "1"));
        fill(instance, "1");

        clients.send(topic, "k", "nonsense");
        clients.send(topic, "k", event("1"));
        await().until(() -> health().contains("the dead letters can't be written"));
        assertThat(kafka.committed(group, topic)).isZero();
        kafka.set(dlq, "max.message.bytes", "1000000");

        awaitGone(instance, "1");
        assertThat(clients.read(dlq, 1, Duration.ofSeconds(20))).hasSize(1);
        await().until(() -> kafka.committed(group, topic) == 2);
    }

    @Test
    void whatWasTakenIsCommittedWhenTheInstanceStops() throws Exception {
        var keys = IntStream.range(0, 50).mapToObj(Integer::toString).toArray(String[]::new);
        fill(instance, keys);
        for (var key : keys) {
            clients.send(topic, key, event(key));
        }
        awaitGone(instance, keys);

        var began = System.nanoTime();
        instance.close();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        assertThat(kafka.committed(group, topic)).isEqualTo(keys.length);
    }

    @Test
    void deadLettersAreSentBackOnce() throws Exception {
        clients.send(topic, "k", "{\"cache\":\"late\",\"keys\":[\"1\"]}");
        clients.send(topic, "k", BadInput.LONG.body(), Map.of());
        assertThat(clients.read(dlq, 2, Duration.ofSeconds(20))).hasSize(2);
        FeedFixture.addLateCache(instance);
        var settings =
                Settings.load(
                                Map.of(
                                        "KAFKA_BROKERS", kafka.brokers(),
                                        "CISTERN_KAFKA_GROUP", group,
                                        "CISTERN_DLQ", dlq),
                                Path.of("nonexistent"))
                        .feeds();

        assertThat(KafkaReplay.run(settings)).isEqualTo(new Replayed(1, 1));

        await().until(() -> !FeedFixture.isLateCached(instance));
        assertThat(KafkaReplay.run(settings)).isEqualTo(new Replayed(0, 0));
    }
}
