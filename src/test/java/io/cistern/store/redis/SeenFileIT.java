package io.cistern.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeenFileIT {

    private static final Partition ONE = new Partition("one", 0);
    private static final Partition OTHER = new Partition("other", 7);

    @TempDir Path folder;

    private SeenFile open() {
        return SeenFile.open(folder.resolve("data"), "redis:6379/0").orElseThrow();
    }

    private Path file() throws IOException {
        try (var files = Files.list(folder.resolve("data"))) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void keepsTheLatestOfEachPartition() throws IOException {
        try (var seen = open()) {
            assertThat(seen.of(ONE)).isEqualTo(Position.UNKNOWN);
            IntStream.rangeClosed(1, 100).forEach(i -> seen.keep(ONE, new Position(5, i)));
            seen.keep(OTHER, new Position(6, 1));
            seen.keep(ONE, new Position(5, 99));
        }
        try (var seen = open()) {
            assertThat(seen.of(ONE)).isEqualTo(new Position(5, 100));
            assertThat(seen.of(OTHER)).isEqualTo(new Position(6, 1));
            seen.keep(ONE, new Position(5, 101));
        }
        assertThat(Files.size(file())).isEqualTo(80);
        try (var seen = open()) {
            assertThat(seen.of(ONE)).isEqualTo(new Position(5, 101));
        }
    }

    @Test
    void instancesOfOneFolderReadEachOthers() {
        try (var one = open();
                var other = open()) {
            one.keep(ONE, new Position(5, 100));
            other.keep(ONE, new Position(5, 200));
        }
        try (var one = open();
                var other = open()) {
            assertThat(one.of(ONE)).isEqualTo(new Position(5, 200));
            assertThat(other.of(ONE)).isEqualTo(new Position(5, 200));
        }
    }

    @Test
    void whatIsTornOrForeignCountsAsNotThere() throws IOException {
        try (var seen = open()) {
            seen.keep(ONE, new Position(5, 100));
            seen.keep(OTHER, new Position(6, 1));
        }
        var bytes = Files.readAllBytes(file());
        bytes[20] ^= 1;
        Files.write(file(), java.util.Arrays.copyOf(bytes, bytes.length - 3));

        try (var seen = open()) {
            assertThat(seen.of(ONE)).isEqualTo(Position.UNKNOWN);
            assertThat(seen.of(OTHER)).isEqualTo(Position.UNKNOWN);
            seen.keep(OTHER, new Position(6, 2));
        }
        try (var seen = open()) {
            assertThat(seen.of(OTHER)).isEqualTo(new Position(6, 2));
        }
    }

    @Test
    void aFolderThatCantBeUsedHoldsNobodyUp() throws IOException {
        Files.writeString(folder.resolve("data"), "a file");

        assertThat(SeenFile.open(folder.resolve("data"), "redis:6379/0")).isEmpty();
    }
}
