package io.cistern.component;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.cistern.cache.Codecs;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.TypeConverter;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.SimpleTypeConverter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueEncoderTest {

    private static final String JSON_TYPE = "application/json";

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final LoadBudget budget = new LoadBudget(1 << 20);

    @BeforeEach
    void start() {
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private ValueEncoder.Encoded encode(String codec, Object body, String type) throws Exception {
        var codecs = codec.isEmpty() ? Codecs.NONE : Codecs.parse(codec);
        try (var room = budget.share()) {
            return new ValueEncoder(context, "items", codecs)
                    .encode("k", body, type, new DefaultExchange(context), room);
        }
    }

    private static String text(ValueEncoder.Encoded value) {
        return new String(value.bytes(), UTF_8);
    }

    /** What Java's serialization would find, if anybody asked it. */
    public static final class Article implements Serializable {
        private static final long serialVersionUID = 1L;

        public String getName() {
            return "article";
        }

        private void writeObject(ObjectOutputStream out) {
            throw new AssertionError("serialized by Java");
        }
    }

    @Test
    void jsonWritesWhatIsNoBytes() throws Exception {
        for (var codec : List.of("", "json")) {
            assertThat(text(encode(codec, Map.of("a", 1), null))).isEqualTo("{\"a\":1}");
            assertThat(encode(codec, Map.of("a", 1), "text/html").type()).isEqualTo(JSON_TYPE);
            assertThat(encode(codec, List.of(), "application/hal+json").type())
                    .isEqualTo("application/hal+json");
        }
    }

    @Test
    void jsonTakesBytesAndTextThatAreJson() throws Exception {
        var json = "{\"a\":[1,\"\u00e4\"]}";
        for (var body :
                List.of(
                        json,
                        json.getBytes(UTF_8),
                        new ByteArrayInputStream(json.getBytes(UTF_8)),
                        ByteBuffer.wrap(json.getBytes(UTF_8)))) {
            var value = encode("json", body, null);
            assertThat(text(value)).isEqualTo(json);
            assertThat(value.type()).isEqualTo(JSON_TYPE);
        }
        assertThat(encode("json", "7", "text/plain").type()).isEqualTo(JSON_TYPE);
        assertThat(encode("json", "7", "application/problem+json; x=y").type())
                .isEqualTo("application/problem+json; x=y");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "secret", "{\"a\":1", "{} {}", "{\"a\":1,}", "<p>x</p>", "NaN"})
    void jsonRefusesBytesThatAreNone(String body) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encode("json", body, JSON_TYPE))
                .withMessageStartingWith("cache items, key k: the codec json takes no such bytes: ")
                .withMessageNotContaining("secret");
    }

    @Test
    void jsonIsInUtf8() {
        var other = "\"\u00e4\"".getBytes(StandardCharsets.ISO_8859_1);
        var wide = "{\"a\":1}".getBytes(StandardCharsets.UTF_16BE);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> encode("json", other, null))
                .withMessageEndingWith("no UTF-8");
        assertThatIllegalArgumentException().isThrownBy(() -> encode("json", wide, null));
    }

    @Test
    void binaryTakesWhatIsBytes() throws Exception {
        var bytes = new byte[] {0, -1, 7};
        for (var body : List.of(bytes, new ByteArrayInputStream(bytes), ByteBuffer.wrap(bytes))) {
            var value = encode("binary", body, null);
            assertThat(value.bytes()).isEqualTo(bytes);
            assertThat(value.type()).isEqualTo("application/octet-stream");
        }
        assertThat(encode("binary", bytes, "image/png").type()).isEqualTo("image/png");
        assertThat(text(encode("binary", "text", " "))).isEqualTo("text");
        assertThat(encode("binary", "text", " ").type()).isEqualTo("application/octet-stream");
    }

    @Test
    void binaryNamesWhatHasNoBytes() {
        for (var body : List.of(Map.of("a", 1), List.of(1), 7, new Article())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encode("binary", body, "image/png"))
                    .withMessage(
                            "cache items, key k: the codec binary takes bytes, text, a stream or a"
                                    + " file, not "
                                    + body.getClass().getName());
        }
    }

    @Test
    void noCodecSerializesByJavaThoughAConverterWould() throws Exception {
        TypeConverter serializing =
                new SimpleTypeConverter(
                        false,
                        (type, exchange, value) -> {
                            throw new AssertionError("asked for " + type);
                        });
        for (var type : List.of(byte[].class, InputStream.class, ByteBuffer.class)) {
            context.getTypeConverterRegistry()
                    .addTypeConverter(type, Serializable.class, serializing);
            context.getTypeConverterRegistry().addTypeConverter(type, Article.class, serializing);
        }

        for (var codec : List.of("", "json")) {
            var value = encode(codec, new Article(), "application/x-java-serialized-object");
            assertThat(text(value)).isEqualTo("{\"name\":\"article\"}");
            assertThat(value.type()).isEqualTo(JSON_TYPE);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                encode(
                                        "binary",
                                        new Article(),
                                        "application/x-java-serialized-object"));
    }

    @Test
    void theKeyDecides() throws Exception {
        assertThat(encode("k=binary, json", "no JSON", null).type())
                .isEqualTo("application/octet-stream");
        assertThat(encode("other=json", "no JSON", null).type())
                .isEqualTo("text/plain; charset=utf-8");
    }
}
