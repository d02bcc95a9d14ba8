package io.cistern.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @TempDir Path folder;

    @Test
    void hasADefaultForEverything() {
        var settings = load(Map.of());

        assertThat(settings.store())
                .isEqualTo(
                        new StoreSettings(
                                StoreSettings.Type.REDIS,
                                "cistern",
                                Duration.ofHours(1),
                                true,
                                StoreSettings.Fsync.EVERY_SECOND,
                                false));
        assertThat(settings.warming()).isEqualTo(new WarmingSettings(true, 1));
        assertThat(settings.breakers())
                .isEqualTo(new BreakerSettings(true, 5, Duration.ofSeconds(60)));
        assertThat(settings.http().port()).isEqualTo(8080);
        assertThat(settings.http().managementPort()).isEqualTo(9876);
        assertThat(settings.http().tokens()).isEmpty();
        assertThat(settings.http().rateLimit()).isEmpty();
        assertThat(settings.folders().routes()).isEqualTo(Path.of("routes"));
        assertThat(settings.folders().data()).hasFileName("cistern");
        var redis = settings.redis();
        assertThat(redis.named()).isFalse();
        assertThat(redis.address()).isEqualTo("localhost:6379");
        assertThat(redis.database()).isZero();
        assertThat(redis.username()).isEmpty();
        assertThat(redis.password().isPresent()).isFalse();
        assertThat(redis.maxConnections()).isEqualTo(10);
        assertThat(redis.socketTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(redis.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(redis.keyPrefix()).isEmpty();
    }

    @Test
    void readsEverythingThatIsServed() throws IOException {
        var routes = Files.createDirectory(folder.resolve("my-routes"));
        var data = folder.resolve("not-yet");

        var settings =
                load(
                        Map.ofEntries(
                                Map.entry("CACHE_TYPE", "Memory"),
                                Map.entry("CACHE_NAMESPACE", "shop-1"),
                                Map.entry("CACHE_DEFAULT_TTL", "10m"),
                                Map.entry("CACHE_WARMING_ENABLED", "false"),
                                Map.entry("CACHE_MONITORING_ENABLED", "FALSE"),
                                Map.entry("CISTERN_FSYNC", "always"),
                                Map.entry("REDIS_HOST", "redis_1"),
                                Map.entry("REDIS_PORT", "6380"),
                                Map.entry("REDIS_DB", "3"),
                                Map.entry("REDIS_USERNAME", "ada"),
                                Map.entry("REDIS_PASSWORD", " p w "),
                                Map.entry("REDIS_MAX_CONNECTIONS", "4"),
                                Map.entry("REDIS_SOCKET_TIMEOUT", "300ms"),
                                Map.entry("REDIS_SOCKET_CONNECT_TIMEOUT", "2"),
                                Map.entry("REDIS_KEY_PREFIX", "check:"),
                                Map.entry("CIRCUIT_BREAKER_ENABLED", "false"),
                                Map.entry("CIRCUIT_BREAKER_THRESHOLD", "7"),
                                Map.entry("CIRCUIT_BREAKER_TIMEOUT", "2s"),
                                Map.entry("CISTERN_HTTP_PORT", " 8081 "),
                                Map.entry("CISTERN_MANAGEMENT_PORT", "9877"),
                                Map.entry("CISTERN_ROUTES_DIR", routes.toString()),
                                Map.entry("CISTERN_DATA_DIR", data.toString()),
                                Map.entry("CISTERN_API_TOKENS", "ops=abc,ci:invalidate+write=d/e="),
                                Map.entry("CISTERN_RATE_LIMIT", "100"),
                                Map.entry("CISTERN_WARMING_CONCURRENCY", "3")));

        assertThat(settings.store())
                .isEqualTo(
                        new StoreSettings(
                                StoreSettings.Type.MEMORY,
                                "shop-1",
                                Duration.ofMinutes(10),
                                false,
                                StoreSettings.Fsync.ALWAYS,
                                false));
        assertThat(settings.warming()).isEqualTo(new WarmingSettings(false, 3));
        assertThat(settings.redis().named()).isTrue();
        assertThat(settings.redis().address()).isEqualTo("redis_1:6380");
        assertThat(settings.redis().database()).isEqualTo(3);
        assertThat(settings.redis().username()).contains("ada");
        assertThat(settings.redis().password().reveal()).isEqualTo(" p w ");
        assertThat(settings.redis().maxConnections()).isEqualTo(4);
        assertThat(settings.redis().socketTimeout()).isEqualTo(Duration.ofMillis(300));
        assertThat(settings.redis().connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.redis().keyPrefix()).isEqualTo("check:");
        assertThat(settings.breakers())
                .isEqualTo(new BreakerSettings(false, 7, Duration.ofSeconds(2)));
        assertThat(settings.http().port()).isEqualTo(8081);
        assertThat(settings.http().managementPort()).isEqualTo(9877);
        assertThat(settings.http().rateLimit()).hasValue(100);
        assertThat(settings.folders()).isEqualTo(new FolderSettings(routes, data));
    }

    @Test
    void letsTheEnvironmentWinOverTheFileAndLeavesCamelsKeysAlone() throws IOException {
        var file =
                file(
                        "CACHE_DEFAULT_TTL=7\nCACHE_NAMESPACE=of-the-file \n"
                                + "camel.main.name=x\ncamel.beans.sample=#class:y\nredis.host=z\n");

        var settings = Settings.load(Map.of("CACHE_DEFAULT_TTL", "8", "CACHE_NAMESPACE", ""), file);

        assertThat(settings.store().defaultTtl()).isEqualTo(Duration.ofSeconds(8));
        assertThat(settings.store().namespace()).isEqualTo("of-the-file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CACHE_TYPE|foo|\"foo\" is no store; expected redis or memory",
                "CACHE_NAMESPACE|a b|\"a b\" is no namespace; expected 1 to 64 of A-Z a-z 0-9 . _ -",
                "CACHE_DEFAULT_TTL|soon|\"soon\" is not a duration; expected a duration such as"
                        + " 300ms, 30s, 10m, 2h or 7d",
                "CACHE_DEFAULT_TTL|0|\"0\" is out of range; expected a duration from 1ms to 3650d",
                "CISTERN_FSYNC|often|\"often\" is no policy; expected always, everySecond or never",
                "CACHE_WARMING_ENABLED|maybe|\"maybe\" is neither true nor false",
                "CACHE_MONITORING_ENABLED|1|\"1\" is neither true nor false",
                "REDIS_HOST|h:1|\"h:1\" is no host; expected a name or an address, without a port",
                "REDIS_PORT|abc|\"abc\" is out of range or no number; expected a whole number from"
                        + " 1 to 65535",
                "REDIS_PORT|65536|\"65536\" is out of range or no number; expected a whole number"
                        + " from 1 to 65535",
                "REDIS_DB|-1|\"-1\" is out of range or no number; expected a whole number from 0 to"
                        + " 1000000",
                "REDIS_MAX_CONNECTIONS|2|\"2\" is out of range or no number; expected a whole"
                        + " number from 4 to 1000",
                "REDIS_SOCKET_TIMEOUT|1ms|\"1ms\" is out of range; expected a duration from 10ms to"
                        + " 5m",
                "REDIS_SOCKET_CONNECT_TIMEOUT|1h|\"1h\" is out of range; expected a duration from"
                        + " 10ms to 5m",
                "REDIS_KEY_PREFIX|a{b}|\"a{b}\" is no key prefix; expected up to 128 characters"
                        + " without spaces and {}[]*?\\",
                "REDIS_USERNAME|ada|names a user without a password; expected both (a password"
                        + " alone is written redis://:password@host)",
                "CIRCUIT_BREAKER_ENABLED|on|\"on\" is neither true nor false",
                "CIRCUIT_BREAKER_THRESHOLD|0|\"0\" is out of range or no number; expected a whole"
                        + " number from 1 to 100000",
                "CIRCUIT_BREAKER_TIMEOUT|2 s|\"2 s\" is not a duration; expected a duration such as"
                        + " 300ms, 30s, 10m, 2h or 7d",
                "CISTERN_HTTP_PORT|0|\"0\" is out of range or no number; expected a whole number"
                        + " from 1 to 65535",
                "CISTERN_MANAGEMENT_PORT|8080|\"8080\" is CISTERN_HTTP_PORT as well; expected two"
                        + " different ports",
                "CISTERN_ROUTES_DIR|/no/such/folder|\"/no/such/folder\" is not a folder that can be"
                        + " read",
                "CISTERN_DATA_DIR|pom.xml|\"pom.xml\" is a file; expected a folder",
                "CISTERN_RATE_LIMIT|0|\"0\" is out of range or no number; expected a whole number"
                        + " from 1 to 1000000, or off",
                "CISTERN_API_TOKENS|@/no/such/file|the file \"/no/such/file\" cannot be read",
                "CISTERN_X|1|there is no such setting; docs/settings.md lists all of them",
                "CISTERN_PORT|8081|there is no such setting; did you mean CISTERN_HTTP_PORT?",
                "REDIS_HOSTS|h|there is no such setting; did you mean REDIS_HOST?",
                "CACHE_TTL|5|there is no such setting; did you mean CACHE_DEFAULT_TTL?",
                "CIRCUIT_BREAKER_TRESHOLD|5|there is no such setting; did you mean"
                        + " CIRCUIT_BREAKER_THRESHOLD?",
                "KAFKA_BROKER|k:9092|there is no such setting; did you mean KAFKA_BROKERS?",
                "JMS_BROKERURL|tcp://a:1|there is no such setting; did you mean JMS_BROKER_URL?",
                "KAFKA_BROKERS|k|\"k\" is no broker; expected host:port,host:port",
                "KAFKA_BROKERS|k:9092,l:99999|\"99999\" is out of range or no number; expected a"
                        + " whole number from 1 to 65535",
                "KAFKA_TLS|yes|\"yes\" is neither true nor false",
                "KAFKA_SASL_MECHANISM|PLAIN|needs KAFKA_USERNAME beside it",
                "CISTERN_KAFKA_TOPIC|a b|\"a b\" is no name of a topic; expected 1 to 249 of A-Z"
                        + " a-z 0-9 . _ -",
                "CISTERN_KAFKA_GROUP|a b|\"a b\" is no name; expected 1 to 255 characters without"
                        + " spaces",
                "CISTERN_KAFKA_CONCURRENCY|0|\"0\" is out of range or no number; expected a whole"
                        + " number from 1 to 100",
                "JMS_BROKER_URL|http://u:secret@a|is no URL of an Artemis; expected tcp://host:port,"
                        + " or for another broker its connection factory by"
                        + " CISTERN_JMS_CONNECTION_FACTORY",
                "CISTERN_JMS_CONNECTION_FACTORY|#a|\"#a\" is no name of a bean; expected that of"
                        + " one in config/application.properties",
                "CISTERN_JMS_DESTINATION|topics:a|\"topics:a\" is no destination; expected a"
                        + " queue, or topic:name",
                "CISTERN_JMS_CONCURRENCY|101|\"101\" is out of range or no number; expected a"
                        + " whole number from 1 to 100",
                "CISTERN_DLQ|a/b|\"a/b\" is no name of a topic; expected 1 to 249 of A-Z a-z 0-9"
                        + " . _ -",
                "REDIS_SENTINEL_PASSWORD|x|needs REDIS_SENTINEL_HOSTS beside it",
                "REDIS_SENTINEL_HOSTS|a:1|stands alone; expected REDIS_SERVICE_NAME beside it",
                "REDIS_WAIT_REPLICAS|-1|\"-1\" is out of range or no number; expected a whole number"
                        + " from 0 to 100",
                "REDIS_CLUSTER_ENABLED|true|needs REDIS_CLUSTER_NODES beside it",
                "REDIS_CLUSTER_NODES|a:1|needs REDIS_CLUSTER_ENABLED beside it",
                "CISTERN_BACKPLANE|jgroups|\"jgroups\" is no backplane; expected redis or kafka"
            })
    void answersAMistakeWithOneLine(String name, String value, String line) {
        assertThat(mistakes(Map.of(name, value))).containsExactly(name + ": " + line);
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void takesTheDefaultOfEveryName(Setting setting) {
        if (!setting.defaultText().isEmpty() && setting != Setting.CISTERN_ROUTES_DIR) {
            assertThat(load(Map.of(setting.name(), setting.defaultText()))).isNotNull();
        }
        assertThat(load(Map.of(setting.name(), ""))).isEqualTo(load(Map.of()));
        assertThat(load(Map.of(setting.name(), "  "))).isEqualTo(load(Map.of()));
    }

    @Test
    void collectsAllMistakesWithALineEach() {
        var mistakes =
                mistakes(Map.of("REDIS_PORT", "abc", "CACHE_TYPE", "foo", "CISTERN_HTTP_PRT", "1"));

        assertThat(mistakes).hasSize(3);
        assertThat(new SettingsException(mistakes).getMessage().lines()).hasSize(3);
    }

    @Test
    void keepsALineALineWhateverTheValueHolds() {
        var mistakes = mistakes(Map.of("CACHE_TYPE", "a\nREDIS_PORT: b\u0007" + "x".repeat(200)));

        assertThat(mistakes).hasSize(1);
        assertThat(mistakes.get(0)).doesNotContain("\n").hasSizeLessThan(160).contains("…");
    }

    @Test
    void saysThatTheMistakeIsInTheFile() throws IOException {
        var file = file("CACHE_TYPE=foo\nKAFKA_LOG4J_OPTS=/x\n");

        assertThat(Mistakes.of(Map.of(), file))
                .containsExactly(
                        "KAFKA_LOG4J_OPTS (in %s): there is no such setting; docs/settings.md lists all of them"
                                .formatted(file),
                        "CACHE_TYPE (in %s): \"foo\" is no store; expected redis or memory"
                                .formatted(file));
    }

    @Test
    void refusesAFileThatCannotBeRead() throws IOException {
        assertThat(Mistakes.of(Map.of(), folder)).containsExactly(folder + ": is not a file");

        var escape = file("CACHE_TYPE=\\u00zz\n");
        assertThat(Mistakes.of(Map.of(), escape))
                .containsExactly(
                        escape
                                + ": has a malformed \\u escape; expected four hexadecimal digits"
                                + " after it");

        var latin = folder.resolve("latin.properties");
        Files.write(latin, "REDIS_PASSWORD=pässword".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(Mistakes.of(Map.of(), latin))
                .containsExactly(latin + ": is not written in UTF-8");
    }

    @ParameterizedTest
    @CsvSource({
        "REDIS_SERVICE_HOST, 10.0.0.7",
        "REDIS_SERVICE_PORT, 6379",
        "REDIS_SERVICE_PORT_REDIS, 6379",
        "REDIS_PORT, tcp://10.0.0.7:6379",
        "REDIS_PORT_6379_TCP, tcp://10.0.0.7:6379",
        "REDIS_PORT_6379_TCP_PROTO, tcp",
        "REDIS_PORT_6379_TCP_PORT, 6379",
        "REDIS_PORT_6379_TCP_ADDR, 10.0.0.7",
        "REDIS_MASTER_SERVICE_HOST, 10.0.0.7",
        "CISTERN_SERVICE_HOST, 10.0.0.8",
        "CISTERN_SERVICE_PORT_HTTP, 8080",
        "CISTERN_PORT, tcp://10.0.0.8:8080",
        "CISTERN_PORT_8080_TCP, tcp://10.0.0.8:8080",
        "CISTERN_HTTP_PORT, tcp://10.0.0.8:8080",
        "CACHE_PORT_53_UDP_PROTO, udp",
        "KAFKA_SERVICE_HOST, 10.0.0.9",
        "KAFKA_BROKERS_PORT, tcp://10.0.0.9:9092",
        "KAFKA_HOME, /opt/kafka",
        "KAFKA_OPTS, -Xmx1g",
        "JMS_HOME, /opt/jms",
        "PATH, /bin"
    })
    void ignoresServiceLinksAndOtherSoftware(String name, String value) {
        assertThat(load(Map.of(name, value))).isEqualTo(load(Map.of()));
    }

    @Test
    void listsEveryNameOnce() {
        assertThat(Settings.names())
                .doesNotHaveDuplicates()
                .hasSize(Setting.values().length)
                .contains("CACHE_TYPE", "REDIS_URL", "KAFKA_BROKERS", "CISTERN_BACKPLANE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config/application.properties", "docs/settings.md"})
    void namesEverySettingInTheDocuments(String document) throws IOException {
        var words = Files.readString(Path.of(document)).split("[^A-Z0-9_]+");

        assertThat(words).containsAll(Settings.names());
    }

    @Test
    void acceptsTheReferenceFileAsItIsAndWithEveryServedLineSwitchedOn() throws IOException {
        var reference = Files.readString(Path.of("config/application.properties"));
        assertThat(Settings.load(Map.of(), Path.of("config/application.properties")))
                .isEqualTo(load(Map.of()));

        var defaults = new HashMap<String, String>();
        reference
                .lines()
                .filter(line -> line.matches("#[A-Z_]+=.*"))
                .map(line -> line.substring(1).split("=", 2))
                .forEach(pair -> defaults.put(pair[0], pair[1]));
        assertThat(defaults.keySet()).containsAll(Settings.names());
        for (var setting : Setting.values()) {
            assertThat(defaults.get(setting.name()))
                    .as(setting.name())
                    .isEqualTo(setting.defaultText());
        }
    }

    @Test
    void showsNoSecretInItsText() {
        var settings =
                load(
                        Map.of(
                                "REDIS_URL",
                                "redis://ada:hunter2@h",
                                "CISTERN_API_TOKENS",
                                "ops=tokentoken"));

        assertThat(settings.redis().password().reveal()).isEqualTo("hunter2");
        assertThat(settings.toString())
                .contains("ada", "ops")
                .doesNotContain("hunter2", "tokentoken");
    }

    private List<String> mistakes(Map<String, String> environment) {
        return Mistakes.of(environment, folder.resolve("none.properties"));
    }

    private Settings load(Map<String, String> environment) {
        return Settings.load(environment, folder.resolve("none.properties"));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("application.properties"), text);
    }
}
