package io.cistern.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesByKeyIT {

    @TempDir private Path root;
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        folder = Files.createDirectories(root.resolve("inside"));
        for (var name :
                new String[] {
                    "a.json",
                    "b",
                    "with space.json",
                    "größe.json",
                    "50%.json",
                    "x&y=z.json",
                    ".json",
                    ".hidden.json",
                    "..json"
                }) {
            Files.writeString(folder.resolve(name), name);
        }
        Files.createDirectories(folder.resolve("sub.json"));
        Files.writeString(folder.resolve("sub.json/a.json"), "below");
        Files.writeString(root.resolve("secret.json"), "secret");
        Files.writeString(root.resolve("secret"), "secret");
    }

    private FilesByKey files(String suffix) {
        var files = new FilesByKey();
        files.setFolder(folder.toString());
        files.setSuffix(suffix);
        return files;
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "with space", "größe", "50%", "x&y=z"})
    void keyIsTheNameOfItsFile(String key) throws IOException {
        assertThat(files(".json").find(key)).hasContent(key + ".json");
    }

    @Test
    void suffixMayBeNone() throws IOException {
        assertThat(files("").find("b")).hasContent("b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "...",
                ".hidden",
                "../secret",
                "../inside/a",
                "./a",
                "sub.json/a",
                "sub.json/../a",
                "..\\secret",
                "sub.json\\a",
                "/etc/passwd",
                "//a",
                "a/",
                "a\u0000",
                "a\u0000.json/../../secret",
                "..\u0000/secret",
                "a\n",
                "C:a",
                "C:\\a",
                "a::$DATA",
                "%2e%2e%2fsecret",
                "..%2fsecret",
                "file:a",
                "~/a",
                "a.json?delete=true",
                "\uD800",
                "\u2025/secret",
                "\uFF0E\uFF0E\uFF0Fsecret",
                "nobody"
            })
    void keyReachesNothingElse(String key) throws IOException {
        assertThat(files(".json").find(key)).isNull();
        assertThat(files("").find(key)).isNull();
    }

    /** A cache means the same on every system. */
    @ParameterizedTest
    @DisabledOnOs(OS.WINDOWS)
    @ValueSource(strings = {"a\\b", "a:b", "a\nb"})
    void namesThatOnlySomeSystemsAllowAreNoKeys(String key) throws IOException {
        Files.writeString(folder.resolve(key + ".json"), "there");

        assertThat(files(".json").find(key)).isNull();
    }

    @Test
    void absolutePathOfAFileInsideIsNoKey() throws IOException {
        assertThat(files("").find(folder.resolve("b").toString())).isNull();
    }

    @Test
    void folderIsNoFile() throws IOException {
        assertThat(files(".json").find("sub")).isNull();
        assertThat(files("").find("sub.json")).isNull();
    }

    @Test
    void keyLongerThanAnyNameHasNoFile() throws IOException {
        assertThat(files(".json").find("x".repeat(2048))).isNull();
    }

    @Test
    void folderThatIsAwayIsAFailureAndNoAnswer() {
        var away = new FilesByKey();
        away.setFolder(root.resolve("unmounted").toString());

        assertThatThrownBy(() -> away.find("a")).isInstanceOf(NotDirectoryException.class);
        assertThatThrownBy(() -> away.find("../secret")).isInstanceOf(NotDirectoryException.class);
    }
}
