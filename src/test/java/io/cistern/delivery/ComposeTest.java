package io.cistern.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The compose file, as far as it can be checked by reading. */
class ComposeTest {
    private static final Path SAMPLES = Path.of("config/compose/sample-secrets");
    private static final Pattern VERSION = Pattern.compile(".+:[^:]*\\d+\\.\\d+[^:]*");
    private static final Pattern DEFAULT = Pattern.compile("\\$\\{\\w+:-([^}]*)}");
    private static final Pattern SECRET = Pattern.compile("(?i).*(PASSWORD|SECRET|TOKEN)S?");

    private final JsonNode compose = read();

    @TestFactory
    Stream<DynamicTest> everyService() {
        return fields(compose.path("services"))
                .map(
                        service ->
                                DynamicTest.dynamicTest(
                                        service.getKey(), () -> check(service.getValue())));
    }

    private void check(JsonNode service) {
        assertThat(service.path("image").asText()).matches(VERSION).doesNotContain("latest");
        checkLimits(service);
        service.path("depends_on")
                .fieldNames()
                .forEachRemaining(
                        other -> assertThat(compose.path("services").has(other)).isTrue());
        for (var volume : service.path("volumes")) {
            var source = volume.asText().split(":")[0];
            var known =
                    source.startsWith("./")
                            ? Files.exists(Path.of(source))
                            : compose.path("volumes").has(source);
            assertThat(known).as(source).isTrue();
            assertThat(!source.startsWith("./") || volume.asText().endsWith(":ro"))
                    .as("%s is read only", volume)
                    .isTrue();
        }
        for (var port : service.path("ports")) {
            assertThat(port.asText()).startsWith("127.0.0.1:");
        }
        checkSecrets(service);
    }

    private static void checkLimits(JsonNode service) {
        assertThat(service.path("read_only").asBoolean()).as("read_only").isTrue();
        assertThat(service.path("user").asText()).as("user").matches("[1-9]\\d*(:\\d+)?");
        assertThat(service.path("cap_drop").toString()).isEqualTo("[\"ALL\"]");
        assertThat(service.has("cap_add")).isFalse();
        assertThat(service.path("privileged").asBoolean()).isFalse();
        assertThat(service.path("security_opt").toString()).contains("no-new-privileges:true");
        assertThat(service.path("mem_limit").asText()).matches("\\d+[mg]");
        assertThat(service.path("cpus").asDouble()).isPositive();
        assertThat(service.path("pids_limit").asInt()).isPositive();
        assertThat(service.at("/healthcheck/interval").asText()).isNotEmpty();
        // What we build has its check in the image.
        assertThat(service.has("build") || service.at("/healthcheck/test").size() > 1).isTrue();
    }

    @Test
    void redisHasAsManyThreadsAsCores() {
        assertThat(fields(compose.path("services")).map(Map.Entry::getValue))
                .filteredOn(
                        service -> service.path("command").toString().contains("production.conf"))
                .hasSize(3)
                .allSatisfy(
                        service -> {
                            assertThat(service.path("cpus").asDouble()).isEqualTo(1);
                            assertThat(service.path("command"))
                                    .extracting(JsonNode::asText)
                                    .contains("io-threads 1");
                        });
    }

    private void checkSecrets(JsonNode service) {
        for (var secret : service.path("secrets")) {
            var name = secret.isTextual() ? secret.asText() : secret.path("source").asText();
            assertThat(compose.path("secrets").has(name)).as(name).isTrue();
        }
        fields(service.path("environment"))
                .filter(variable -> SECRET.matcher(variable.getKey()).matches())
                .forEach(
                        variable ->
                                assertThat(variable.getValue().asText())
                                        .as(variable.getKey())
                                        .startsWith("@/run/secrets/"));
    }

    @Test
    void everySecretIsAFileThatIsThere() {
        assertThat(fields(compose.path("secrets")))
                .isNotEmpty()
                .allSatisfy(
                        secret -> {
                            var file = secret.getValue().path("file").asText();
                            assertThat(file).startsWith("${CISTERN_SECRETS:-");
                            assertThat(Path.of(DEFAULT.matcher(file).replaceAll("$1"))).exists();
                        });
    }

    @Test
    void withoutAProfileItIsSmall() {
        assertThat(
                        fields(compose.path("services"))
                                .filter(service -> !service.getValue().has("profiles"))
                                .map(Map.Entry::getKey))
                .containsExactlyInAnyOrder("cistern", "redis", "postgres");
        assertThat(fields(compose.path("services")).map(Map.Entry::getKey))
                .contains("cistern-2", "redis-replica-1", "redis-replica-2")
                .contains("sentinel-1", "sentinel-2", "sentinel-3", "redis-exporter", "redis-ui")
                .contains("kafka", "artemis", "prometheus", "grafana");
    }

    @ParameterizedTest
    @CsvSource({"plain, redis", "events, redis", "ha, sentinel-1", "all, sentinel-1"})
    void everySetOfSettingsIsOneThatTheApplicationStartsWith(String set, String redis) {
        var settings = Settings.load(Map.of(), SAMPLES.resolve(set + ".properties"));

        assertThat(settings.redis().address()).contains(redis);
        assertThat(settings.redis().username()).contains("cistern");
        assertThat(settings.redis().password().isPresent()).isTrue();
    }

    @Test
    void sampleUsersMayDoWhatTheShippedOnesMay() throws Exception {
        var password = Pattern.compile(" #[0-9a-f]{64}");
        assertThat(
                        Files.readAllLines(SAMPLES.resolve("users.acl")).stream()
                                .map(line -> password.matcher(line).replaceFirst("")))
                .containsExactlyElementsOf(Files.readAllLines(AclFile.SHIPPED));
    }

    @Test
    void newSecretsAreTheSameFilesWithOtherPasswords(@TempDir Path folder) throws Exception {
        var made = folder.resolve("secrets");
        var process =
                new ProcessBuilder("sh", "config/compose/new-secrets", made.toString())
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();

        assertThat(names(made)).isEqualTo(names(SAMPLES)).hasSizeGreaterThan(8);
        for (var name : names(made)) {
            assertThat(Files.readString(made.resolve(name)))
                    .as(name)
                    .doesNotContain("sample-")
                    .isNotEqualTo(Files.readString(SAMPLES.resolve(name)));
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return new ArrayList<>(
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    private static Stream<Map.Entry<String, JsonNode>> fields(JsonNode object) {
        Iterable<Map.Entry<String, JsonNode>> fields = object::fields;
        return StreamSupport.stream(fields.spliterator(), false);
    }

    private static JsonNode read() {
        try {
            return Yaml.read(Path.of("docker-compose.yml"));
        } catch (IOException e) {
            throw new IllegalStateException("no compose file", e);
        }
    }
}
