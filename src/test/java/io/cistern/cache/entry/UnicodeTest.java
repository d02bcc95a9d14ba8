package io.cistern.cache.entry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnicodeTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "żółć", "\ud83d\ude00", "a\ud83d\ude00b"})
    void wholeCharactersAreValid(String text) {
        assertThat(Unicode.isValid(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "\ude00", "\ud83da", "a\ud83d", "\ude00\ud83d"})
    void halvesOfSurrogatePairsAreNot(String text) {
        assertThat(Unicode.isValid(text)).isFalse();
    }
}
