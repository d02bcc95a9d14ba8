package io.cistern.cache.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

    @ParameterizedTest(name = "{0} on {1}: {2}")
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "h?llo, hello, true",
                "h?llo, hllo, false",
                "h*llo, hllo, true",
                "h*llo, heeeello, true",
                "h*llo, heeeell, false",
                "h[ae]llo, hello, true",
                "h[ae]llo, hillo, false",
                "h[^e]llo, hallo, true",
                "h[^e]llo, hello, false",
                "h[a-b]llo, hbllo, true",
                "h[b-a]llo, hallo, true",
                "h[a-b]llo, hcllo, false",
                "h\\*llo, h*llo, true",
                "h\\*llo, hello, false",
                "h[\\]]llo, h]llo, true",
                "h[a\\-b]llo, h-llo, true",
                "h[a, ha, true",
                "h[^a, hb, true",
                "h[^a, ha, false",
                "h[], h, false",
                "h[], ha, false",
                "h[^], ha, true",
                "h\\, h\\, true",
                "a**b, axxb, true",
                "*, anything, true",
                "**, anything, true",
                "a*, a, true",
                "*a*b*c*, xaybzc, true",
                "*a*b*c*, xaybz, false",
                "user-*, xuser-1, false",
                "{x}*, {x}y, true",
                "H*, hello, false",
                "żół?, żółć, true",
                "?, 😀, true",
                "[ą-ć], ć, true",
                "\"\", a, false",
                "\"\", \"\", true",
                "*, \"\", true",
                "?, \"\", false",
            })
    void matchesAsRedisDoes(String pattern, String key, boolean matches) {
        assertThat(Glob.of(pattern).matches(key)).isEqualTo(matches);
    }

    @Test
    void manyStarsTakeNoExponentialTime() {
        var glob = Glob.of("a*".repeat(500) + "b");
        var key = "a".repeat(2048);

        var matches = Assertions.assertTimeout(Duration.ofSeconds(5), () -> glob.matches(key));

        assertThat(matches).isFalse();
    }
}
