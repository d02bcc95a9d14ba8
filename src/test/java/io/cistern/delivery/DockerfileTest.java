package io.cistern.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Dockerfile, as far as it can be checked by reading. */
class DockerfileTest {
    private static final Pattern VERSION = Pattern.compile(".+:[^:]*\\d+\\.\\d+[^:]*");

    private List<String> instructions;

    @BeforeEach
    void read() throws IOException {
        var text =
                Files.readAllLines(Path.of("Dockerfile")).stream()
                        .filter(line -> !line.startsWith("#"))
                        .collect(Collectors.joining("\n"));
        instructions =
                Stream.of(text.replaceAll("\\\\\n\\s*", "").split("\n"))
                        .filter(line -> !line.isBlank())
                        .toList();
    }

    private List<String> all(String instruction) {
        return instructions.stream().filter(line -> line.startsWith(instruction + " ")).toList();
    }

    @Test
    void everyImageIsPinnedOrAStageOfItsOwn() {
        var stages =
                all("FROM").stream()
                        .map(line -> line.split("\\s+"))
                        .filter(words -> words.length == 4)
                        .map(words -> words[3])
                        .toList();

        assertThat(all("FROM")).hasSizeGreaterThan(3);
        assertThat(all("FROM"))
                .map(line -> line.split("\\s+")[1])
                .allSatisfy(
                        image ->
                                assertThat(
                                                stages.contains(image)
                                                        || VERSION.matcher(image).matches())
                                        .as(image)
                                        .isTrue());
    }

    @Test
    void itCopiesWhatIsThereAndNotIgnored() throws IOException {
        var ignored = Files.readAllLines(Path.of(".dockerignore"));

        assertThat(all("COPY"))
                .filteredOn(line -> !line.contains("--from="))
                .map(line -> line.split("\\s+")[1])
                .isNotEmpty()
                .allSatisfy(source -> assertThat(Path.of(source)).exists())
                .doesNotContainAnyElementsOf(ignored);
    }

    @Test
    void librariesAreALayerBelowOurJar() {
        var copies = all("COPY");

        assertThat(copies).anyMatch(line -> line.contains("target/lib"));
        assertThat(copies.indexOf("COPY --from=build /src/target/lib target/lib"))
                .isBetween(
                        0, copies.indexOf("COPY --from=build /src/target/cistern.jar target/") - 1);
    }

    @Test
    void nothingRunsAsRootAfterTheUserIsSet() {
        assertThat(all("USER")).containsExactly("USER 10001");
        var user = instructions.indexOf("USER 10001");
        assertThat(instructions.subList(user, instructions.size()))
                .filteredOn(line -> line.startsWith("FROM "))
                .allMatch(line -> line.startsWith("FROM application"));
    }

    @Test
    void itSaysWhenItIsWellAndHowItStarts() {
        assertThat(all("HEALTHCHECK"))
                .singleElement()
                .asString()
                .contains("/observe/health/ready", "CISTERN_MANAGEMENT_PORT:-9876");
        assertThat(instructions.get(instructions.size() - 1))
                .startsWith("ENTRYPOINT [\"java\", ")
                .contains("-XX:SharedArchiveFile=target/cistern.jsa")
                .doesNotContain("-Xshare:on");
        assertThat(all("COPY")).contains("COPY --from=archive /tmp/cistern.jsa target/");
    }
}
