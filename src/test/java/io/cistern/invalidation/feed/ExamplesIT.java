package io.cistern.invalidation.feed;

import static io.cistern.invalidation.feed.FeedFixture.await;
import static io.cistern.invalidation.feed.FeedFixture.unique;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import io.cistern.testing.ArtemisBroker;
import io.cistern.testing.KafkaBroker;
import io.cistern.testing.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The examples of feeds, as they are shipped but for the names of their topics and queues. */
class ExamplesIT {

    private static final Path FOLDER = Path.of("examples/invalidation");

    private final KafkaBroker kafka = KafkaBroker.shared();
    private final ArtemisBroker artemis = ArtemisBroker.shared();
    private final String products = unique("products");
    private final String orders = unique("orders");
    private final String flush = unique("flush");
    private final String dlq = unique("dlq");
    private KafkaClients clients;
    private RedisServer redis;
    private Instance instance;

    @BeforeEach
    void start() throws Exception {
        kafka.topic(products, 1);
        kafka.topic(orders, 1);
        clients = new KafkaClients(kafka);
        redis = RedisServer.start();
        var values =
                Routes.steps(
                        "products",
                        Map.of("ttl", "1h"),
                        """
                        - setHeader:
                            name: CisternTags
                            simple: "category:${header.CisternKey.substring(0,1)}"
                        - setBody: { simple: '${header.CisternKey}' }
                        """);
        instance =
                Instance.on(redis)
                        .route("products", values)
                        .route("debezium", example("debezium", "shop.public.product", products))
                        .route("orders", example("orders", "kafka:orders", "kafka:" + orders))
                        .route("flush", example("flush", "cache.flush", flush))
                        .set("KAFKA_BROKERS", kafka.brokers())
                        .set("CISTERN_KAFKA_GROUP", unique("group"))
                        .set("JMS_BROKER_URL", artemis.url())
                        .set("CISTERN_DLQ", dlq)
                        .start();
    }

    private static String example(String name, String from, String to) throws Exception {
        var text = Files.readString(FOLDER.resolve(name + ".camel.yaml"));
        assertThat(text).contains(from);
        return text.replace(from, to);
    }

    @AfterEach
    void stop() throws Exception {
        instance.close();
        clients.close();
        redis.close();
    }

    private void fill(String... keys) {
        for (var key : keys) {
            instance.lookup("products", key);
            assertThat(isCached(key)).isTrue();
        }
    }

    private boolean isCached(String key) {
        return instance.lookup("products", key, "Cache-Control", "only-if-cached").status() == 200;
    }

    private void awaitGone(String... keys) {
        for (var key : keys) {
            await().until(() -> !isCached(key));
        }
    }

    @Test
    void debeziumsChangesInvalidateKeysAndTagsBeforeAndAfter() throws Exception {
        fill("11", "21", "22", "31", "41", "51");

        // An update that moves a row from one category to another, wrapped with its schema.
        clients.send(
                products,
                "11",
                "{\"schema\":{},\"payload\":{\"op\":\"u\",\"before\":{\"id\":11,\"category\":2},"
                        + "\"after\":{\"id\":11,\"category\":3}}}");
        awaitGone("11", "21", "22", "31");
        assertThat(isCached("41")).isTrue();

        // A delete, and the tombstone behind it.
        clients.send(
                products,
                "41",
                "{\"op\":\"d\",\"before\":{\"id\":41,\"category\":9},\"after\":null}");
        clients.send(products, "41", null, Map.of());
        clients.send(products, "51", "{\"op\":\"c\",\"before\":null,\"after\":{\"id\":51}}");
        awaitGone("41", "51");
    }

    @Test
    void aChangeThatCantBeMappedGoesToTheDeadLettersAndStopsNothing() throws Exception {
        fill("11");

        for (var i = 0; i < 12; i++) {
            clients.send(products, "x", "{\"op\":\"u\",\"before\":null,\"after\":{\"no\":1}}");
            clients.send(products, "x", "nonsense");
        }
        clients.send(products, "11", "{\"op\":\"c\",\"before\":null,\"after\":{\"id\":11}}");

        awaitGone("11");
        assertThat(clients.read(dlq, 24, Duration.ofSeconds(20))).hasSize(24);
    }

    @Test
    void anOrderInvalidatesItsProducts() throws Exception {
        fill("11", "21", "31", "41");
        var order = "{\"lines\":[{\"productId\":%d},{\"productId\":%d}]}";

        clients.send(
                orders,
                null,
                ("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/orders\",\"type\":\"placed\","
                                + "\"data\":"
                                + order.formatted(11, 21)
                                + "}")
                        .getBytes(StandardCharsets.UTF_8),
                Map.of("content-type", "application/cloudevents+json"));
        clients.send(
                orders,
                null,
                order.formatted(31, 31).getBytes(StandardCharsets.UTF_8),
                Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "2",
                        "ce_source", "/orders",
                        "ce_type", "placed"));

        awaitGone("11", "21", "31");
        assertThat(isCached("41")).isTrue();
    }

    @Test
    void aTextMessageEmptiesACache() {
        fill("11", "21");

        try (var jms = artemis.connectionFactory().createContext()) {
            jms.createProducer().send(jms.createQueue(flush), "products");
        }

        awaitGone("11", "21");
    }
}
