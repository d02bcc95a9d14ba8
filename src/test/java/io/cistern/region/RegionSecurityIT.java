package io.cistern.region;

import static io.cistern.region.RegionsFixture.awaitGone;
import static io.cistern.region.RegionsFixture.awaitHearing;
import static io.cistern.region.RegionsFixture.awaitUp;
import static io.cistern.region.RegionsFixture.checkOf;
import static io.cistern.region.RegionsFixture.fill;
import static io.cistern.region.RegionsFixture.invalidate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import io.cistern.invalidation.feed.Feed;
import io.cistern.testing.Certificate;
import io.cistern.testing.KafkaBroker;
import io.cistern.testing.LogCapture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.logging.log4j.Level;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Regions whose Kafka wants to know who asks, and is asked who it is. */
class RegionSecurityIT {

    private static final String WRONG = "s3cr3t";

    @TempDir Path folder;

    private final KafkaBroker kafka = KafkaBroker.shared();
    private final String topic = "regions-" + UUID.randomUUID();
    private RedisServer redisOfEurope;
    private RedisServer redisOfAsia;

    @BeforeEach
    void start() throws Exception {
        kafka.topic(topic, 2);
        redisOfEurope = RedisServer.start();
        redisOfAsia = RedisServer.start();
    }

    @AfterEach
    void stop() throws Exception {
        redisOfEurope.close();
        redisOfAsia.close();
    }

    private Instance.Builder region(String name, RedisServer redis) {
        return Instance.on(redis)
                .route("items", Routes.simple("items", "x", Map.of("ttl", "1h")))
                .set("CISTERN_BACKPLANE", "kafka")
                .set("CISTERN_BACKPLANE_TOPIC", topic)
                .set("CISTERN_REGION", name)
                .set("KAFKA_BROKERS", kafka.encryptedBrokers())
                .set("KAFKA_USERNAME", KafkaBroker.USER)
                .set("KAFKA_PASSWORD", KafkaBroker.PASSWORD)
                .set("KAFKA_TLS", "true")
                .set("KAFKA_TLS_CA", kafka.authority().toString());
    }

    @Test
    void regionsTellEachOtherWithUserAndPasswordOverTls() {
        try (var europe = region("europe", redisOfEurope).start();
                var asia = region("asia", redisOfAsia).start()) {
            awaitHearing(europe);
            awaitHearing(asia);
            fill(europe, "1");
            fill(asia, "2");

            invalidate(asia, "1");
            invalidate(europe, "2");

            awaitGone(europe, "1");
            awaitGone(asia, "2");
            awaitUp(europe);
            awaitUp(asia);
        }
    }

    @Test
    void aWrongPasswordIsToldOfWithItsSetting() {
        refused(
                region("europe", redisOfEurope).set("KAFKA_PASSWORD", WRONG),
                "KAFKA_PASSWORD",
                "Authentication failed");
    }

    @Test
    void aCertificateOfAnUnknownAuthorityIsToldOfWithItsSetting() throws Exception {
        var unknown = Certificate.make(folder, "unknown", "ip:127.0.0.1");

        refused(
                region("europe", redisOfEurope)
                        .set("KAFKA_TLS_CA", unknown.certificate().toString()),
                "KAFKA_TLS_CA",
                "certification path");
    }

    /** Each way tells it once, however often it is tried; lookups go on, and changes don't. */
    private void refused(Instance.Builder builder, String setting, String reason) {
        try (var feed = LogCapture.of(Feed.class.getName());
                var sender = LogCapture.of(RegionSender.class.getName());
                var clients = LogCapture.of("org.apache.kafka.clients");
                var instance = builder.start()) {
            await().until(() -> checkOf(instance).contains("others are not heard"));
            assertThat(instance.lookup("items", "1").status()).isEqualTo(200);
            var refusal = instance.delete(Instance.entry("items", "1"));
            assertThat(refusal.status()).isEqualTo(503);
            await().until(() -> checkOf(instance).contains("others can't be told"));

            await().during(Duration.ofSeconds(4))
                    .until(() -> feed.lines().size() == 1 && sender.lines().size() == 1);
            assertThat(feed.lines(Level.WARN))
                    .singleElement(STRING)
                    .contains("does not reach its broker", reason, setting);
            assertThat(sender.lines(Level.WARN))
                    .singleElement(STRING)
                    .contains("can't be told", reason, setting);
            assertThat(checkOf(instance)).contains("\"DOWN\"", setting);
            for (var secret : new String[] {WRONG, KafkaBroker.PASSWORD}) {
                assertThat(feed.lines() + " " + sender.lines()).doesNotContain(secret);
                assertThat(clients.lines().toString()).doesNotContain(secret);
                assertThat(refusal.text()).doesNotContain(secret);
                assertThat(checkOf(instance)).doesNotContain(secret);
                assertThat(instance.get("/routes").text()).doesNotContain(secret);
                assertThat(instance.manage("/observe/metrics").text()).doesNotContain(secret);
            }
            assertThat(instance.lookup("items", "2").status()).isEqualTo(200);
            assertThat(instance.manage("/observe/health/ready").status()).isEqualTo(200);
        }
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }
}
