package io.cistern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OneLineTest {
    @Test
    void leavesOrdinaryTextAlone() {
        assertThat(OneLine.of("größer als 10 % – naïve 😀 `x`"))
                .isEqualTo("größer als 10 % – naïve 😀 `x`");
    }

    @Test
    void writesWhatBreaksLinesOrDrivesTerminalsAsEscapes() {
        assertThat(OneLine.of("a\nb\rc\td")).isEqualTo("a\\nb\\rc\\td");
        assertThat(OneLine.of("\u001b[31mred\u0007")).isEqualTo("\\u001b[31mred\\u0007");
        assertThat(OneLine.of("x\u2028y\u2029z\u0085")).isEqualTo("x\\u2028y\\u2029z\\u0085");
    }
}
