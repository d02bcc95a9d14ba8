package io.cistern.invalidation.feed;

import static io.cistern.invalidation.feed.FeedFixture.await;
import static io.cistern.invalidation.feed.FeedFixture.awaitGone;
import static io.cistern.invalidation.feed.FeedFixture.event;
import static io.cistern.invalidation.feed.FeedFixture.fill;
import static io.cistern.invalidation.feed.FeedFixture.shipped;
import static io.cistern.invalidation.feed.FeedFixture.unique;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.testing.ArtemisBroker;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead letters that a real Artemis refuses. */
class JmsDeadLettersIT {

    private static final int LONGEST_MILLIS = 20_000;
    private static final int CUT = 64 * 1024;

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
        instance =
                FeedFixture.instance(redis, origin)
                        .route("jms", shipped("jms.camel.yaml"))
                        .set("JMS_BROKER_URL", artemis.url())
                        .set("CISTERN_JMS_DESTINATION", queue)
                        .set("CISTERN_DLQ", dlq)
                        .start();
        fill(instance, "1");
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

    @Test
    void whatIsTooLongForTheQueueIsCut() throws Exception {
        var allow = artemis.refuse(dlq, 200_000);
        // Every third one is not of one byte.
        var text = "no€".repeat(100_000);
        var body = text.getBytes(StandardCharsets.UTF_8);

        jms.createProducer().setProperty("shop", "a").send(jms.createQueue(queue), text);
        send(event("1"));

        awaitGone(instance, "1");
        var letter =
                (BytesMessage) jms.createConsumer(jms.createQueue(dlq)).receive(LONGEST_MILLIS);
        allow.run();
        var left = new byte[(int) letter.getBodyLength()];
        letter.readBytes(left);
        assertThat(left).hasSize(CUT).isEqualTo(Arrays.copyOf(body, CUT));
        assertThat(letter.getStringProperty("cistern_HYPHEN_length")).isEqualTo("500000");
        assertThat(letter.getStringProperty("cistern_HYPHEN_sha256"))
                .isEqualTo(
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(body)));
        assertThat(letter.getStringProperty("cistern_HYPHEN_reason")).contains("JSON");
        assertThat(letter.getStringProperty("shop")).isEqualTo("a");
        await().until(() -> artemis.count(queue) == 0);
        assertThat(artemis.count(dlq)).isLessThanOrEqualTo(1);
    }

    @Test
    void aQueueThatTakesNothingStopsTheFeedUntilItDoes() {
        var allow = artemis.refuse(dlq, -1);
        // Nobody is left who could take what comes after.
        for (var number = 0; number < 16; number++) {
            send("nonsense");
        }
        await().until(() -> health().contains("the dead letters can't be written"));
        send(event("1"));
        assertThat(artemis.count(queue)).isEqualTo(17);

        allow.run();

        awaitGone(instance, "1");
        await().until(() -> artemis.count(queue) == 0);
        assertThat(artemis.count(dlq)).isEqualTo(16);
        await().until(() -> !health().contains("the dead letters can't be written"));
    }

    private String health() {
        return instance.manage("/observe/health").text();
    }
}
