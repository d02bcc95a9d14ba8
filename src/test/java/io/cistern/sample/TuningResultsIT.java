package io.cistern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.testing.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The shipped cache of tuning results, asked over HTTP and by the example in Python. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TuningResultsIT {
    private static final String CACHE = "tuning-results";
    private static final String ENVIRONMENT = "Cistern-Environment";
    private static final String HERE = "cores=2, start-method=\"fork\", memory=17179869184";
    private static final Path EXAMPLE = Path.of("docs/examples/tuned_map.py");

    /** The items of the demo take that long, whatever else the machine does. */
    private static final String[] DEMO = {"--demo", "--timeout", "20", "--seconds"};

    @TempDir Path folder;

    private RedisServer redis;
    private Instance instance;

    @BeforeAll
    void start() throws Exception {
        redis = RedisServer.start();
        instance = Instance.on(redis).routesOf(Path.of("routes")).start();
    }

    @AfterAll
    void stop() throws Exception {
        instance.close();
        redis.close();
    }

    private String status(String key, String... headers) {
        var answer = instance.lookup(CACHE, key, headers);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.cacheStatus();
    }

    private long loads() {
        return instance.statistic(CACHE, "loads");
    }

    @Test
    void sizesAndTimesOfOneBucketAreMeasuredOnce() {
        var before = loads();

        assertThat(status("once:1000:0.0002:1", ENVIRONMENT, HERE)).contains("uri-miss", "stored");
        assertThat(status("once:1500:0.0009:1", ENVIRONMENT, HERE)).contains("hit");
        assertThat(loads()).isEqualTo(before + 1);
        var result = instance.lookup(CACHE, "once:9999:3e-4:1", ENVIRONMENT, HERE).json();
        assertThat(result.path("workers").asInt()).isBetween(1, 2);
        assertThat(result.path("chunk").asInt()).isBetween(1, 3000);
        assertThat(result.path("speedup").asDouble()).isGreaterThanOrEqualTo(1);
        assertThat(result.path("measuredMs").asLong()).isPositive();
        // Another function, version, size, time.
        for (var other :
                List.of(
                        "other:1000:0.0002:1",
                        "once:1000:0.0002:2",
                        "once:999:0.0002:1",
                        "once:1000:0.002:1")) {
            assertThat(status(other, ENVIRONMENT, HERE)).as(other).contains("uri-miss");
        }
    }

    @Test
    void aResultHoldsWhereItWasMeasured() {
        var one = "cores=1, start-method=\"fork\", memory=17179869184";
        status("where:1000:0.0002:1", ENVIRONMENT, HERE);

        assertThat(status("where:1000:0.0002:1", ENVIRONMENT, one)).contains("fwd=vary-miss");
        assertThat(
                        status(
                                "where:1000:0.0002:1",
                                ENVIRONMENT,
                                "cores=2, start-method=\"spawn\", memory=17179869184"))
                .contains("fwd=vary-miss");
        assertThat(
                        status(
                                "where:1000:0.0002:1",
                                ENVIRONMENT,
                                "cores=2, start-method=\"fork\", memory=16000000000"))
                .contains("hit");
        assertThat(status("where:1000:0.0002:1", ENVIRONMENT, one)).contains("hit");
        assertThat(
                        instance.lookup(CACHE, "where:1000:0.0002:1", ENVIRONMENT, one)
                                .json()
                                .path("workers")
                                .asInt())
                .isEqualTo(1);
    }

    @Test
    void whoProfilesOrKnowsNoLengthGetsAMeasurementOfTheirOwn() {
        for (var header : List.of("X-Profile: on", "X-Length: unknown")) {
            var name = header.substring(0, header.indexOf(':'));
            var value = header.substring(header.indexOf(' ') + 1);
            var key = name + ":medium:0.0002:1";

            assertThat(status(key, name, value)).contains("fwd=bypass").doesNotContain("stored");
            assertThat(status(key)).contains("uri-miss", "stored");
            assertThat(status(key, name, value)).contains("fwd=bypass");
            assertThat(status(key)).contains("hit");
        }
        assertThat(instance.lookup(CACHE, "f:-:0.0002:1").status()).isEqualTo(400);
    }

    @Test
    void theExampleLooksItsTuningUp() throws Exception {
        var before = loads();

        var lines = demo("0.0005");

        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).contains("cores=", "start-method=\"");
        assertThat(lines.get(1)).contains("1,000 items", "cistern; fwd=uri-miss; stored");
        assertThat(lines.get(2)).contains("1,500 items", "cistern; hit");
        assertThat(lines.get(3)).contains("profiling", "fwd=bypass");
        assertThat(lines.get(4)).contains("unknown length", "fwd=bypass");
        assertThat(loads()).isEqualTo(before + 3);
    }

    @Test
    void theExampleMeasuresAndStoresForMachinesLikeItsOwn() throws Exception {
        var first = demo("0.005", "--measure");
        var second = demo("0.005", "--measure");

        assertThat(first.get(1)).contains("measured and stored");
        assertThat(first.get(2)).contains("cistern; hit");
        assertThat(second.get(1)).contains("cistern; hit");
        assertThat(tuning(second.get(1))).isEqualTo(tuning(first.get(1)));
    }

    private static String tuning(String line) {
        return line.replaceFirst("(chunk=\\d+).*", "$1");
    }

    @Test
    void withoutCisternTheExampleMapsAllTheSame() throws Exception {
        var away = "Tuner('http://127.0.0.1:" + Ports.free() + "')";
        var script =
                "from tuned_map import *; print(tuned_map(abs, range(-9, 9), %s),".formatted(away)
                        + " tuned_map(abs, iter([-5, -6, -7, -8, -9, -10]), %s),".formatted(away)
                        + " tuned_map(abs, [], %s))".formatted(away);

        assertThat(python("-c", script))
                .containsExactly(
                        "[9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8]"
                                + " [5, 6, 7, 8, 9, 10] []");
    }

    @Test
    void aFunctionIsKnownByItsCode() throws Exception {
        var script =
                "from tuned_map import function_hash as h;"
                        + " f = lambda x: x in {'a', 'b', 'c'}; g = lambda y: y in {'a', 'b', 'd'};"
                        + " n = lambda: [lambda: 1]; m = lambda: [lambda: 2];"
                        + " print(h(f), h(g), h(n), h(m), h(abs), h(print))";

        var hashes = python("-c", script);

        assertThat(python("-c", script)).isEqualTo(hashes);
        assertThat(hashes.get(0).split(" ")).hasSize(6).doesNotHaveDuplicates();
    }

    private List<String> demo(String seconds, String... further) throws Exception {
        var arguments =
                Stream.of(
                                Stream.of(EXAMPLE.toAbsolutePath().toString()),
                                Stream.of(DEMO),
                                Stream.of(seconds),
                                Stream.of(further))
                        .flatMap(each -> each)
                        .toArray(String[]::new);
        return python(arguments);
    }

    /** What a script of the examples' folder prints, line by line. */
    private List<String> python(String... arguments) throws IOException, InterruptedException {
        var out = Files.createTempFile(folder, "python", ".txt");
        var command = Stream.concat(Stream.of("python3"), Stream.of(arguments)).toList();
        var builder = new ProcessBuilder(command);
        builder.directory(EXAMPLE.getParent().toFile());
        builder.environment().put("CISTERN_URL", "http://127.0.0.1:" + instance.port());
        builder.environment().put("no_proxy", "127.0.0.1");
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.redirectErrorStream(true).redirectOutput(out.toFile());
        var process = builder.start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        var text = Files.readString(out, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(text).isZero();
        return text.lines().toList();
    }
}
