package io.cistern.routefiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.warming.strategy.StrategyFileCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every route file that ships is right in structure and options. */
class ShippedRoutesTest {
    private static final Path ROUTES = Path.of("routes");
    private static final RouteFileCheck CHECK = new RouteFileCheck(new StrategyFileCheck());

    @ParameterizedTest
    @MethodSource("files")
    void isRight(Path file) throws IOException {
        assertThat(CHECK.check(ROUTES.relativize(file).toString(), Files.readString(file)))
                .isEmpty();
    }

    @Test
    void routesAndCachesOfAllFilesHaveNamesOfTheirOwn() throws IOException {
        var ids = new java.util.ArrayList<String>();
        var caches = new java.util.ArrayList<String>();
        for (Path file : files().toList()) {
            var read = CHECK.read(file.toString(), Files.readString(file));
            read.declarations().routes().forEach(route -> ids.add(route.name()));
            read.declarations().caches().forEach(cache -> caches.add(cache.name()));
        }
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(caches)
                .doesNotHaveDuplicates()
                .contains(
                        "settings",
                        "detector-models",
                        "datasets",
                        "api-responses",
                        "user-sessions",
                        "places",
                        "tuning-results");
    }

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(ROUTES)) {
            return List.copyOf(files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList())
                    .stream();
        }
    }
}
