package io.cistern.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtagConditionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                " * ",
                "\"abc\"",
                "W/\"abc\"",
                "\"x\", \"abc\"",
                "\"x\",W/\"abc\" , \"y\"",
                "\"a,b\", \"abc\"",
                "\"\", \"abc\""
            })
    void matches(String condition) {
        assertThat(EtagCondition.matches(condition, "abc")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "\"abc",
                "\"ab\"",
                "\"abcd\"",
                "\"ABC\"",
                "\"x\", \"y\"",
                "\", \"abc",
                "\"x\" abc \"y\"",
                "**"
            })
    void doesNotMatch(String condition) {
        assertThat(EtagCondition.matches(condition, "abc")).isFalse();
    }
}
