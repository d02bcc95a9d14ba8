package io.cistern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.routefiles.RouteFileProblem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A report in each of its formats. */
class ReportsTest {
    private static final RouteFileProblem IN_ROUTE =
            new RouteFileProblem("caches/a.camel.yaml", 5, 21, "places", "unknown option `tll`");
    private static final RouteFileProblem IN_FILE =
            new RouteFileProblem("b c/é:1.yml", 0, 0, null, "is not\nUTF-8");
    private static final Report REPORT =
            new Report(
                    List.of("caches/a.camel.yaml", "b c/é:1.yml", "right.camel.yaml"),
                    List.of(IN_ROUTE, IN_FILE));
    private static final Report CLEAN = new Report(List.of("right.camel.yaml"), List.of());

    @Test
    void textHasALineForEachFinding() {
        assertThat(TextReport.findings(REPORT))
                .containsExactly(
                        "caches/a.camel.yaml:5:21: route places: unknown option `tll`",
                        "b c/é:1.yml: is not\\nUTF-8");
        assertThat(TextReport.findings(CLEAN)).isEmpty();
    }

    @Test
    void summaryCounts() {
        assertThat(TextReport.summary(REPORT)).isEqualTo("3 files, 2 findings");
        assertThat(TextReport.summary(CLEAN)).isEqualTo("1 file, no findings");
        assertThat(TextReport.summary(new Report(List.of(), List.of())))
                .isEqualTo("no files, no findings");
    }

    @Test
    void jsonHasFilesAndFindings() throws Exception {
        assertThat(read(JsonReport.of(REPORT)))
                .isEqualTo(
                        read(
                                """
                                {"files": ["caches/a.camel.yaml", "b c/é:1.yml", "right.camel.yaml"],
                                 "findings": [
                                  {"file": "caches/a.camel.yaml", "line": 5, "column": 21,
                                   "route": "places", "message": "unknown option `tll`"},
                                  {"file": "b c/é:1.yml", "line": null, "column": null,
                                   "route": null, "message": "is not\\nUTF-8"}]}
                                """));
        assertThat(read(JsonReport.of(CLEAN)).path("findings").isArray()).isTrue();
    }

    @Test
    void sarifHasWhatTheStandardRequires() throws Exception {
        JsonNode log = sarif(REPORT, Path.of("routes"), Path.of(""));

        assertThat(log.path("$schema").asText()).endsWith("/sarif-schema-2.1.0.json");
        assertThat(log.path("version").asText()).isEqualTo("2.1.0");
        assertThat(log.path("runs")).hasSize(1);
        JsonNode driver = log.at("/runs/0/tool/driver");
        assertThat(driver.path("name").asText()).isEqualTo("Cistern");
        assertThat(driver.path("version").asText()).isEqualTo("1.2.3");
        assertThat(log.at("/runs/0/invocations/0/executionSuccessful").asBoolean()).isTrue();
    }

    @Test
    void everySarifResultNamesARuleThatCodeScanningCanShow() throws Exception {
        JsonNode run = sarif(REPORT, Path.of("routes"), Path.of("")).at("/runs/0");

        assertThat(run.path("results")).hasSize(2);
        for (JsonNode result : run.path("results")) {
            JsonNode rule = run.at("/tool/driver/rules/" + result.path("ruleIndex").asInt());
            assertThat(result.path("ruleId")).isEqualTo(rule.path("id"));
            assertThat(rule.at("/shortDescription/text").asText()).isNotEmpty();
            assertThat(rule.at("/fullDescription/text").asText()).isNotEmpty();
            assertThat(rule.at("/help/text").asText()).isNotEmpty();
            assertThat(result.path("level").asText()).isEqualTo("error");
        }
    }

    @Test
    void sarifPlacesAreUrisFromTheRootOfTheSources() throws Exception {
        JsonNode results =
                sarif(REPORT, Path.of("deploy/./routes"), Path.of("")).at("/runs/0/results");

        JsonNode first = results.get(0);
        assertThat(first.at("/message/text").asText())
                .isEqualTo("route places: unknown option `tll`");
        assertThat(first.at("/locations/0/physicalLocation"))
                .isEqualTo(
                        read(
                                """
                                {"artifactLocation": {"uri": "deploy/routes/caches/a.camel.yaml",
                                                      "uriBaseId": "%SRCROOT%"},
                                 "region": {"startLine": 5, "startColumn": 21}}
                                """));
        assertThat(results.at("/1/locations/0/physicalLocation/artifactLocation/uri").asText())
                .isEqualTo("deploy/routes/b%20c/%C3%A9%3A1.yml");
        assertThat(results.at("/1/locations/0/physicalLocation/region"))
                .isEqualTo(read("{\"startLine\": 1}"));
        assertThat(results.at("/1/message/text").asText()).isEqualTo("is not\nUTF-8");
    }

    @Test
    void sarifPlacesOutsideTheSourcesAreAbsolute() throws Exception {
        JsonNode place =
                sarif(REPORT, Path.of("/etc/routes"), Path.of("/work"))
                        .at("/runs/0/results/0/locations/0/physicalLocation/artifactLocation");

        assertThat(place.path("uri").asText()).isEqualTo("file:///etc/routes/caches/a.camel.yaml");
        assertThat(place.has("uriBaseId")).isFalse();
    }

    @Test
    void sarifWithoutFindingsHasNoResultsButARun() throws Exception {
        JsonNode results = sarif(CLEAN, Path.of("routes"), Path.of("")).at("/runs/0/results");

        assertThat(results.isArray()).isTrue();
        assertThat(results).isEmpty();
    }

    private static JsonNode sarif(Report report, Path folder, Path root)
            throws JsonProcessingException {
        return read(SarifReport.of(report, folder, root, "1.2.3"));
    }

    private static JsonNode read(String json) throws JsonProcessingException {
        return new ObjectMapper().readTree(json);
    }
}
