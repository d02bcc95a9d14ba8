package io.cistern.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "300ms, 300",
        "30s, 30000",
        "10m, 600000",
        "2h, 7200000",
        "7d, 604800000",
        "5, 5000",
        "0, 0",
        "' 10M ', 600000"
    })
    void readsEveryUnit(String text, long millis) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void readsPlainNumbersInTheUnitThatIsAskedFor() {
        assertThat(DurationText.parse("250", ChronoUnit.MILLIS)).isEqualTo(Duration.ofMillis(250));
        assertThat(DurationText.parse("2s", ChronoUnit.MILLIS)).isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1s", "1.5s", "10 m", "1h30m", "5w", "s", "PT1H", "٣s"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "\"%s\" is not a duration; expected a duration such as 300ms, 30s, 10m,"
                                + " 2h or 7d",
                        text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"106752d", "999999999999999999d", "99999999999999999"})
    void refusesWhatDoesNotFitIntoNanoseconds(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too long a duration");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "300ms", "90s", "10m", "25h", "7d", "1ms", "1001ms"})
    void writesWhatItReads(String text) {
        assertThat(DurationText.format(DurationText.parse(text))).isEqualTo(text);
    }

    @Test
    void writesInTheLargestExactUnit() {
        assertThat(DurationText.format(Duration.ofSeconds(3600))).isEqualTo("1h");
        assertThat(DurationText.format(Duration.ofHours(48))).isEqualTo("2d");
        assertThatThrownBy(() -> DurationText.format(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
