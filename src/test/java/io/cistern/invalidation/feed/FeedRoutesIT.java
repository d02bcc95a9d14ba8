package io.cistern.invalidation.feed;

import static io.cistern.invalidation.feed.FeedFixture.await;
import static io.cistern.invalidation.feed.FeedFixture.awaitGone;
import static io.cistern.invalidation.feed.FeedFixture.event;
import static io.cistern.invalidation.feed.FeedFixture.fill;
import static io.cistern.invalidation.feed.FeedFixture.unique;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.testing.ArtemisBroker;
import io.cistern.testing.KafkaBroker;
import io.cistern.testing.KafkaClients;
import jakarta.jms.JMSContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Feeds that users write, with options of their own, and edit while they run. */
class FeedRoutesIT {

    private static final String ROUTE =
            """
            - route:
                id: own
                from:
                  uri: %s
                  parameters: { %s }
                  steps:
                    - to: direct:invalidation-message
            """;

    private final KafkaBroker kafka = KafkaBroker.shared();
    private final ArtemisBroker artemis = ArtemisBroker.shared();
    private final String name = unique("own");
    private final String group = unique("group");
    private final String dlq = unique("dlq");
    private KafkaClients clients;
    private JMSContext jms;
    private RedisServer redis;
    private CountingOrigin origin;
    private Instance instance;

    @BeforeEach
    void start() throws Exception {
        kafka.topic(name, 1);
        clients = new KafkaClients(kafka);
        jms = artemis.connectionFactory().createContext();
        redis = RedisServer.start();
        origin = new CountingOrigin();
        instance =
                FeedFixture.instance(redis, origin)
                        .set("KAFKA_BROKERS", kafka.brokers())
                        .set("CISTERN_KAFKA_GROUP", group)
                        .set("JMS_BROKER_URL", artemis.url())
                        .set("CISTERN_DLQ", dlq)
                        .start();
    }

    @AfterEach
    void stop() throws Exception {
        instance.close();
        jms.close();
        clients.close();
        origin.close();
        redis.close();
    }

    private Path file() {
        return instance.routes().resolve("caches/own.camel.yaml");
    }

    private void save(String uri, String parameters) throws IOException {
        Files.writeString(file(), ROUTE.formatted(uri, parameters));
    }

    private void awaitRuns() {
        await().until(() -> isFeed("own") && health().contains("\"status\":\"UP\""));
        await().until(() -> instance.manage("/observe/health").status() == 200);
    }

    private boolean isFeed(String id) {
        return instance.metrics().containsKey("cistern_feed_paused{feed=\"" + id + "\"}");
    }

    private String details() {
        return instance.manage("/observe/health?exposureLevel=full&data=true").text();
    }

    private String health() {
        return instance.manage("/observe/health").text();
    }

    @Test
    void aFeedThatWasRemovedIsNoTroubleAnyMore() throws Exception {
        save("kafka:" + name, "");
        awaitRuns();

        Files.delete(file());

        await().until(() -> !isFeed("own"));
        assertThat(instance.manage("/observe/health").status()).as(health()).isEqualTo(200);
    }

    @Test
    void aFeedThatReadsSomethingElseNowSaysSo() throws Exception {
        save("kafka:" + name, "");
        await().until(() -> details().contains("\"own.destination\":\"kafka:" + name));

        save("jms:" + name, "");

        await().until(() -> details().contains("\"own.destination\":\"jms:" + name));
        fill(instance, "1");
        jms.createProducer().send(jms.createQueue(name), event("1"));
        awaitGone(instance, "1");
    }

    @Test
    void noOptionMakesKafkaForgetWhatDidNotTakeEffect() throws Exception {
        save("kafka:" + name, "autoCommitEnable: true, autoCommitIntervalMs: 50");
        awaitRuns();
        fill(instance, "1");
        redis.freeze();

        clients.send(name, "k", event("1"));

        await().until(() -> health().contains("own: StoreUnavailable"));
        assertThat(kafka.committed(group, name)).isZero();
        redis.thaw();
        awaitGone(instance, "1");
        await().until(() -> kafka.committed(group, name) == 1);
    }

    @Test
    void noOptionMakesJmsForgetWhatDidNotTakeEffect() throws Exception {
        save("jms:" + name, "transacted: false");
        awaitRuns();
        fill(instance, "1");
        redis.freeze();

        jms.createProducer().send(jms.createQueue(name), event("1"));

        await().until(() -> health().contains("own: StoreUnavailable"));
        assertThat(artemis.count(name)).isEqualTo(1);
        redis.thaw();
        awaitGone(instance, "1");
        await().until(() -> artemis.count(name) == 0);
    }

    @Test
    void bodiesThatWereReadAsTextCanBeDeadLetters() throws Exception {
        save(
                "kafka:" + name,
                "valueDeserializer: org.apache.kafka.common.serialization.StringDeserializer,"
                        + "keyDeserializer:"
                        + " org.apache.kafka.common.serialization.StringDeserializer");
        awaitRuns();
        fill(instance, "1");

        clients.send(name, "k", "größe");
        clients.send(name, "k", event("1"));

        awaitGone(instance, "1");
        var letter = clients.read(dlq, 1, Duration.ofSeconds(20)).get(0);
        assertThat(new String(letter.value(), StandardCharsets.UTF_8)).isEqualTo("größe");
        assertThat(new String(letter.key(), StandardCharsets.UTF_8)).isEqualTo("k");
        await().until(() -> kafka.committed(group, name) == 2);
    }

    @Test
    void headersOfASenderSayNothingAboutPositions() throws Exception {
        save("kafka:" + name, "");
        awaitRuns();
        fill(instance, "1");

        clients.send(
                name,
                "k",
                event("1").getBytes(StandardCharsets.UTF_8),
                Map.of("kafka.OFFSET", "99", "kafka.PARTITION", "7", "kafka.TOPIC", "other"));

        awaitGone(instance, "1");
        await().until(() -> kafka.committed(group, name) == 1);
    }

    @Test
    void brokersWhoseNameIsNotKnownAreToldOfAndDoNotDelayTheStop() {
        var lost = FeedFixture.instance(redis, origin).set("KAFKA_BROKERS", "nowhere.invalid:9092");
        for (var id : List.of("one", "two", "three", "four")) {
            lost.route(id, ROUTE.formatted("kafka:" + id, "").replace("id: own", "id: " + id));
        }
        var other = lost.start();
        try {
            await().until(
                            () ->
                                    other.manage("/observe/health")
                                            .text()
                                            .contains("four: ConfigException: No resolvable"));
        } finally {
            var began = System.nanoTime();
            other.close();
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void aTopicThatIsNotThereIsToldOfAndReadOnceItIs() throws Exception {
        var late = unique("late");
        save("kafka:" + late, "additionalProperties.allow.auto.create.topics: false");

        await().until(() -> health().contains("own: there is no topic " + late));

        kafka.topic(late, 1);
        fill(instance, "1");
        clients.send(late, "k", event("1"));
        awaitGone(instance, "1");
        awaitRuns();
    }

    @Test
    void batchesOfCamelAreRefused() throws Exception {
        save("kafka:" + name, "batching: true");

        await().until(() -> instance.get("/routes").text().contains("batching"));
        assertThat(instance.get("/routes").text()).contains("own.camel.yaml").contains("refused");
    }

    @Test
    void deadLettersKeepWhereTheyCameFromHoweverOftenTheyAreTried() throws Exception {
        save("jms:" + name, "");
        awaitRuns();
        var queue = jms.createQueue(dlq);
        artemis.settings(dlq)
                .setMaxSizeBytes(1)
                .setAddressFullMessagePolicy(
                        org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy
                                .FAIL);
        jms.createProducer().send(queue, "fills it");

        jms.createProducer().send(jms.createQueue(name), "nonsense");
        await().until(() -> health().contains("the dead letters can't be written"));
        try (var consumer = jms.createConsumer(queue)) {
            assertThat(consumer.receive(20_000)).isNotNull();
            var letter = consumer.receive(20_000);
            assertThat(letter.getStringProperty("cistern_HYPHEN_destination")).isEqualTo(name);
            assertThat(letter.getStringProperty("cistern_HYPHEN_position"))
                    .isNotEqualTo(letter.getJMSMessageID());
        }
        await().until(() -> !health().contains("the dead letters can't be written"));
    }
}
