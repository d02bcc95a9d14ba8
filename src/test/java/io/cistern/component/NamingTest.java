package io.cistern.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamingTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "with space", "ä😀", "red/x:y=*?[]{}", "\"quoted\""})
    void anythingElseIsAName(String text) {
        assertThat(Naming.mistake(text)).isNull();
        assertThat(Naming.tags(List.of(text))).containsExactly(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "a\u0000", "a\u007f", "\u0085a", "a\tb"})
    void whatIsEmptyOrHasControlCharactersIsNone(String text) {
        assertThat(Naming.mistake(text)).isIn("is empty", "has control characters");
    }

    @Test
    void nothingAndTooMuchIsNone() {
        assertThat(Naming.mistake(null)).isEqualTo("is empty");
        assertThat(Naming.mistake("x".repeat(1024))).isNull();
        assertThat(Naming.mistake("x".repeat(1025))).isEqualTo("is longer than 1024 characters");
    }

    @Test
    void tagsComeByCommasOrAsACollection() {
        assertThat(Naming.tags(null)).isEmpty();
        assertThat(Naming.tags(List.of())).isEmpty();
        assertThat(Naming.tags(" a, b c ,a")).containsExactly("a", "b c");
        assertThat(Naming.tags(List.of("a,b", 7))).containsExactly("a,b", "7");
    }

    @Test
    void oneWrongTagIsTold() {
        for (var wrong :
                new Object[] {
                    "",
                    ",",
                    "a,",
                    "a,,b",
                    "a, ,b",
                    "a,b\u0001",
                    "a," + "x".repeat(1025),
                    List.of("a", ""),
                    Arrays.asList("a", null)
                }) {
            assertThatThrownBy(() -> Naming.tags(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("a tag ");
        }
    }
}
