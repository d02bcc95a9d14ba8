package io.cistern.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs every example of docs/yaml.md as it stands there; only names of hosts and of a folder are
 * replaced by those of real ones.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class YamlExamplesIT {
    /** More than open a breaker. */
    private static final int MANY = 10;

    private static final String DATABASE =
            "jdbc:h2:mem:docs;DB_CLOSE_DELAY=-1;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE";
    private static final String PASSWORD = "of the shop";
    private static final String[] TABLES = {
        "create table product (sku varchar primary key, name varchar, category varchar)",
        "insert into product values ('it''s', 'Ship', 'toys'), ('b-2', 'Boat', 'toys')",
        "create table orders (id integer primary key, state varchar)",
        "insert into orders values (42, 'paid')",
        "create table currency (code varchar primary key, name varchar)",
        "insert into currency values ('EUR', 'Euro')",
        "create table unit (code varchar primary key, name varchar)",
        "insert into unit values ('kg', 'kilogram')"
    };

    private Markdown page;
    private Path recipes;
    private CountingOrigin stock;
    private RedisServer redis;
    private RedisServer otherRedis;
    private Instance instance;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        page = Markdown.read("yaml.md");
        recipes = Files.createDirectories(folder.resolve("recipes"));
        Files.writeString(recipes.resolve("soup.json"), "{\"salt\":1}");
        Files.writeString(folder.resolve("secret.json"), "{}");
        stock = new CountingOrigin();
        redis = RedisServer.start();
        redis.ask(it -> it.hset("user-names", "7", "Ada"));
        otherRedis = RedisServer.start();
        otherRedis.ask(it -> it.set("session:s1", "of Ada"));
        fillDatabase();
        var builder = Instance.on(redis);
        for (var example : page.blocks("yaml")) {
            var name = example.file().getFileName().toString();
            builder.route(name.replace(".camel.yaml", ""), onRealServers(example.text()));
        }
        var properties = dataSource(page.block("properties", "application.properties"));
        properties.forEach(System::setProperty);
        try {
            instance = builder.start();
        } finally {
            properties.keySet().forEach(System::clearProperty);
        }
    }

    @AfterAll
    void stop() throws Exception {
        if (instance != null) {
            instance.close();
        }
        otherRedis.close();
        redis.close();
        stock.close();
    }

    private String onRealServers(String example) {
        var other = otherRedis.settings();
        return example.replace("https://stock.internal", stock.url())
                .replace("folder: data/recipes", "folder: " + recipes)
                .replace("folder: data/assets", "folder: " + recipes)
                .replace("redis.internal", other.get("REDIS_HOST"))
                .replace("\"1\": 6379", "\"1\": " + other.get("REDIS_PORT"));
    }

    private static Map<String, String> dataSource(Markdown.Block block) throws IOException {
        var properties = new Properties();
        properties.load(new StringReader(block.text()));
        properties.put("camel.beans.shop.jdbcUrl", DATABASE);
        properties.put("SHOP_PASSWORD", PASSWORD);
        Map<String, String> all = new HashMap<>();
        properties.stringPropertyNames().forEach(it -> all.put(it, properties.getProperty(it)));
        return all;
    }

    private static void fillDatabase() throws SQLException {
        try (var connection = DriverManager.getConnection(DATABASE, "cistern", PASSWORD);
                var statement = connection.createStatement()) {
            for (var each : TABLES) {
                statement.execute(each);
            }
        }
    }

    private JsonNode file(String name) {
        for (var file : instance.get("/routes").json().path("files")) {
            if (file.path("file").asText().endsWith("/" + name + ".camel.yaml")) {
                return file;
            }
        }
        throw new AssertionError("no file " + name);
    }

    private void isServed(String cache, String key, String value) {
        var answer = instance.lookup(cache, key);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(value);
        assertThat(instance.lookup(cache, key).cacheStatus()).startsWith("cistern; hit; ");
    }

    /** Asks for so many keys that a breaker would open if they were failures. */
    private void hasNoValues(String cache, String prefix) {
        for (var i = 0; i < MANY; i++) {
            var answer = instance.lookup(cache, prefix + i);
            assertThat(answer.isProblem(404)).as(answer.toString()).isTrue();
            assertThat(answer.cacheStatus()).isEqualTo("cistern; fwd=uri-miss; stored");
        }
    }

    @Test
    void everyExampleRunsButTheOneWithoutItsJarAndTheWrongOne() {
        var refused = new HashMap<String, String>();
        for (var file : instance.get("/routes").json().path("files")) {
            if (!file.path("refused").isNull()) {
                refused.put(
                        file.path("file").asText(), file.path("refused").path("error").asText());
            }
        }

        assertThat(refused)
                .containsOnlyKeys("caches/invoices.camel.yaml", "caches/profiles.camel.yaml");
        assertThat(refused.get("caches/profiles.camel.yaml"))
                .endsWith("component `mongodb` is not on the class path: it is in camel-mongodb");
        assertThat(refused.get("caches/invoices.camel.yaml") + "\n")
                .isEqualTo(page.blocks("").get(0).text());
        assertThat(page.blocks("yaml"))
                .hasSize(instance.get("/routes").json().path("files").size());
    }

    @Test
    void rowsOfATable() {
        hasNoValues("products", "x' or '1'='1");
        isServed("products", "it's", "{\"sku\":\"it's\",\"name\":\"Ship\",\"category\":\"toys\"}");

        assertThat(instance.delete("/caches/products/entries?tag=category:toys").status())
                .isEqualTo(204);
        assertThat(instance.lookup("products", "it's").cacheStatus()).contains("fwd=uri-miss");
    }

    @Test
    void rowsWhoseKeysAreNumbers() {
        hasNoValues("orders", "x");
        hasNoValues("orders", "43");
        hasNoValues("orders", "4200000000000");
        isServed("orders", "42", "{\"id\":42,\"state\":\"paid\"}");
        assertThat(file("orders").path("routes").path(0).path("state").asText())
                .isEqualTo("Started");
    }

    @Test
    void answersOfAService() {
        for (var i = 0; i < MANY; i++) {
            stock.missing.add("missing" + i);
        }

        hasNoValues("stock", "missing");
        isServed("stock", "../a?b#c/ä", "{\"id\":\"../a?b#c/ä\",\"count\":1}");
        assertThat(instance.lookup("stock", "../a?b#c/ä").header("Content-Type"))
                .isEqualTo("application/json");
    }

    @Test
    void answersOfAServiceThatComparesEntityTags() {
        stock.etags.put("k", "\"v1\"");
        isServed("catalog", "k", "{\"id\":\"k\",\"count\":1}");
        assertThat(stock.lastHeaders().getFirst("If-None-Match")).isNull();

        var confirmed = instance.lookup("catalog", "k", "Cache-Control", "no-cache");
        assertThat(stock.lastHeaders().getFirst("If-None-Match")).isEqualTo("\"v1\"");
        assertThat(confirmed.cacheStatus()).isEqualTo("cistern; fwd=request; stored");
        assertThat(confirmed.text()).isEqualTo("{\"id\":\"k\",\"count\":1}");
        assertThat(stock.calls("k")).isEqualTo(2);

        stock.etags.put("k", "\"v2\"");
        var changed = instance.lookup("catalog", "k", "Cache-Control", "no-cache");
        assertThat(changed.text()).isEqualTo("{\"id\":\"k\",\"count\":3}");
        assertThat(changed.header("ETag")).isEqualTo("\"v2\"");
        hasNoValuesButConfirmations();
    }

    /** Confirmations are no failures either. */
    private void hasNoValuesButConfirmations() {
        for (var i = 0; i < MANY; i++) {
            assertThat(instance.lookup("catalog", "k", "Cache-Control", "no-cache").text())
                    .isEqualTo("{\"id\":\"k\",\"count\":3}");
        }
    }

    @Test
    void jsonOrBinaryByKey() throws IOException {
        Files.write(recipes.resolve("logo.png"), new byte[] {(byte) 0x89, 'P'});
        Files.writeString(recipes.resolve("page.html"), "<p>");

        var image = instance.lookup("assets", "logo.png");
        assertThat(image.body()).hasSize(2);
        assertThat(image.header("Content-Type")).isEqualTo("application/octet-stream");
        var json = instance.lookup("assets", "soup.json");
        assertThat(json.json().path("salt").asInt()).isOne();
        assertThat(json.header("Content-Type")).isEqualTo("application/json");
        assertThat(instance.lookup("assets", "page.html").isProblem(502)).isTrue();
    }

    @Test
    void overridesByKey() {
        stock.missing.add("later");
        hasTimes("prices", "any", 600, 86_400);
        hasTimes("prices", "live-1", 5, 0);
        hasTimes("prices", "later", 3_600, 0);
    }

    /** In seconds, for how long an entry is fresh, and stale after that. */
    private void hasTimes(String cache, String key, int fresh, int stale) {
        instance.lookup(cache, key);
        var entry = instance.get("/caches/%s/entries/%s/metadata".formatted(cache, key)).json();
        var freshUntil = Instant.parse(entry.path("freshUntil").asText());
        assertThat(Duration.between(Instant.parse(entry.path("created").asText()), freshUntil))
                .as(key)
                .hasSeconds(fresh);
        assertThat(Duration.between(freshUntil, Instant.parse(entry.path("staleUntil").asText())))
                .as(key)
                .hasSeconds(stale);
    }

    @Test
    void manyKeysInOneCall() {
        stock.missing.add("nobody");

        var answer =
                instance.post("/caches/availability/lookup", "{\"keys\":[\"a\",\"b\",\"nobody\"]}");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json().path("entries").path("b").path("value").path("id").asText())
                .isEqualTo("b");
        assertThat(answer.json().path("missing")).hasToString("[\"nobody\"]");
        assertThat(stock.batches()).singleElement().asList().containsExactly("a", "b", "nobody");
    }

    @Test
    void fieldsOfAHashInRedis() {
        hasNoValues("user-names", "8");
        isServed("user-names", "7", "Ada");
    }

    @Test
    void filesOfAFolder() {
        hasNoValues("recipes", "nothing");
        isServed("recipes", "soup", "{\"salt\":1}");
        assertThat(instance.lookup("recipes", "soup").header("Content-Type"))
                .isEqualTo("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret",
                "..\\secret",
                "../recipes/soup",
                "./soup",
                "/etc/passwd",
                "%2e%2e/secret",
                "..%2fsecret",
                "soup.json\u0000",
                "soup&delete=true",
                "soup?delete=true"
            })
    void noKeyLeavesTheFolder(String key) {
        assertThat(instance.lookup("recipes", key).isProblem(404)).isTrue();
        assertThat(recipes.resolve("soup.json")).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "greetings, you, Hello you",
        "limits, any, '{\"requestsPerMinute\":600}'",
        "digests, abc, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "currencies, EUR, '{\"code\":\"EUR\",\"name\":\"Euro\"}'",
        "units, kg, '{\"code\":\"kg\",\"name\":\"kilogram\"}'",
        "sessions, s1, of Ada"
    })
    void othersOfThePage(String cache, String key, String value) {
        isServed(cache, key, value);
    }

    @Test
    void templatesHaveTheirOwnParameters() {
        hasNoValues("currencies", "kg");
        assertThat(instance.get("/caches/currencies").json().path("ttl").asText()).isEqualTo("1d");
        assertThat(instance.get("/caches/units").json().path("ttl").asText()).isEqualTo("7d");
    }

    @Test
    void keysThatAnotherRedisDoesNotHave() {
        hasNoValues("sessions", "nobody");
    }

    @Test
    void cacheInARouteOfOnesOwn() {
        var answer = instance.get("/product-names/b-2");
        assertThat(answer.text()).isEqualTo("Boat");
        assertThat(answer.header("Content-Type")).isEqualTo("text/plain");
        assertThat(answer.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("cistern"));
        for (var i = 0; i < MANY; i++) {
            assertThat(instance.get("/product-names/nobody" + i).status()).isEqualTo(404);
        }
        assertThat(instance.get("/product-names/b-2").status()).isEqualTo(200);
    }
}
