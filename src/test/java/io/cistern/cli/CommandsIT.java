package io.cistern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.Cistern;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The commands as a process of their own: what scripts get to see. */
class CommandsIT {
    private static final String FINDING =
            "caches/b.camel.yaml:5:21: route b: unknown option `tll` of cistern: did you mean `ttl`?";

    @TempDir Path folder;
    private Path routes;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void prepare() throws IOException {
        routes = Files.createDirectories(folder.resolve("routes/caches")).getParent();
        environment.put("CISTERN_DATA_DIR", folder.resolve("data").toString());
    }

    @Test
    void checkIsSilentWhenNothingIsWrongAndStartsNothing() throws Exception {
        write("a", "ttl");

        var result = run("check");

        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualToIgnoringNewLines("1 file, no findings");
        assertThat(result.code()).isZero();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("routes", "out", "err");
        }
    }

    @Test
    void checkWritesALineForEachFinding() throws Exception {
        write("a", "ttl");
        write("b", "tll");
        environment.put("LOG_LEVEL", "debug");

        var result = run("check", "routes");

        assertThat(result.out().lines()).containsExactly(FINDING);
        assertThat(result.err()).endsWith("2 files, 1 finding" + System.lineSeparator());
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void checkWritesOneJsonDocument() throws Exception {
        write("b", "tll");

        var result = run("check", "--format=json");

        JsonNode document = new ObjectMapper().readTree(result.out());
        assertThat(document.at("/files/0").asText()).isEqualTo("caches/b.camel.yaml");
        assertThat(document.at("/findings/0/line").asInt()).isEqualTo(5);
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void checkWritesSarifWithPathsFromTheWorkingDirectory() throws Exception {
        write("b", "tll");

        var result = run("check", routes.toString(), "--format", "sarif");

        JsonNode log = new ObjectMapper().readTree(result.out());
        assertThat(log.path("version").asText()).isEqualTo("2.1.0");
        assertThat(
                        log.at("/runs/0/results/0/locations/0/physicalLocation/artifactLocation")
                                .path("uri")
                                .asText())
                .isEqualTo("routes/caches/b.camel.yaml");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void theFolderIsThatOfTheSettings() throws Exception {
        write("b", "tll");
        Files.createDirectory(folder.resolve("config"));
        Files.writeString(
                folder.resolve("config/application.properties"), "CISTERN_ROUTES_DIR=elsewhere\n");

        var ofFile = run("check");
        environment.put("CISTERN_ROUTES_DIR", routes.toString());
        environment.put("REDIS_PORT", "wrong, which is no concern of a check");
        var ofEnvironment = run("check");

        assertThat(ofFile.err())
                .startsWith("folder `elsewhere` (CISTERN_ROUTES_DIR) does not exist");
        assertThat(ofFile.code()).isEqualTo(2);
        assertThat(ofEnvironment.out().lines()).containsExactly(FINDING);
        assertThat(ofEnvironment.code()).isEqualTo(1);
    }

    @Test
    void whatIsNoReadableFolderIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        var missing = run("check", "rutes");
        var noFolder = run("routes", file.toString());

        assertThat(missing.err()).startsWith("folder `rutes` does not exist");
        assertThat(noFolder.err()).startsWith("`" + file + "` is a file; expected a folder");
        assertThat(List.of(missing, noFolder))
                .allMatch(result -> result.code() == 2)
                .allMatch(result -> result.out().isEmpty());
    }

    @Test
    void routesListsWhatWouldRunAndNamesWhatWouldNot() throws Exception {
        write("a", "ttl");
        write("b", "tll");

        var text = run("routes", "routes");
        var json = run("routes", "--format", "json");

        assertThat(text.out().lines())
                .containsExactly(
                        "Caches",
                        "  NAME  TTL  FILE                 ROUTE  ORIGIN",
                        "  a     10m  caches/a.camel.yaml  a      -",
                        "",
                        "Files with findings: nothing of them would run",
                        "  FILE                 FINDINGS",
                        "  caches/b.camel.yaml  1",
                        "  What is wrong: java -jar target/cistern.jar check routes");
        assertThat(new ObjectMapper().readTree(json.out()))
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        """
                                        {"caches": [{"name": "a", "file": "caches/a.camel.yaml",
                                          "route": "a", "ttl": "10m", "origins": []}],
                                         "strategies": [], "routes": [],
                                         "refused": [{"file": "caches/b.camel.yaml", "findings": 1}]}
                                        """));
        assertThat(List.of(text, json))
                .allMatch(result -> result.code() == 0)
                .allMatch(result -> result.err().isEmpty());
    }

    @Test
    void wrongUsageAndHelpAndVersionNeedNoFolder() throws Exception {
        var wrong = run("chekc");
        var help = run("--help");
        var version = run("--version");

        assertThat(wrong.err()).startsWith("unknown command `chekc`: did you mean `check`?");
        assertThat(wrong.out()).isEmpty();
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(help.out()).startsWith("Usage: ");
        assertThat(version.out()).startsWith("Cistern ");
        assertThat(List.of(help, version))
                .allMatch(result -> result.code() == 0)
                .allMatch(result -> result.err().isEmpty());
    }

    @Test
    void whatOthersPrintAndLogGoesToStandardError() throws Exception {
        var quiet = run(NoisyCheck.class, "check", "routes");
        environment.put("LOG_LEVEL", "info");
        var talkative = run(NoisyCheck.class, "check", "routes");

        assertThat(quiet.err().lines())
                .containsExactly("printed by a bean", "check failed: `gone` does not exist");
        assertThat(talkative.err()).contains("logged by Cistern", "printed by a bean");
        assertThat(List.of(quiet, talkative))
                .allMatch(result -> result.code() == 2)
                .allMatch(result -> result.out().isEmpty());
    }

    @Test
    void aReportThatCannotBeWrittenIsNoSuccess() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "there is no device that is full");
        write("a", "ttl");

        var result = run(Cistern.class, new File("/dev/full"), "check", "--format=json");

        assertThat(result.err()).contains("the output could not be written");
        assertThat(result.code()).isEqualTo(2);
    }

    /** A check during which something prints, as a user's bean might, and which then fails. */
    static final class NoisyCheck {
        public static void main(String[] args) {
            FolderCheck check =
                    folder -> {
                        System.out.println("printed by a bean");
                        LoggerFactory.getLogger(NoisyCheck.class).info("logged by Cistern");
                        throw new NoSuchFileException("gone");
                    };
            System.exit(new Cli(() -> check).run(args));
        }
    }

    private void write(String name, String option) throws IOException {
        Files.writeString(
                routes.resolve("caches/" + name + ".camel.yaml"),
                """
                - route:
                    id: %1$s
                    from:
                      uri: cistern:%1$s
                      parameters: { %2$s: 10m }
                      steps:
                        - setBody: { constant: x }
                """
                        .formatted(name, option));
    }

    private Result run(String... arguments) throws Exception {
        return run(Cistern.class, arguments);
    }

    private Result run(Class<?> main, String... arguments) throws Exception {
        return run(main, folder.resolve("out").toFile(), arguments);
    }

    private Result run(Class<?> main, File out, String... arguments) throws Exception {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx128m",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main.getName()));
        command.addAll(Arrays.asList(arguments));
        Path err = folder.resolve("err");
        var process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(out)
                        .redirectError(err.toFile());
        process.environment()
                .keySet()
                .removeIf(name -> name.matches("(CISTERN|CACHE|REDIS|CIRCUIT_BREAKER|LOG)_.*"));
        process.environment().putAll(environment);
        var running = process.start();
        try {
            assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            running.destroyForcibly();
        }
        String written = out.isFile() ? Files.readString(out.toPath()) : "";
        return new Result(running.exitValue(), written, Files.readString(err));
    }

    private record Result(int code, String out, String err) {}
}
