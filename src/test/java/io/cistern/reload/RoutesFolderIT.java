package io.cistern.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cistern.reload.RoutesFolder.Look;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutesFolderIT {
    private static final Path A = Path.of("a.camel.yaml");

    @TempDir Path parent;
    private Path folder;
    private RoutesFolder routes;
    private long now = -5;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createDirectory(parent.resolve("routes"));
        routes = new RoutesFolder(folder, () -> now);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Look look(int afterMillis) throws IOException {
        now += Duration.ofMillis(afterMillis).toNanos();
        return routes.look();
    }

    @Test
    void findsWhatIsYamlAndNotHidden() throws IOException {
        for (var name :
                new String[] {
                    "z.camel.yaml",
                    "b/c.yaml",
                    "b/d.yml",
                    "b/.hidden.camel.yaml",
                    ".git/e.camel.yaml",
                    "b/..2026/f.camel.yaml",
                    "a.camel.yaml~",
                    "a.camel.yaml.swp",
                    "a.txt"
                }) {
            write(name, "x");
        }
        Files.createDirectory(folder.resolve("folder.camel.yaml"));
        Files.createSymbolicLink(folder.resolve("nowhere.camel.yaml"), Path.of("none"));
        assertThat(look(0).files())
                .containsOnlyKeys(Path.of("b/c.yaml"), Path.of("b/d.yml"), Path.of("z.camel.yaml"));
    }

    @Test
    void tellsForHowLongAFileHasNotChanged() throws IOException {
        write("a.camel.yaml", "one");
        assertThat(look(0).files().get(A).quiet()).isZero();
        assertThat(look(300).files().get(A).quiet()).isEqualTo(Duration.ofMillis(300));
        write("a.camel.yaml", "two");
        var seen = look(300).files().get(A);
        assertThat(seen.quiet()).isZero();
        assertThat(seen.text()).isEqualTo("two");
        // Touched, and saved once more as it was.
        write("a.camel.yaml", "two");
        Files.setLastModifiedTime(folder.resolve(A), FileTime.fromMillis(1_000));
        assertThat(look(500).files().get(A).quiet()).isEqualTo(Duration.ofMillis(500));
        assertThat(look(500).files().get(A).version()).isEqualTo(seen.version());
    }

    @Test
    void tellsForHowLongAFileIsGone() throws IOException {
        write("a.camel.yaml", "one");
        look(0);
        Files.delete(folder.resolve(A));
        assertThat(look(100).gone()).containsEntry(A, Duration.ZERO);
        assertThat(look(900).gone()).containsEntry(A, Duration.ofMillis(900));
        write("a.camel.yaml", "one");
        assertThat(look(100).gone()).isEmpty();
        Files.delete(folder.resolve(A));
        look(100);
        assertThat(look(61_000).gone()).isEmpty();
    }

    @Test
    void twoSavesWithinATickOfTheClockAreSeen() throws IOException {
        var moment = FileTime.fromMillis(System.currentTimeMillis());
        write("a.camel.yaml", "one");
        Files.setLastModifiedTime(folder.resolve(A), moment);
        look(0);
        write("a.camel.yaml", "two");
        Files.setLastModifiedTime(folder.resolve(A), moment);
        assertThat(look(250).files().get(A).text()).isEqualTo("two");
    }

    @Test
    void whatCannotBeReadIsSaid() throws IOException {
        Files.write(folder.resolve(A), new byte[] {(byte) 0xff});
        write("b.camel.yaml", "#".repeat((10 << 20) + 1));
        var files = look(0).files();
        assertThat(files.get(A).error()).isEqualTo("is not UTF-8");
        assertThat(files.get(Path.of("b.camel.yaml")).error()).isEqualTo("is larger than 10 MiB");
        assertThat(files.get(A).version())
                .isNotEqualTo(files.get(Path.of("b.camel.yaml")).version());
    }

    @Test
    void aFolderThatIsAwayTakesNothingAlong() throws IOException {
        write("a.camel.yaml", "one");
        look(0);
        Path away = parent.resolve("away");
        Files.move(folder, away);
        assertThatThrownBy(() -> look(5_000)).isInstanceOf(NoSuchFileException.class);
        Files.move(away, folder);
        var look = look(100);
        assertThat(look.gone()).isEmpty();
        assertThat(look.files().get(A).quiet()).isEqualTo(Duration.ofMillis(5_100));
    }

    /** Nobody can tell what is in a folder that is a link to one in which it is. */
    @Test
    void whatCannotBeReadForAWhileIsReadAgain() throws IOException {
        Path inner = Path.of("inner/a.camel.yaml");
        write(inner.toString(), "one");
        long modified = System.currentTimeMillis() - 1_500;
        Files.setLastModifiedTime(folder.resolve(inner), FileTime.fromMillis(modified));
        assertThat(look(0).files().get(inner).text()).isEqualTo("one");

        Path away = parent.resolve("away");
        Files.move(folder.resolve("inner"), away);
        Files.createSymbolicLink(folder.resolve("inner"), Path.of("."));
        await().until(() -> System.currentTimeMillis() - modified > 2_100);
        var closed = look(250).files();
        assertThat(closed.get(Path.of("inner")).error()).contains("links to a folder");
        assertThat(closed).containsKey(inner);

        Files.delete(folder.resolve("inner"));
        Files.move(away, folder.resolve("inner"));
        assertThat(look(250).files()).containsOnlyKeys(inner);
        assertThat(look(250).files().get(inner).text()).isEqualTo("one");
    }
}
