package io.cistern.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.Codecs;
import io.cistern.cache.entry.Environment;
import io.cistern.cache.spi.Loader;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ValueReaderTest {
    private static final LoadBudget ROOM = new LoadBudget(1 << 20);

    private DefaultCamelContext context;

    @BeforeAll
    void start() {
        context = new DefaultCamelContext();
        context.start();
    }

    @AfterAll
    void stop() {
        context.stop();
    }

    private ValueEncoder encoder() {
        return new ValueEncoder(context, "items", Codecs.NONE);
    }

    private Exchange answer(Object body, Object... headers) {
        var exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(body);
        for (var i = 0; i < headers.length; i += 2) {
            exchange.getMessage().setHeader((String) headers[i], headers[i + 1]);
        }
        return exchange;
    }

    private Loader.Value tagged(String tags, Object body, Object... headers) throws Exception {
        return new ValueReader(encoder(), new TagExpressions(context, tags))
                .one(
                        new Loader.Request(List.of("k"), Map.of()),
                        answer(body, headers),
                        ROOM.share())
                .get("k");
    }

    /** The answer of a route that got an entity tag. */
    private Loader.Value compared(Object body, Object... headers) throws Exception {
        var exchange = answer(body, "CisternEtag", "v1");
        for (var i = 0; i < headers.length; i += 2) {
            exchange.getMessage().setHeader((String) headers[i], headers[i + 1]);
        }
        return new ValueReader(encoder(), new TagExpressions(context, "${body}"))
                .one(
                        new Loader.Request(List.of("k"), Map.of(), "v1", Environment.NONE),
                        exchange,
                        ROOM.share())
                .get("k");
    }

    @Test
    void notModifiedSaysThatTheOlderValueHolds() throws Exception {
        for (var body : new Object[] {null, "", new byte[] {1}}) {
            var value =
                    compared(
                            body,
                            Exchange.HTTP_RESPONSE_CODE,
                            304,
                            "CisternTtl",
                            "5s",
                            "CisternMaxStale",
                            "0",
                            "CisternOriginVersion",
                            7);

            assertThat(value.notModified()).isTrue();
            assertThat(value.ttl()).isEqualTo(Duration.ofSeconds(5));
            assertThat(value.maxStale()).isZero();
            assertThat(value.originVersion()).isEqualTo(7);
        }
    }

    @Test
    void theTagThatTheRouteGotIsNotTheTagOfAnotherValue() throws Exception {
        assertThat(compared("new").etag()).isNull();
        assertThat(compared("new").notModified()).isFalse();
        assertThat(compared("new", "CisternEtag", "\"v1\"").etag()).isEqualTo("\"v1\"");
        assertThat(compared("new", "CisternEtag", "v2").etag()).isEqualTo("v2");
        assertThat(compared(null).negative()).isTrue();
        assertThat(read("new", "CisternEtag", "v1").etag()).isEqualTo("v1");
    }

    @Test
    void notModifiedWithoutATagToCompareIsAFailure() {
        assertThatThrownBy(() -> read(null, Exchange.HTTP_RESPONSE_CODE, 304))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("CisternEtag");
        assertThatThrownBy(
                        () ->
                                new ValueReader(encoder(), new TagExpressions(context, null))
                                        .many(
                                                List.of("k"),
                                                answer(null, Exchange.HTTP_RESPONSE_CODE, 304),
                                                ROOM.share()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("many keys");
    }

    private Loader.Value read(Object body, Object... headers) throws Exception {
        return tagged(null, body, headers);
    }

    private static String text(Loader.Value value) {
        return new String(value.value(), StandardCharsets.UTF_8);
    }

    @Test
    void bytesAndTextAreTakenAsTheyAre() throws Exception {
        var bytes = new byte[] {1, 2, 3};

        assertThat(read(bytes).value()).isEqualTo(bytes);
        assertThat(read(bytes).contentType()).isEqualTo("application/octet-stream");
        assertThat(read(new ByteArrayInputStream(bytes)).value()).isEqualTo(bytes);
        assertThat(read(ByteBuffer.wrap(bytes)).value()).isEqualTo(bytes);
        assertThat(text(read("ü"))).isEqualTo("ü");
        assertThat(read("ü").contentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(text(read(new StringBuilder("text")))).isEqualTo("text");
    }

    @Test
    void contentTypeOfTheOriginIsKept() throws Exception {
        assertThat(read("x", Exchange.CONTENT_TYPE, "text/csv").contentType())
                .isEqualTo("text/csv");
        assertThat(read("x", Exchange.CONTENT_TYPE, " ").contentType()).startsWith("text/plain");
    }

    @Test
    void anythingElseBecomesJson() throws Exception {
        var row = new LinkedHashMap<String, Object>();
        row.put("id", 1);
        row.put("at", Instant.parse("2026-11-21T10:00:00Z"));
        row.put("none", null);

        var value = read(row, Exchange.CONTENT_TYPE, "text/html");
        assertThat(text(value))
                .isEqualTo("{\"id\":1,\"at\":\"2026-11-21T10:00:00Z\",\"none\":null}");
        assertThat(value.contentType()).isEqualTo("application/json");
        assertThat(text(read(List.of(1, 2)))).isEqualTo("[1,2]");
        assertThat(text(read(42))).isEqualTo("42");
        assertThat(read(row, Exchange.CONTENT_TYPE, "application/geo+json").contentType())
                .isEqualTo("application/geo+json");
    }

    @Test
    void whatTheOriginDoesNotHaveIsNegative() throws Exception {
        assertThat(read((Object) null).negative()).isTrue();
        assertThat(read("x", Exchange.HTTP_RESPONSE_CODE, 404).negative()).isTrue();
        assertThat(read("x", Exchange.HTTP_RESPONSE_CODE, 410).negative()).isTrue();
        assertThat(read("x", Exchange.HTTP_RESPONSE_CODE, 200).negative()).isFalse();
        assertThat(read("", Exchange.HTTP_RESPONSE_CODE, 200).negative()).isFalse();
    }

    @Test
    void headersOfTheRouteSayMore() throws Exception {
        var value =
                read(
                        "x",
                        "CisternTtl",
                        "90s",
                        "CisternTags",
                        "a, b,,a",
                        "CisternEtag",
                        "v1",
                        "CisternOriginVersion",
                        7);

        assertThat(value.ttl()).isEqualTo(Duration.ofSeconds(90));
        assertThat(value.tags()).containsExactly("a", "b");
        assertThat(value.etag()).isEqualTo("v1");
        assertThat(value.originVersion()).isEqualTo(7);
        assertThat(read("x", "CisternTtl", Duration.ofHours(1)).ttl()).hasHours(1);
        assertThat(read("x", "CisternTags", List.of("c", "d")).tags()).containsExactly("c", "d");
    }

    @Test
    void whatIsNotThereMayBeKnownForAsLongAsTheRouteSays() throws Exception {
        assertThat(read(null, "CisternTtl", "5m").ttl()).hasMinutes(5);
        assertThat(read("", Exchange.HTTP_RESPONSE_CODE, 404, "CisternTtl", "5m").ttl())
                .hasMinutes(5);
        assertThat(read(null).ttl()).isNull();

        var many =
                new ValueReader(encoder(), new TagExpressions(context, null))
                        .many(
                                List.of("a", "b"),
                                answer(
                                        Map.of("a", "x"),
                                        "CisternTtl",
                                        "5m",
                                        "CisternMaxStale",
                                        "0"),
                                ROOM.share());
        assertThat(many.get("a").maxStale()).isZero();
        assertThat(many.get("b").negative()).isTrue();
        assertThat(many.get("b").ttl()).hasMinutes(5);
    }

    @Test
    void aDurationThatIsNoneIsToldByItsHeader() throws Exception {
        assertThat(read("x", "CisternMaxStale", "2h").maxStale()).hasHours(2);
        assertThat(read("x", "CisternMaxStale", Duration.ZERO).maxStale()).isZero();
        assertThat(read("x").maxStale()).isNull();
        for (var name : List.of("CisternTtl", "CisternMaxStale")) {
            for (var wrong : new Object[] {"soon", "", "-1s", 1.5}) {
                assertThatThrownBy(() -> read("x", name, wrong))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith(name + ": ");
                assertThatThrownBy(
                                () -> compared(null, Exchange.HTTP_RESPONSE_CODE, 304, name, wrong))
                        .hasMessageStartingWith(name + ": ");
            }
        }
        assertThatThrownBy(() -> read(null, "CisternTtl", "soon"))
                .hasMessageStartingWith("CisternTtl: ");
    }

    @Test
    void tagsFollowFromKeyAndBodyWhateverTheBodyIs() throws Exception {
        var tags = "key:${header.CisternKey}, of:${body[owner]}";
        var json = "{\"owner\":\"me\"}";

        assertThat(tagged(tags, Map.of("owner", "me")).tags()).containsExactly("key:k", "of:me");
        assertThat(tagged(tags, json, Exchange.CONTENT_TYPE, "application/json").tags())
                .containsExactly("key:k", "of:me");
        assertThat(
                        tagged(
                                        tags,
                                        json.getBytes(StandardCharsets.UTF_8),
                                        Exchange.CONTENT_TYPE,
                                        "application/json;charset=utf-8")
                                .tags())
                .containsExactly("key:k", "of:me");
    }

    @Test
    void negativeValuesBearOnlyTagsThatFollowFromTheirKey() throws Exception {
        assertThat(tagged("key:${header.CisternKey}", null).tags()).containsExactly("key:k");
        assertThat(tagged("key:${header.CisternKey}, of:${body[owner]}, all", null).tags())
                .containsExactly("key:k", "all");
    }

    @Test
    void answerForManyKeysIsAMap() throws Exception {
        var reader = new ValueReader(encoder(), new TagExpressions(context, "n:${body}"));
        var values =
                reader.many(List.of("a", "b", "7"), answer(Map.of("a", "x", 7, "y")), ROOM.share());

        assertThat(text(values.get("a"))).isEqualTo("x");
        assertThat(values.get("a").tags()).containsExactly("n:x");
        assertThat(values.get("b").negative()).isTrue();
        assertThat(text(values.get("7"))).isEqualTo("y");
        assertThat(
                        text(
                                reader.many(List.of("a"), answer("{\"a\":{\"b\":1}}"), ROOM.share())
                                        .get("a")))
                .isEqualTo("{\"b\":1}");
        assertThat(reader.many(List.of("a"), answer(null), ROOM.share()).get("a").negative())
                .isTrue();
    }

    @Test
    void anyOtherAnswerForManyKeysIsAnError() {
        var reader = new ValueReader(encoder(), new TagExpressions(context, null));
        for (var body : Arrays.asList("[1]", "x", List.of("a"), 7, new byte[] {1})) {
            assertThatThrownBy(() -> reader.many(List.of("a"), answer(body), ROOM.share()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("map from key to value");
        }
    }
}
