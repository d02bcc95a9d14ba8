package io.cistern.store.near;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of what is near: written as a whole, read as far as it is whole. */
class NearFileIT {

    private static final String PLACE = "redis:6379/0 cistern";
    private static final List<Position> POSITIONS =
            List.of(new Position(7, 8), new Position(9, 10));

    @TempDir private Path folder;
    private Path file;

    private static Entry entry(String text) {
        return new Entry(
                text.getBytes(StandardCharsets.UTF_8),
                "text/plain",
                1,
                2,
                3,
                new Position(7, 5),
                List.of("t"),
                "etag",
                "",
                Entry.NO_VERSION,
                false);
    }

    /** What a file said, in its order. */
    private static final class Heard implements NearFile.Reader {
        private final List<String> all = new ArrayList<>();

        @Override
        public void cache(String name, List<Position> positions) {
            all.add(name + positions);
        }

        @Override
        public void entry(String nearKey, Entry entry) {
            all.add(nearKey + "=" + new String(entry.value(), StandardCharsets.UTF_8));
        }
    }

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("near-0");
        try (var out = new NearFile.Writer(file, PLACE)) {
            out.cache("one", POSITIONS);
            out.entry("a", entry("A"));
            out.entry("ż\uDFFFx", entry("B"));
            out.cache("two", List.of());
            out.entry("c", entry("C"));
            out.commit();
        }
    }

    private List<String> read(boolean whole) throws IOException {
        var heard = new Heard();
        assertThat(NearFile.read(file, PLACE, heard)).isEqualTo(whole);
        return heard.all;
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        assertThat(read(true))
                .containsExactly("one" + POSITIONS, "a=A", "ż\uDFFFx=B", "two[]", "c=C");
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void anotherPlacesSaysNothing() throws IOException {
        var heard = new Heard();

        assertThat(NearFile.read(file, "another", heard)).isTrue();
        assertThat(heard.all).isEmpty();
    }

    @Test
    void noFileSaysNothing() throws IOException {
        Files.delete(file);

        assertThat(read(true)).isEmpty();
    }

    @Test
    void whatWasNotFinishedTakesNobodysPlace() throws IOException {
        var before = Files.readAllBytes(file);
        try (var out = new NearFile.Writer(file, PLACE)) {
            out.cache("other", POSITIONS);
        }

        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void aCutFileIsReadAsFarAsItIsWhole() throws IOException {
        var all = read(true);
        var bytes = Files.readAllBytes(file);
        for (var length = 0; length < bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            var heard = new Heard();

            NearFile.read(file, PLACE, heard);

            assertThat(heard.all).as("%d", length).isEqualTo(all.subList(0, heard.all.size()));
        }
    }

    @Test
    void aFlippedBitNeverTellsAnythingElse() throws IOException {
        var all = read(true);
        var bytes = Files.readAllBytes(file);
        for (var bit = 0; bit < bytes.length * 8; bit++) {
            var flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, flipped);
            var heard = new Heard();

            NearFile.read(file, PLACE, heard);

            assertThat(heard.all).as("bit %d", bit).isEqualTo(all.subList(0, heard.all.size()));
        }
    }

    @Test
    void garbageSaysNothing() throws IOException {
        var random = new Random(3);
        for (var i = 0; i < 200; i++) {
            var garbage = new byte[random.nextInt(2000)];
            random.nextBytes(garbage);
            Files.write(file, garbage);
            var heard = new Heard();

            NearFile.read(file, PLACE, heard);

            assertThat(heard.all).isEmpty();
        }
    }
}
