package io.cistern.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import io.cistern.testing.KafkaBroker;
import io.cistern.testing.KafkaClients;
import io.cistern.testing.TcpProxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * Two regions on one machine, each with a Redis and an instance, and one Kafka, to which each of
 * them has a way of its own.
 */
class RegionsFixture {

    private static final int PARTITIONS = 3;

    static TcpProxy waysOfEurope;
    static TcpProxy waysOfAsia;
    static KafkaBroker kafka;

    final String topic = "regions-" + UUID.randomUUID();
    CountingOrigin origin;
    KafkaClients clients;
    RedisServer redisOfEurope;
    RedisServer redisOfAsia;
    Instance europe;
    Instance asia;

    @BeforeAll
    static void startBroker() throws Exception {
        waysOfEurope = new TcpProxy();
        waysOfAsia = new TcpProxy();
        kafka = KafkaBroker.behind(waysOfEurope, waysOfAsia);
    }

    @AfterAll
    static void stopBroker() throws Exception {
        waysOfEurope.close();
        waysOfAsia.close();
        kafka.close();
    }

    @BeforeEach
    void start() throws Exception {
        kafka.topic(topic, PARTITIONS);
        clients = new KafkaClients(kafka);
        origin = new CountingOrigin();
        redisOfEurope = RedisServer.start();
        redisOfAsia = RedisServer.start();
        europe = europe().start();
        asia = asia().start();
        awaitHearing(europe);
        awaitHearing(asia);
    }

    @AfterEach
    void stop() throws Exception {
        waysOfEurope.heal();
        waysOfAsia.heal();
        europe.close();
        asia.close();
        clients.close();
        redisOfEurope.close();
        redisOfAsia.close();
        origin.close();
    }

    Instance.Builder europe() {
        return caches(Instance.on(redisOfEurope), "europe", waysOfEurope);
    }

    Instance.Builder asia() {
        return caches(Instance.on(redisOfAsia), "asia", waysOfAsia);
    }

    private Instance.Builder caches(Instance.Builder builder, String region, TcpProxy ways) {
        settings(region, ways).forEach(builder::set);
        return builder.route("items", items());
    }

    Map<String, String> settings(String region, TcpProxy ways) {
        return Map.of(
                "CISTERN_BACKPLANE",
                "kafka",
                "CISTERN_BACKPLANE_TOPIC",
                topic,
                "CISTERN_REGION",
                region,
                "KAFKA_BROKERS",
                ways.address());
    }

    String items() {
        return Routes.http(
                "items",
                origin,
                Map.of("ttl", "1h", "maxStale", "1h", "tags", "of:${header.CisternKey}"));
    }

    /** With what tells the region, as its Redis has it. */
    String group(String region) {
        var redis = region.equals("europe") ? redisOfEurope : redisOfAsia;
        return topic + "/cistern/" + region + "/" + identity(redis);
    }

    static String identity(RedisServer redis) {
        return redis.ask(commands -> commands.get("cistern:region")).split(" ")[0];
    }

    static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20));
    }

    /** A group that is new begins with emptying all; what is filled before would be gone by it. */
    static void awaitHearing(Instance instance) {
        awaitUp(instance);
        await().until(() -> instance.metrics().get("cistern_region_emptied_total") >= 1);
    }

    static void awaitUp(Instance instance) {
        await().untilAsserted(() -> assertThat(checkOf(instance)).contains("\"UP\""));
    }

    /** What health says of the backplane. */
    static String checkOf(Instance instance) {
        var checks =
                instance.manage("/observe/health?exposureLevel=full&data=true")
                        .json()
                        .path("checks");
        for (var check : checks) {
            if (check.path("name").asText().equals("backplane")) {
                return check.toString();
            }
        }
        throw new AssertionError("no check of the backplane: " + checks);
    }

    static void fill(Instance instance, String... keys) {
        for (var key : keys) {
            assertThat(instance.lookup("items", key).status()).isEqualTo(200);
            assertThat(isCached(instance, key)).as(key).isTrue();
        }
    }

    static boolean isCached(Instance instance, String key) {
        return instance.lookup("items", key, "Cache-Control", "only-if-cached").status() == 200;
    }

    static void awaitGone(Instance instance, String... keys) {
        for (var key : keys) {
            await().until(() -> !isCached(instance, key));
        }
    }

    static void invalidate(Instance instance, String... keys) {
        for (var key : keys) {
            assertThat(instance.delete(Instance.entry("items", key)).status())
                    .as(key)
                    .isEqualTo(204);
        }
    }

    /** How much was written to the topic. */
    long records() throws Exception {
        return ends().values().stream().mapToLong(Long::longValue).sum();
    }

    /** The end of each partition of the topic. */
    Map<TopicPartition, Long> ends() throws Exception {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (var at = 0; at < PARTITIONS; at++) {
            wanted.put(new TopicPartition(topic, at), OffsetSpec.latest());
        }
        try (var admin = kafka.admin()) {
            Map<TopicPartition, Long> ends = new HashMap<>();
            admin.listOffsets(wanted).all().get().forEach((at, end) -> ends.put(at, end.offset()));
            return ends;
        }
    }

    static String[] keys(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toArray(String[]::new);
    }
}
