package io.cistern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileByFileCheckIT {
    @TempDir Path folder;

    @Test
    void checksEveryFileOfEveryFolderInOrder() throws Exception {
        write("b/z.camel.yaml", cache("z", "tll"));
        write("b/deep/er/y.camel.yaml", cache("y", "tll"));
        write("a.yaml", cache("a", "ttl"));
        write(".hidden/h.camel.yaml", cache("h", "tll"));
        write("notes.txt", "no route");

        var report = new FileByFileCheck().check(folder);

        assertThat(report.files())
                .containsExactly("a.yaml", "b/deep/er/y.camel.yaml", "b/z.camel.yaml");
        assertThat(report.findings())
                .extracting(Object::toString)
                .containsExactly(
                        "b/deep/er/y.camel.yaml:5:21: route y: unknown option `tll` of cistern:"
                                + " did you mean `ttl`?",
                        "b/z.camel.yaml:5:21: route z: unknown option `tll` of cistern:"
                                + " did you mean `ttl`?");
    }

    @Test
    void whatCannotBeReadAsAFileOfRoutesIsAFinding() throws Exception {
        write("a.yml", cache("a", "ttl"));
        Files.write(folder.resolve("b.camel.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});

        assertThat(new FileByFileCheck().check(folder).findings())
                .extracting(Object::toString)
                .containsExactly(
                        "a.yml: a route file's name ends in .camel.yaml",
                        "b.camel.yaml: is not UTF-8");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    static String cache(String name, String option) {
        return """
                - route:
                    id: %1$s
                    from:
                      uri: cistern:%1$s
                      parameters: { %2$s: 10m }
                      steps:
                        - setBody: { constant: x }
                """
                .formatted(name, option);
    }
}
