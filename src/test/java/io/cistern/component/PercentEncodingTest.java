package io.cistern.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentEncodingTest {

    @ParameterizedTest
    @CsvSource({
        "abc-._~09AZ, abc-._~09AZ",
        "a/b, a%2Fb",
        "a?b#c, a%3Fb%23c",
        "100%, 100%25",
        "a+b c, a%2Bb%20c",
        "ü, %C3%BC",
        "., %2E",
        ".., %2E%2E",
        "..., ...",
        "a/../b, a%2F..%2Fb",
        "${x}, %24%7Bx%7D"
    })
    void encodesAllButTheUnreserved(String text, String encoded) {
        assertThat(PercentEncoding.encode(text)).isEqualTo(encoded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b?c#d", "\u0000\n\r", "日本-\uD83D\uDE80", "%2F", "@:;=&,$!*'()"})
    void anySegmentDecodesToWhatItWas(String text) {
        var path = URI.create("http://h/" + PercentEncoding.encode(text)).getPath();

        assertThat(path).isEqualTo("/" + text);
    }
}
