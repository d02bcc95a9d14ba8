package io.cistern.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeTextTest {
    @ParameterizedTest
    @CsvSource({
        "512, 512",
        "512B, 512",
        "0, 0",
        "64KiB, 65536",
        "8MiB, 8388608",
        "1GiB, 1073741824",
        "' 2mib ', 2097152"
    })
    void readsEveryUnit(String text, long bytes) {
        assertThat(SizeText.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "big", "-1", "1.5MiB", "8MB", "8 MiB", "64k", "KiB"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> SizeText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "\"%s\" is not a size; expected a size such as 512, 64KiB, 8MiB or 1GiB",
                        text);
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> SizeText.parse("99999999999GiB"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too large a size");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "512, 512", "1500, 1500", "65536, 64KiB", "8388608, 8MiB"})
    void writesTheLargestExactUnit(long bytes, String text) {
        assertThat(SizeText.format(bytes)).isEqualTo(text);
        assertThat(SizeText.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 bytes",
        "1023, 1023 bytes",
        "1024, 1.0 KiB",
        "259488980, 247.5 MiB",
        "5497558138880, 5120.0 GiB"
    })
    void roundsForPeople(long bytes, String text) {
        assertThat(SizeText.rounded(bytes)).isEqualTo(text);
    }

    @Test
    void writesGibibytesAndNothingNegative() {
        assertThat(SizeText.format(3L << 30)).isEqualTo("3GiB");
        assertThatThrownBy(() -> SizeText.format(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
