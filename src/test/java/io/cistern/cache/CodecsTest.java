package io.cistern.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodecsTest {

    @ParameterizedTest
    @CsvSource({
        "json, any, JSON",
        "Binary, any, BINARY",
        "'*.png=binary, json', a.png, BINARY",
        "'*.png=binary, json', a.txt, JSON",
        "'a*=json, *b=binary', ab, JSON",
        "'a*=json, *b=binary', cb, BINARY",
        "'a*=json, *b=binary', c, AS_IS",
        "' x=json ,y = binary ', y, BINARY",
        "'k=v=json', k=v, JSON",
        "'k=v=json', k, AS_IS",
        "'*=binary', any, BINARY",
    })
    void theFirstThatMatchesCounts(String text, String key, Codecs.Codec codec) {
        assertThat(Codecs.parse(text).of(key)).isEqualTo(codec);
    }

    @Test
    void withoutRulesAllIsKeptAsItIs() {
        assertThat(Codecs.NONE.of("any")).isEqualTo(Codecs.Codec.AS_IS);
        assertThat(Codecs.NONE).hasToString("");
    }

    @ParameterizedTest
    @CsvSource({
        "xml, 'got xml'",
        "*.png=, 'got nothing'",
        "'json,', 'got nothing'",
        "*.png=java, 'got java'",
        "as_is, 'got as_is'",
        "=json, 'a pattern of keys before =json'",
        "'json, *.png=binary', 'expected json at the end'",
    })
    void whatIsWrongIsSaid(String text, String words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.parse(text))
                .withMessageContaining(words);
    }

    @Test
    void readsAsItIsWritten() {
        assertThat(Codecs.parse("a=b=json,*.png=BINARY, *=json"))
                .hasToString("a=b=json, *.png=binary, json");
    }
}
