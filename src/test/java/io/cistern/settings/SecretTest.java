package io.cistern.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTest {
    @Test
    void showsItselfOnlyWhenAsked() {
        var secret = Secret.of("hunter2");

        assertThat(secret).hasToString("***");
        assertThat(secret.reveal()).isEqualTo("hunter2");
        assertThat(secret).isEqualTo(Secret.of("hunter2")).isNotEqualTo(Secret.of("hunter3"));
    }

    @Test
    void isNoneWhenEmpty() {
        assertThat(Secret.of("")).isEqualTo(Secret.NONE);
        assertThat(Secret.of(null).isPresent()).isFalse();
        assertThat(Secret.NONE).isNotEqualTo(Secret.of("x"));
        assertThat(Secret.of("x")).isEqualTo(Secret.of("x")).hasSameHashCodeAs(Secret.of("y"));
    }
}
