package io.cistern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTuningTest {

    /** Far above what a measurement may take, on a machine with much else to do. */
    private static final Duration LONG = Duration.ofSeconds(3);

    private final SampleTuning tuning = new SampleTuning();

    @ParameterizedTest
    @CsvSource({"tiny, instant", "large, fast", "xlarge, very_slow"})
    void whateverTheWorkAMeasurementIsShort(String size, String time) throws Exception {
        var began = System.nanoTime();

        var result = tuning.measure("f:" + size + ":" + time + ":1", Map.of("cores", "64"));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONG);
        assertThat(result).containsOnlyKeys("workers", "chunk", "speedup", "measuredMs");
        assertThat((int) result.get("workers"))
                .isBetween(1, Runtime.getRuntime().availableProcessors());
        assertThat((int) result.get("chunk")).isBetween(1, 30_000);
        assertThat((double) result.get("speedup")).isGreaterThanOrEqualTo(1);
        assertThat((long) result.get("measuredMs")).isGreaterThanOrEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0", "-3"})
    void whoHasOneCoreIsToldToDoItAlone(String cores) throws Exception {
        var result = tuning.measure("f:medium:fast:1", Map.of("cores", cores));

        assertThat(result)
                .containsEntry("workers", 1)
                .containsEntry("chunk", 300)
                .containsEntry("speedup", 1.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"many", "99999999999999999999", "2.5"})
    void coresThatAreNoNumberAreNoBound(String cores) throws Exception {
        assertThat(tuning.measure("f:small:fast:1", Map.of("cores", cores))).isNotNull();
        assertThat(tuning.measure("f:small:fast:1", null)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "f", "f:small:fast", "f:1000:fast:1", "f:small:0.5:1", "f:a:b:c:d"})
    void aKeyWithoutBucketsHasNoValue(String key) throws Exception {
        assertThat(tuning.measure(key, Map.of())).isNull();
    }

    @Test
    void nothingIsLeftRunning() throws Exception {
        tuning.measure("f:large:fast:1", Map.of("cores", "64"));

        var pools =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals(SampleTuning.THREADS))
                        .toList();
        for (var thread : pools) {
            thread.join(LONG.toMillis());
            assertThat(thread.isAlive()).isFalse();
        }
    }
}
