package io.cistern.invalidation.feed;

import static io.cistern.invalidation.feed.FeedFixture.await;
import static io.cistern.invalidation.feed.FeedFixture.awaitGone;
import static io.cistern.invalidation.feed.FeedFixture.event;
import static io.cistern.invalidation.feed.FeedFixture.fill;
import static io.cistern.invalidation.feed.FeedFixture.shipped;
import static io.cistern.invalidation.feed.FeedFixture.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.testing.ArtemisBroker;
import io.cistern.testing.KafkaBroker;
import io.cistern.testing.KafkaClients;
import io.cistern.testing.LogCapture;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Brokers that want to know who asks. */
class FeedSecurityIT {

    private static final String USER = "cistern";
    private static final String PASSWORD = "p a:s;s";

    private static ArtemisBroker artemis;

    private final KafkaBroker kafka = KafkaBroker.shared();
    private final String name = unique("events");
    private final String dlq = unique("dlq");
    private RedisServer redis;
    private CountingOrigin origin;
    private Instance instance;

    @BeforeAll
    static void startBroker() throws Exception {
        artemis = ArtemisBroker.securedFor(USER, PASSWORD);
    }

    @AfterAll
    static void stopBroker() {
        artemis.close();
    }

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start();
        origin = new CountingOrigin();
    }

    @AfterEach
    void stop() throws Exception {
        instance.close();
        origin.close();
        redis.close();
    }

    private Instance.Builder kafka(String password) throws Exception {
        kafka.topic(name, 1);
        return FeedFixture.instance(redis, origin)
                .route("kafka", shipped("kafka.camel.yaml"))
                .set("KAFKA_BROKERS", kafka.securedBrokers())
                .set("KAFKA_USERNAME", KafkaBroker.USER)
                .set("KAFKA_PASSWORD", password)
                .set("CISTERN_KAFKA_TOPIC", name)
                .set("CISTERN_KAFKA_GROUP", name)
                .set("CISTERN_DLQ", dlq);
    }

    private Instance.Builder jms() {
        return FeedFixture.instance(redis, origin)
                .route("jms", shipped("jms.camel.yaml"))
                .set("CISTERN_JMS_DESTINATION", name)
                .set("CISTERN_DLQ", dlq);
    }

    private String health() {
        return instance.manage("/observe/health").text();
    }

    @Test
    void kafkaIsReadAndItsDeadLettersWrittenWithUserAndPassword() throws Exception {
        instance = kafka(KafkaBroker.PASSWORD).start();
        fill(instance, "1");
        try (var clients = new KafkaClients(kafka)) {
            clients.send(name, "k", "nonsense");
            clients.send(name, "k", event("1"));

            awaitGone(instance, "1");
            assertThat(clients.read(dlq, 1, Duration.ofSeconds(20))).hasSize(1);
        }
    }

    @Test
    void aWrongPasswordForKafkaShowsInHealthAndHoldsNothingElseBack() throws Exception {
        try (var log = LogCapture.of(Feed.class.getName())) {
            instance = kafka("s3cr3t").start();

            await().until(
                            () ->
                                    health().contains("Authentication failed")
                                            && health().contains("KAFKA_PASSWORD"));
            onceAndForAll(log);
        }
        assertThat(instance.metrics())
                .containsEntry("cistern_feed_paused{feed=\"invalidations-kafka\"}", 1.0);
        assertThat(instance.lookup("items", "1").status()).isEqualTo(200);
    }

    @Test
    void artemisIsReadAndItsDeadLettersWrittenWithUserAndPassword() {
        instance =
                jms().set("JMS_BROKER_URL", artemis.url())
                        .set("JMS_USERNAME", USER)
                        .set("JMS_PASSWORD", PASSWORD)
                        .start();

        sendsAndDeadLettersAreFollowed();
    }

    @Test
    void aWrongPasswordForArtemisShowsInHealthAndHoldsNothingElseBack() {
        try (var log = LogCapture.of(Feed.class.getName())) {
            instance =
                    jms().set("JMS_BROKER_URL", artemis.url() + "?trustStorePassword=s3cr3t-too")
                            .set("JMS_USERNAME", USER)
                            .set("JMS_PASSWORD", "s3cr3t")
                            .start();

            await().until(
                            () ->
                                    health().contains("Unable to validate user")
                                            && health().contains("JMS_PASSWORD"));
            onceAndForAll(log);
        }
        assertThat(instance.lookup("items", "1").status()).isEqualTo(200);
    }

    /** It is tried again each second or two, and told of once, without what nobody may know. */
    private void onceAndForAll(LogCapture log) {
        await().during(Duration.ofSeconds(6))
                .until(() -> log.lines().size() == 1 && !health().contains("s3cr3t"));
        assertThat(log.lines(Level.WARN))
                .singleElement(STRING)
                .contains("does not reach its broker")
                .doesNotContain("s3cr3t");
        assertThat(instance.get("/routes").text()).doesNotContain("s3cr3t");
        assertThat(instance.manage("/observe/metrics").text()).doesNotContain("s3cr3t");
        assertThat(instance.manage("/observe/health?exposureLevel=full&data=true").text())
                .doesNotContain("s3cr3t");
    }

    @Test
    void hostsThatNobodyKnowsAreToldOfOnceWithTheirSettings() throws Exception {
        try (var log = LogCapture.of(Feed.class.getName())) {
            instance =
                    jms().route("kafka", shipped("kafka.camel.yaml"))
                            .set("JMS_BROKER_URL", "tcp://nowhere.invalid:61616")
                            .set("KAFKA_BROKERS", "nowhere.invalid:9092")
                            .start();

            await().until(
                            () ->
                                    health().contains("JMS_BROKER_URL")
                                            && health().contains("KAFKA_BROKERS"));
            // Both are tried each second.
            await().during(Duration.ofSeconds(4)).until(() -> log.lines().size() == 2);
            assertThat(log.lines(Level.WARN)).hasSize(2);
            // It would write a stack trace each time.
            assertThat(
                            LogManager.getLogger("org.apache.activemq.artemis.core.client")
                                    .isErrorEnabled())
                    .isFalse();
        }
        assertThat(instance.lookup("items", "1").status()).isEqualTo(200);
    }

    @Test
    void aBrokerThatStandsStillHoldsNeitherStartNorStopBack() throws Exception {
        try (var silent = new ServerSocket(0)) {
            var began = System.nanoTime();
            instance =
                    jms().set("JMS_BROKER_URL", "tcp://127.0.0.1:" + silent.getLocalPort()).start();
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(20));
            assertThat(instance.lookup("items", "1").status()).isEqualTo(200);

            began = System.nanoTime();
            instance.close();
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void aConnectionFactoryThatIsNotThereIsNamedWithItsSetting() {
        instance = jms().set("CISTERN_JMS_CONNECTION_FACTORY", "nothing").start();

        assertThat(instance.get("/routes").text())
                .contains("CISTERN_JMS_CONNECTION_FACTORY: there is no")
                .contains("named nothing");
    }

    @Test
    void anyOtherConnectionFactoryIsUsedByItsName() {
        // Camel reads its own properties from the folder where it runs, or from here.
        var bean =
                Map.of(
                        "camel.beans.broker",
                        "#class:" + ActiveMQConnectionFactory.class.getName(),
                        "camel.beans.broker.brokerURL",
                        artemis.url());
        bean.forEach(System::setProperty);
        try {
            instance =
                    jms().set("CISTERN_JMS_CONNECTION_FACTORY", "broker")
                            .set("JMS_USERNAME", USER)
                            .set("JMS_PASSWORD", PASSWORD)
                            .start();
        } finally {
            bean.keySet().forEach(System::clearProperty);
        }

        sendsAndDeadLettersAreFollowed();
    }

    private void sendsAndDeadLettersAreFollowed() {
        fill(instance, "1");
        try (var jms = artemis.connectionFactory().createContext(USER, PASSWORD)) {
            jms.createProducer().send(jms.createQueue(name), "nonsense");
            jms.createProducer().send(jms.createQueue(name), event("1"));
        }

        awaitGone(instance, "1");
        await().until(() -> artemis.count(name) == 0 && artemis.count(dlq) == 1);
    }
}
