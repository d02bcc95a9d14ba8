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
import io.cistern.invalidation.feed.jms.JmsReplay;
import io.cistern.settings.Settings;
import io.cistern.testing.ArtemisBroker;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.Date;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Events from a real Artemis. */
class JmsFeedIT {

    private static final String REFRESH =
            "{\"cache\":\"items\",\"keys\":[\"1\"],\"mode\":\"refresh\"}";
    private static final int LONGEST_MILLIS = 20_000;

    private final ArtemisBroker artemis = ArtemisBroker.shared();
    private final String queue = unique("events");
    private final String dlq = unique("dlq");
    private JMSContext jms;
    private RedisServer redis;
    private CountingOrigin origin;
    private Instance instance;

    @BeforeEach
    void start() throws Exception {
        jms = artemis.connectionFactory().createContext();
        redis = RedisServer.start();
        origin = new CountingOrigin();
    }

    private Instance.Builder builder() {
        return FeedFixture.instance(redis, origin)
                .route("jms", shipped("jms.camel.yaml"))
                .set("JMS_BROKER_URL", artemis.url())
                .set("CISTERN_JMS_DESTINATION", queue)
                .set("CISTERN_JMS_CONCURRENCY", "4")
                .set("CISTERN_DLQ", dlq);
    }

    @AfterEach
    void stop() throws Exception {
        instance.close();
        jms.close();
        origin.close();
        redis.close();
    }

    private void send(String text) {
        jms.createProducer().send(jms.createQueue(queue), text);
    }

    private Message letter() {
        var letter = jms.createConsumer(jms.createQueue(dlq)).receive(LONGEST_MILLIS);
        assertThat(letter).isNotNull();
        return letter;
    }

    @Test
    void eventsTakeEffectAndAreAcknowledgedAfterThat() {
        instance = builder().start();
        fill(instance, "1", "2", "3", "4");

        send(event("1"));
        send("[" + event("2") + "," + event("3") + "]");

        awaitGone(instance, "1", "2", "3");
        assertThat(isCached(instance, "4")).isTrue();
        await().until(() -> artemis.count(queue) == 0);
    }

    @Test
    void cloudEventsInBinaryModeTakeEffect() {
        instance = builder().start();
        fill(instance, "1");

        jms.createProducer()
                .setProperty("ce_specversion", "1.0")
                .setProperty("cloudEvents_id", "a-1")
                .setProperty("ce_source", "/catalog")
                .setProperty("ce_type", "io.cistern.invalidation")
                .send(jms.createQueue(queue), event("1"));

        awaitGone(instance, "1");
    }

    @Test
    void whatCantBeFollowedGoesToTheDeadLettersAndTheFeedGoesOnAtOnce() throws Exception {
        instance = builder().start();
        fill(instance, "1");

        jms.createProducer()
                .setProperty("traceparent", "00-0af7-01")
                .send(jms.createQueue(queue), "not JSON");
        send(event("1"));

        awaitGone(instance, "1");
        var letter = letter();
        assertThat(((TextMessage) letter).getText()).isEqualTo("not JSON");
        assertThat(letter.getStringProperty("cistern_HYPHEN_reason")).contains("JSON");
        assertThat(letter.getStringProperty("cistern_HYPHEN_destination")).isEqualTo(queue);
        assertThat(letter.getStringProperty("cistern_HYPHEN_position")).startsWith("ID:");
        assertThat(letter.getStringProperty("cistern_HYPHEN_time")).matches("20.*Z");
        assertThat(letter.getStringProperty("traceparent")).isEqualTo("00-0af7-01");
        await().until(() -> artemis.count(queue) == 0);
    }

    @Test
    void topicsKeepWhatIsSentWhileNobodyListens() {
        var topic = unique("topic");
        instance = builder().set("CISTERN_JMS_DESTINATION", "topic:" + topic).start();
        fill(instance, "1", "2");
        jms.createProducer().send(jms.createTopic(topic), event("1"));
        awaitGone(instance, "1");
        instance.close();

        jms.createProducer().send(jms.createTopic(topic), event("2"));
        instance = builder().set("CISTERN_JMS_DESTINATION", "topic:" + topic).start();

        awaitGone(instance, "2");
    }

    @Test
    void messagesWaitWhileRedisIsFrozenAndUseUpNoAttempts() throws Exception {
        instance = builder().start();
        var keys = IntStream.range(0, 50).mapToObj(Integer::toString).toArray(String[]::new);
        fill(instance, keys);
        redis.freeze();
        for (var key : keys) {
            send(event(key));
        }
        await().until(() -> instance.manage("/observe/metrics").status() == 200);
        assertThat(artemis.count(queue)).isEqualTo(50);
        await().until(
                        () ->
                                !instance.manage("/observe/health")
                                        .text()
                                        .contains("\"redis\",\"status\":\"UP\""));
        await().during(FeedFixture.FROZEN).until(() -> artemis.count(queue) == 50);

        redis.thaw();

        awaitGone(instance, keys);
        await().until(() -> artemis.count(queue) == 0);
        assertThat(artemis.count(dlq)).isZero();
    }

    @Test
    void loadsOfModeRefreshArePartOfTheMessagesTrace() {
        instance = builder().start();
        fill(instance, "1");
        var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        jms.createProducer()
                .setProperty("traceparent", trace)
                .send(jms.createQueue(queue), REFRESH);

        await().until(() -> origin.calls("1") == 2);
        assertThat(origin.lastHeaders().getFirst("traceparent")).isEqualTo(trace);
        jms.createProducer()
                .setProperty("traceparent", "no trace")
                .send(jms.createQueue(queue), REFRESH);
        await().until(() -> origin.calls("1") == 3);
        assertThat(origin.lastHeaders().getFirst("traceparent")).isNull();
    }

    @Test
    void whatWaitsIsTakenTogetherAndPoisonAmongItIsKeptOnce() {
        var keys = IntStream.range(0, 500).mapToObj(Integer::toString).toArray(String[]::new);
        for (var key : keys) {
            send(event(key));
            if (key.endsWith("7")) {
                send("nonsense");
                send("{\"cache\":\"nobody\",\"keys\":[\"1\"]}");
            }
        }

        instance = builder().set("CISTERN_JMS_CONCURRENCY", "1").start();

        await().until(() -> artemis.count(queue) == 0);
        assertThat(artemis.count(dlq)).isEqualTo(100);
        assertThat(instance.metrics())
                .containsEntry("cistern_feed_received_total{feed=\"invalidations-jms\"}", 600.0)
                .containsEntry("cistern_feed_applied_total{feed=\"invalidations-jms\"}", 500.0);
    }

    @Test
    void aBrokerThatGoesAndComesBackLosesNothing() throws Exception {
        instance = builder().start();
        fill(instance, "1", "2");
        send(event("1"));
        awaitGone(instance, "1");

        artemis.stop();
        assertThat(instance.manage("/observe/health/ready").status()).isEqualTo(200);
        artemis.bringBack();
        jms.close();
        jms = artemis.connectionFactory().createContext();
        send(event("2"));

        awaitGone(instance, "2");
    }

    @ParameterizedTest
    @EnumSource
    void badInputIsKeptWithAReason(BadInput bad) throws Exception {
        instance = builder().start();
        fill(instance, "1");
        var message = jms.createBytesMessage();
        message.writeBytes(bad.body());

        jms.createProducer().send(jms.createQueue(queue), message);
        send(event("1"));

        awaitGone(instance, "1");
        var letter = (BytesMessage) letter();
        assertThat(letter.getStringProperty("cistern_HYPHEN_reason")).contains(bad.reason());
        var body = new byte[(int) letter.getBodyLength()];
        letter.readBytes(body);
        // Artemis takes any length.
        assertThat(bad.isBody(body)).isTrue();
        await().until(() -> artemis.count(queue) == 0);
    }

    @Test
    void manyKeysAreFollowed() {
        instance = builder().start();
        fill(instance, "1", "99999", "other");

        send(BadInput.manyKeys());

        awaitGone(instance, "1", "99999");
        assertThat(isCached(instance, "other")).isTrue();
    }

    @Test
    void messagesOfOtherKindsGoToTheDeadLetters() throws Exception {
        instance = builder().start();
        fill(instance, "1");

        jms.createProducer().send(jms.createQueue(queue), Map.of("cache", "items"));
        jms.createProducer().send(jms.createQueue(queue), new Date());
        send(event("1"));

        awaitGone(instance, "1");
        await().until(() -> artemis.count(queue) == 0);
        await().until(() -> artemis.count(dlq) == 2);
    }

    @Test
    void deadLettersAreSentBackOnce() throws Exception {
        instance = builder().start();
        send("{\"cache\":\"late\",\"keys\":[\"1\"]}");
        send("nonsense");
        await().until(() -> artemis.count(dlq) == 2);
        FeedFixture.addLateCache(instance);
        var settings =
                Settings.load(
                                Map.of("JMS_BROKER_URL", artemis.url(), "CISTERN_DLQ", dlq),
                                Path.of("nonexistent"))
                        .feeds();

        assertThat(JmsReplay.run(settings)).isEqualTo(new Replayed(2, 0));

        await().until(() -> !FeedFixture.isLateCached(instance));
        await().until(() -> artemis.count(queue) == 0 && artemis.count(dlq) == 1);
    }
}
