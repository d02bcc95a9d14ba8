package io.cistern;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.cistern.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The files by which the application is delivered, as far as they can be checked by reading. */
class DeliveryTest {
    private static final Pattern VERSION = Pattern.compile(".+:[^:]*\\d+\\.\\d+[^:]*");

    private final JsonNode compose = read(Path.of("docker-compose.yml"));

    @TestFactory
    Stream<DynamicTest> everyService() {
        return services()
                .map(
                        service ->
                                DynamicTest.dynamicTest(
                                        service.getKey(), () -> check(service.getValue())));
    }

    private void check(JsonNode service) {
        assertThat(service.path("image").asText()).matches(VERSION).doesNotContain("latest");
        assertThat(service.at("/healthcheck/test").size()).isPositive();
        assertThat(service.path("mem_limit").asText()).isNotEmpty();
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
        }
        for (var port : service.path("ports")) {
            assertThat(port.asText()).startsWith("127.0.0.1:");
        }
    }

    @Test
    void theBrokersAreProfiles() {
        assertThat(compose.at("/services/kafka/profiles").get(0).asText()).isEqualTo("events");
        assertThat(compose.at("/services/artemis/profiles").get(0).asText()).isEqualTo("events");
    }

    @Test
    void theApplicationsEnvironmentIsOneThatItStartsWith() {
        var mapper = new ObjectMapper();
        Map<String, String> environment =
                mapper.convertValue(
                        compose.at("/services/cistern/environment"),
                        mapper.getTypeFactory()
                                .constructMapType(Map.class, String.class, String.class));
        environment.replaceAll((name, value) -> value.replaceAll("\\$\\{\\w+:-(.*)}", "$1"));

        var settings = Settings.load(environment, Path.of("config/application.properties"));

        assertThat(settings.redis().address()).isEqualTo("redis:6379");
    }

    @Test
    void theDockerfileCopiesWhatIsThere() throws IOException {
        var lines = Files.readAllLines(Path.of("Dockerfile"));

        var sources =
                lines.stream()
                        .filter(line -> line.startsWith("COPY ") && !line.contains("--from="))
                        .map(line -> line.split("\\s+")[1])
                        .toList();

        assertThat(sources).isNotEmpty().allMatch(source -> Files.exists(Path.of(source)));
        assertThat(lines)
                .filteredOn(line -> line.startsWith("FROM "))
                .allMatch(line -> VERSION.matcher(line.split("\\s+")[1]).matches());
        assertThat(lines).anyMatch(line -> line.startsWith("USER 1"));
        assertThat(lines.get(lines.size() - 1)).startsWith("ENTRYPOINT [");
    }

    private Stream<Map.Entry<String, JsonNode>> services() {
        Iterable<Map.Entry<String, JsonNode>> services = () -> compose.path("services").fields();
        return StreamSupport.stream(services.spliterator(), false);
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper(new YAMLFactory()).readTree(Files.readString(file));
        } catch (IOException e) {
            throw new IllegalStateException(file + " is no YAML", e);
        }
    }
}
