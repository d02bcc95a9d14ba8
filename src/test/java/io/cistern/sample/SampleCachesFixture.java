package io.cistern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.cistern.testing.Ports;
import io.cistern.testing.RedisServers;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.main.MainHttpServer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The routes of the sample caches, over SQL, HTTP and Redis, without the cache before them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SampleCachesFixture {
    private static final Path ROUTES = Path.of("routes");

    private HikariDataSource dataSource;
    private RedisServers.Running redis;
    private LettuceConnectionFactory connections;
    private DefaultCamelContext withRedis;
    private DefaultCamelContext withoutRedis;

    /** An empty database. */
    abstract String openDatabase() throws Exception;

    /** After all tests. */
    void closeDatabase() throws Exception {
        // One in memory ends with its connections.
    }

    @BeforeAll
    void start() throws Exception {
        dataSource = new HikariDataSource();
        dataSource.setJdbcUrl(openDatabase());
        redis = RedisServers.start();
        connections = new LettuceConnectionFactory("127.0.0.1", redis.port());
        connections.afterPropertiesSet();
        connections.start();
        withRedis = context(new StringRedisTemplate(connections));
        withoutRedis = context(null);
    }

    @AfterAll
    void stop() throws Exception {
        withRedis.close();
        withoutRedis.close();
        connections.destroy();
        redis.close();
        dataSource.close();
        closeDatabase();
    }

    private DefaultCamelContext context(StringRedisTemplate template) throws Exception {
        var context = new DefaultCamelContext();
        // What stands in has not the options of the real one, which Camel would look for here.
        context.setAutowiredEnabled(false);
        context.addComponent("cistern", new StandInComponent());
        context.getRegistry().bind("sample", dataSource);
        if (template != null) {
            context.getRegistry().bind("redisTemplate", template);
        }
        int port = Ports.free();
        var http = new MainHttpServer();
        http.setHost("127.0.0.1");
        http.setPort(port);
        context.addService(http);
        var properties = new Properties();
        properties.put("cistern.http.port", Integer.toString(port));
        properties.put("REDIS_KEY_PREFIX", "it-" + UUID.randomUUID() + ":");
        context.getPropertiesComponent().setInitialProperties(properties);
        context.start();
        try (var files = Files.walk(ROUTES)) {
            // Strategies are made of a template of the application.
            for (Path file :
                    files.filter(p -> p.toString().endsWith(".camel.yaml"))
                            .filter(p -> !p.startsWith(ROUTES.resolve("warming")))
                            .toList()) {
                PluginHelper.getRoutesLoader(context)
                        .loadRoutes(ResourceHelper.resolveResource(context, "file:" + file));
            }
        }
        return context;
    }

    private static Exchange ask(DefaultCamelContext context, String cache, String key) {
        String encoded = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
        Exchange answer =
                context.createFluentProducerTemplate()
                        .to("cistern:" + cache)
                        .withHeader("CisternKey", key)
                        .withHeader("CisternKeyEncoded", encoded)
                        .request(Exchange.class);
        assertThat(answer.getException()).isNull();
        return answer;
    }

    private Object value(String cache, String key) {
        return ask(withRedis, cache, key).getMessage().getBody();
    }

    @Test
    void rowsOfTables() {
        assertThat(row("settings", "ui.theme"))
                .containsOnlyKeys("name", "scope", "content", "description")
                .containsEntry("scope", "ui");
        assertThat(row("datasets", "42")).containsEntry("id", 42);
        Object quality = row("detector-models", "yolo-small-v1").get("ranking_quality");
        assertThat(((Number) quality).doubleValue()).isBetween(0.7, 1.0);
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> row(String cache, String key) {
        return (Map<String, Object>) value(cache, key);
    }

    @Test
    void noSuchValue() {
        for (String key : List.of("nope", "", "042", "' or 1=1 --", "a/b/../c?d#e%", "日本")) {
            for (String cache :
                    List.of("settings", "datasets", "detector-models", "user-sessions")) {
                assertThat(value(cache, key)).as(cache + " " + key).isNull();
            }
        }
    }

    @Test
    void answersOfAnHttpService() {
        Exchange answer = ask(withRedis, "api-responses", "EUR-USD");
        assertThat(answer.getMessage().getBody(String.class))
                .isEqualTo(
                        "{\"id\":\"EUR-USD\",\"from\":\"EUR\",\"to\":\"USD\",\"rate\":1.100000}");
        assertThat(answer.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class))
                .startsWith("application/json");
        for (String key : List.of("EUR-ZZZ", "a/b/../c?d#e%", "../settings", "日 本")) {
            assertThat(
                            ask(withRedis, "api-responses", key)
                                    .getMessage()
                                    .getHeader(Exchange.HTTP_RESPONSE_CODE))
                    .as(key)
                    .isEqualTo(404);
        }
    }

    @Test
    void sessionsInRedisAndWithoutIt() {
        var inRedis = ask(withRedis, "user-sessions", "session-0042").getMessage().getBody();
        var inSql = ask(withoutRedis, "user-sessions", "session-0042").getMessage().getBody();
        assertThat(inRedis.toString()).contains("session-0042");
        assertThat(text((Map<?, ?>) inRedis)).isEqualTo(text((Map<?, ?>) inSql));
        assertThat(ask(withoutRedis, "user-sessions", "session-9999").getMessage().getBody())
                .isNull();
    }

    private static Map<String, String> text(Map<?, ?> row) {
        var text = new java.util.TreeMap<String, String>();
        row.forEach((name, value) -> text.put(name.toString(), value.toString()));
        return text;
    }

    @Test
    void placesByTheBatch() {
        Exchange answer =
                withRedis
                        .createFluentProducerTemplate()
                        .to("cistern:places")
                        .withBody(List.of("de-berlin", "nope", "it-rome"))
                        .request(Exchange.class);
        assertThat(answer.getException()).isNull();
        Map<?, ?> values = answer.getMessage().getBody(Map.class);
        assertThat(values.keySet().toString())
                .contains("de-berlin", "it-rome")
                .doesNotContain("nope");
        var rome = (Map<?, ?>) values.get("it-rome");
        assertThat(rome.get("country")).isEqualTo("IT");
        assertThat((List<?>) rome.get("nearest")).hasSize(10).first().isEqualTo("Vatican City");
    }

    @Test
    void noneOfABatch() {
        Exchange answer =
                withRedis
                        .createFluentProducerTemplate()
                        .to("cistern:places")
                        .withBody(List.of("nope"))
                        .request(Exchange.class);
        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody()).isIn(null, Map.of());
    }
}
