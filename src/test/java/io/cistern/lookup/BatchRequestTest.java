package io.cistern.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchRequestTest {

    private static byte[] bytes(String body) {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    private static String numbered(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"" + i + "\"")
                .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }

    @Test
    void keysAreGivenOnceInTheirOrder() {
        assertThat(BatchRequest.keys(bytes("{\"keys\":[\"b\",\"a\",\"b\",\"\\u00fc\"]}")))
                .containsExactly("b", "a", "ü");
    }

    @Test
    void otherFieldsAreIgnored() {
        assertThat(BatchRequest.keys(bytes("{\"x\":{\"keys\":[1]},\"keys\":[\"a\"],\"y\":[[]]}")))
                .containsExactly("a");
    }

    @Test
    void asManyKeysAsAllowedAreTaken() {
        assertThat(BatchRequest.keys(bytes(numbered(BatchRequest.MAX_KEYS))))
                .hasSize(BatchRequest.MAX_KEYS);
        assertThatThrownBy(() -> BatchRequest.keys(bytes(numbered(BatchRequest.MAX_KEYS + 1))))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("more than 10000 keys");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "7",
                "\"keys\"",
                "[]",
                "{\"keys\"",
                "{\"keys\":[\"a\"",
                "{\"keys\":[\"a\"]}}",
                "{\"keys\":[\"a\"],}",
                "{\"keys\":null}",
                "{\"keys\":{\"a\":1}}",
                "{\"keys\":[null]}",
                "{\"keys\":[[\"a\"]]}",
                "{\"keys\":[true]}",
                "{\"keys\":[\"\\udc00\"]}",
                "{\"keys\":[\"\\ud83dx\"]}",
                "{'keys':['a']}"
            })
    void anythingElseIsRefused(String body) {
        assertThatThrownBy(() -> BatchRequest.keys(bytes(body)))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("400 ");
    }

    @Test
    void nestingWithoutEndIsRefused() {
        assertThatThrownBy(() -> BatchRequest.keys(bytes("{\"x\":" + "[".repeat(100_000))))
                .isInstanceOf(RequestException.class);
    }

    @Test
    void noBodyIsRefused() {
        assertThatThrownBy(() -> BatchRequest.keys(null)).isInstanceOf(RequestException.class);
    }
}
