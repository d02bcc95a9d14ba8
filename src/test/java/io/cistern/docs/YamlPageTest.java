package io.cistern.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.cistern.component.CisternComponent;
import io.cistern.routefiles.RouteFileCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.ComponentModel;
import org.apache.camel.tooling.model.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What docs/yaml.md says is what is there. YamlExamplesIT runs its examples. */
class YamlPageTest {
    /** What every component of Camel has. */
    private static final Set<String> OF_CAMEL =
            Set.of(
                    "bridgeErrorHandler",
                    "exceptionHandler",
                    "exchangePattern",
                    "lazyStartProducer");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+)\\)");

    @Test
    void everyOptionStandsThereAsTheComponentDescribesIt() throws IOException {
        var page = Markdown.read("yaml.md");

        assertThat(page.table("option")).containsExactlyInAnyOrderElementsOf(options("consumer"));
        assertThat(page.table("option of `to`"))
                .containsExactlyInAnyOrderElementsOf(options("producer"));
    }

    private static List<List<String>> options(String side) throws IOException {
        return metadata().getEndpointParameterOptions().stream()
                .filter(option -> option.getLabel().split(",")[0].equals(side))
                .filter(option -> !OF_CAMEL.contains(option.getName()))
                .map(
                        option ->
                                List.of(
                                        code(option.getName()),
                                        value(option),
                                        option.getDescription()))
                .toList();
    }

    private static String value(BaseOptionModel option) {
        return option.getDefaultValue() == null ? "–" : code(option.getDefaultValue().toString());
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    @Test
    void everyHeaderStandsThereAsTheComponentDescribesIt() throws IOException {
        var headers =
                metadata().getEndpointHeaders().stream()
                        .map(it -> List.of(code(it.getName()), side(it), it.getDescription()))
                        .toList();

        assertThat(Markdown.read("yaml.md").table("header"))
                .containsExactlyInAnyOrderElementsOf(headers);
    }

    private static String side(BaseOptionModel header) {
        return switch (header.getLabel() == null ? "" : header.getLabel()) {
            case "consumer" -> "a cache's route";
            case "producer" -> "`to: cistern:…`";
            default -> "both";
        };
    }

    private static ComponentModel metadata() throws IOException {
        try (var in =
                CisternComponent.class.getResourceAsStream(
                        "/META-INF/io/cistern/component/cistern.json")) {
            return JsonMapper.generateComponentModel(
                    new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void exampleOfMongoDbLacksNothingButTheComponent() throws IOException {
        var page = Markdown.read("yaml.md");
        var example = page.block("yaml", "profiles.camel.yaml");
        var catalog = new DefaultCamelCatalog();
        var endpoint = endpoint(new YAMLMapper().readTree(example.text()), "mongodb:");
        var options = endpoint.path("parameters").properties();

        assertThat(new RouteFileCheck().check("profiles.camel.yaml", example.text()))
                .singleElement()
                .asString()
                .contains("component `mongodb` is not on the class path");
        assertThat(options).hasSize(4);
        var uri =
                options.stream()
                        .map(option -> option.getKey() + "=" + option.getValue().asText())
                        .collect(Collectors.joining("&", endpoint.path("uri").asText() + "?", ""));
        var result = catalog.validateEndpointProperties(uri, false, false, true);
        assertThat(result.isSuccess()).as(result.summaryErrorMessage(true)).isTrue();
        var model = catalog.componentModel("mongodb");
        assertThat(page.blocks("sh").get(0).text())
                .contains(
                        "%s:%s:%s "
                                .formatted(
                                        model.getGroupId(),
                                        model.getArtifactId(),
                                        model.getVersion()));
    }

    private static JsonNode endpoint(JsonNode document, String uri) {
        return document.findParents("uri").stream()
                .filter(step -> step.path("uri").asText().startsWith(uri))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksBetweenThePagesLeadSomewhere(Path page) throws IOException {
        var links = LINK.matcher(Files.readString(page)).results().map(it -> it.group(1));

        links.filter(link -> !link.contains("://"))
                .forEach(
                        link -> {
                            var parts = link.split("#", 2);
                            var target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
                            assertThat(target).as(link).exists();
                            if (parts.length > 1) {
                                assertThat(anchors(target)).as(link).contains(parts[1]);
                            }
                        });
    }

    static Stream<Path> pages() throws IOException {
        try (var docs = Files.list(Path.of("docs"))) {
            return Stream.concat(
                    Stream.of(Path.of("README.md")),
                    docs.filter(it -> it.toString().endsWith(".md")).toList().stream())
                    .toList()
                    .stream();
        }
    }

    private static List<String> anchors(Path page) {
        try (var lines = Files.lines(page)) {
            return lines.filter(line -> line.startsWith("#"))
                    .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
                    .map(title -> title.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
