package io.cistern.invalidation.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final EventReader reader =
            new EventReader(Set.of("products", "offers")::contains, InstantSource.fixed(NOW));

    private List<InvalidationEvent> read(String body) {
        return read(body, "application/json", Map.of());
    }

    private List<InvalidationEvent> read(
            String body, String contentType, Map<String, String> attributes) {
        return reader.read(body.getBytes(UTF_8), contentType, attributes);
    }

    /** Single quotes are easier to read here than escaped double ones. */
    private static String json(String text) {
        return text.replace('\'', '"');
    }

    @Test
    void whatCouldNeverWaitTogetherIsRefused() {
        var keys =
                IntStream.range(0, 84_000)
                        .mapToObj(key -> "'" + key + "'")
                        .collect(Collectors.joining(",", "[", "]"));
        var event = "{'cache':'products','delay':'2s','keys':" + keys + "}";
        assertThat(read(json("[" + event + "," + event + "]"))).hasSize(2);

        assertThatThrownBy(() -> read(json("[" + event + "," + event + "," + event + "]")))
                .isInstanceOf(EventException.class)
                .hasMessage(
                        "body: names 252003 keys, tags and patterns with a delay;"
                                + " at most 250000 may wait at once");
    }

    @Test
    void readsEveryField() {
        var events =
                read(
                        json(
                                """
                                {'id':'e-1','cache':'products','keys':['42','43'],
                                 'tags':['category:7'],'pattern':'user-*','all':true,
                                 'mode':'expire','occurredAt':'2026-11-21T11:00:00+01:00',
                                 'source':'catalog','delay':'1500ms','originVersion':7}"""));

        assertThat(events)
                .containsExactly(
                        new InvalidationEvent(
                                "e-1",
                                "products",
                                List.of("42", "43"),
                                List.of("category:7"),
                                "user-*",
                                true,
                                InvalidationEvent.Mode.EXPIRE,
                                Instant.parse("2026-11-21T10:00:00Z"),
                                "catalog",
                                Duration.ofMillis(1500),
                                OptionalLong.of(7)));
    }

    @Test
    void whatIsNotSaidHasItsDefault() {
        var event = read(json("{'cache':'products','keys':['42']}")).get(0);

        assertThat(event).isEqualTo(InvalidationEvent.ofKeys("products", List.of("42")));
    }

    @Test
    void readsAnArrayInItsOrder() {
        var events =
                read(
                        json(
                                "[{'cache':'offers','all':true},"
                                        + "{'cache':'products','tags':['a'],'mode':'refresh'}]"));

        assertThat(events).extracting(InvalidationEvent::kind).containsExactly("all", "tag");
        assertThat(events)
                .extracting(InvalidationEvent::mode)
                .containsExactly(InvalidationEvent.Mode.EVICT, InvalidationEvent.Mode.REFRESH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "**"})
    void aPatternOfEverythingIsAll(String pattern) {
        var event = read(json("{'cache':'products','pattern':'" + pattern + "'}")).get(0);

        assertThat(event.all()).isTrue();
        assertThat(event.pattern()).isNull();
    }

    @Test
    void aHundredThousandKeysAreOneEvent() {
        var keys =
                IntStream.range(0, 100_000)
                        .mapToObj(i -> "\"key-" + i + "\"")
                        .collect(Collectors.joining(","));

        var event = read("{\"cache\":\"products\",\"keys\":[" + keys + "]}").get(0);

        assertThat(event.keys()).hasSize(100_000).contains("key-99999");
    }

    @Test
    void moreKeysAreRefused() {
        var keys =
                IntStream.range(0, 100_001)
                        .mapToObj(i -> "\"" + i + "\"")
                        .collect(Collectors.joining(","));

        assertMistake(
                "{\"cache\":\"products\",\"keys\":[" + keys + "]}",
                "keys: has more than 100000 elements");
    }

    @Test
    void unknownFieldsAreIgnoredAndCounted() {
        var events = read(json("[{'cache':'products','keys':['1'],'table':{'x':[1]},'op':'u'}]"));

        assertThat(events).hasSize(1);
        assertThat(reader.unknownFields()).isEqualTo(2);
    }

    @Test
    void whatIsRefusedCountsNoFields() {
        assertThatThrownBy(() -> read(json("{'cache':'products','op':'u'}")))
                .isInstanceOf(EventException.class);

        assertThat(reader.unknownFields()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'keys':['1']} | cache: is missing",
                "{'cache':7,'keys':['1']} | cache: expected a string, got the number 7",
                "{'cache':'nowhere','keys':['1']} | cache: there is no cache \"nowhere\"",
                "{'cache':'../x','keys':['1']} | cache: is no name of a cache: \"../x\"",
                "{'cache':'products','keys':'1'} | keys: expected an array, got \"1\"",
                "{'cache':'products','keys':null} | keys: expected an array, got null",
                "{'cache':'products','keys':['1',2]} | keys[1]: expected a string, got the number 2",
                "{'cache':'products','keys':['1','']} | keys[1]: is empty",
                "{'cache':'products','tags':['a',' ']} | tags[1]: is empty",
                "{'cache':'products','tags':['a\\u0007']} | tags[0]: has control characters",
                "{'cache':'products','keys':['\\ud800']} | keys[0]: is no valid Unicode",
                "{'cache':'products','pattern':''} | pattern: is empty",
                "{'cache':'products','pattern':['a']} | pattern: expected a string, got an array",
                "{'cache':'products','all':'yes'} | all: expected true or false, got \"yes\"",
                "{'cache':'products','all':true,'mode':'wipe'} | mode: expected evict, expire,"
                        + " refresh, got \"wipe\"",
                "{'cache':'products','all':true,'delay':'soon'} | delay: expected a duration such as"
                        + " 500ms or 5s, got \"soon\"",
                "{'cache':'products','all':true,'delay':-1} | delay: is less than 0",
                "{'cache':'products','all':true,'delay':'2h'} | delay: is longer than an hour",
                "{'cache':'products','all':true,'delay':true} | delay: expected a string or a"
                        + " number, got true",
                "{'cache':'products','all':true,'originVersion':'7'} | originVersion: expected a"
                        + " whole number, got \"7\"",
                "{'cache':'products','all':true,'originVersion':1.5} | originVersion: expected a"
                        + " whole number, got the number 1.5",
                "{'cache':'products','all':true,'occurredAt':1700000000} | occurredAt: expected a"
                        + " string, got the number 1700000000",
                "{'cache':'products','all':true,'occurredAt':'yesterday'} | occurredAt: expected a"
                        + " time such as 2026-11-21T10:00:00Z, got \"yesterday\"",
                "{'cache':'products','all':true,'occurredAt':'1970-01-01T00:00:00Z'} | occurredAt:"
                        + " lies before the year 2000: \"1970-01-01T00:00:00Z\"",
                "{'cache':'products','all':true,'occurredAt':'2126-11-21T10:00:00Z'} | occurredAt:"
                        + " lies more than a day in the future: \"2126-11-21T10:00:00Z\"",
                "[{'cache':'products','all':true},{'cache':'products','keys':['1',[]]}] |"
                        + " [1].keys[1]: expected a string, got an array",
                "[{'cache':'products','all':true},7] | [1]: expected an event, got the number 7",
                "[[{'cache':'products','all':true}]] | [0]: expected an event, got an array",
                "[] | body: is an empty array",
                "null | body: expected an event, got null",
                "'evict' | body: expected an event, got \"evict\"",
                "{'cache':'products','all':true} {} | body: is not JSON, at line 1, column 33",
                "{'cache':'products','cache':'offers','all':true} | body: has a field twice, at line 1,"
                        + " column 28",
                "{'cache':'products' | body: is not JSON, at line 1, column 20",
            })
    void saysWhatIsWrongAndWhere(String body, String mistake) {
        assertMistake(json(body), mistake);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'cache':'products'}",
                "{'cache':'products','all':false}",
                "{'cache':'products','keys':[],'tags':[],'all':false}",
            })
    void somethingHasToBeNamed(String body) {
        assertMistake(
                json(body),
                "body: names nothing to invalidate: expected keys, tags, pattern, or all: true");
    }

    @Test
    void aKeyIsMeasuredInBytes() {
        assertMistake(
                json("{'cache':'products','keys':['" + "ż".repeat(1025) + "']}"),
                "keys[0]: is longer than 2048 bytes");
        assertThat(read(json("{'cache':'products','keys':['" + "ż".repeat(1024) + "']}")))
                .hasSize(1);
    }

    @Test
    void anEmptyBodyIsNoEvent() {
        for (var body : new byte[][] {null, {}, " \n".getBytes(UTF_8)}) {
            assertThatThrownBy(() -> reader.read(body, null, Map.of()))
                    .isInstanceOf(EventException.class)
                    .hasMessage("body: is empty");
        }
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        var body = json("{'cache':'products','keys':['x']}").getBytes(UTF_8);
        body[body.length - 4] = (byte) 0xC3;

        assertThatThrownBy(() -> reader.read(body, null, Map.of()))
                .isInstanceOf(EventException.class)
                .hasMessage("body: is no valid UTF-8");
    }

    @Test
    void aByteOrderMarkDoesNoHarm() {
        assertThat(read(json("\uFEFF{'cache':'products','all':true}"))).hasSize(1);
    }

    @Test
    void longValuesAreCutInReasons() {
        assertThatThrownBy(() -> read(json("{'cache':'" + "x".repeat(100_000) + "','all':true}")))
                .message()
                .hasSizeLessThan(200);
    }

    private static final String ENVELOPE =
            "{'specversion':'1.0','type':'changed','id':'ce-7','source':'/orders',"
                    + "'time':'2026-11-21T10:00:00Z',";

    @Test
    void aStructuredCloudEventGivesWhatItsDataDoesNotSay() {
        var event =
                read(
                                json(ENVELOPE + "'data':{'cache':'products','keys':['1']}}"),
                                "application/cloudevents+json; charset=utf-8",
                                Map.of())
                        .get(0);

        assertThat(event.id()).isEqualTo("ce-7");
        assertThat(event.source()).isEqualTo("/orders");
        assertThat(event.occurredAt()).isEqualTo("2026-11-21T10:00:00Z");
        assertThat(event.keys()).containsExactly("1");
    }

    @Test
    void itIsKnownByItsVersionAsWell() {
        var events =
                read(
                        json(
                                ENVELOPE
                                        + "'data':[{'cache':'products','keys':['1'],'id':'own'},"
                                        + "{'cache':'offers','all':true}]}"));

        assertThat(events).extracting(InvalidationEvent::id).containsExactly("own", "ce-7");
    }

    @Test
    void cloudEventsComeInBatches() {
        var one = ENVELOPE + "'data':{'cache':'products','keys':['1']}}";

        assertThat(
                        read(
                                json("[" + one + "," + one + "]"),
                                "application/cloudevents-batch+json",
                                Map.of()))
                .hasSize(2);
    }

    @Test
    void dataMayBeEncoded() {
        var data =
                Base64.getEncoder()
                        .encodeToString(json("{'cache':'products','all':true}").getBytes(UTF_8));

        assertThat(read(json(ENVELOPE + "'data_base64':'" + data + "'}"))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'specversion':'0.3','id':'1','source':'s','type':'t','data':{}} | specversion:"
                        + " expected 1.0, got \"0.3\"",
                "{'specversion':'1.0','source':'s','type':'t','data':{}} | id: is missing",
                "{'specversion':'1.0','id':'1','source':'','type':'t','data':{}} | source: is empty",
                "{'specversion':'1.0','id':'1','source':'s','type':'t'} | data: is missing",
                "{'specversion':'1.0','id':'1','source':'s','type':'t','data':'x'} | data: expected"
                        + " an event, got \"x\"",
                "{'specversion':'1.0','id':'1','source':'s','type':'t','data_base64':'?'} |"
                        + " data_base64: is not the base64 of JSON",
                "{'specversion':'1.0','id':'1','source':'s','type':'t','data':[]} | data: is an"
                        + " empty array",
                "[{'specversion':'1.0','id':'1','source':'s','type':'t','data':{'cache':'products',"
                        + "'keys':[1]}}] | [0].data.keys[0]: expected a string, got the number 1",
                "[{'specversion':'1.0','id':'1','source':'s','type':'t','data':{'cache':'products',"
                        + "'all':true}},{'specversion':'1.0','id':'2','source':'s','type':'t',"
                        + "'time':'x','data':{'cache':'products','all':true}}] | [1].time: expected"
                        + " a time such as 2026-11-21T10:00:00Z, got \"x\"",
                "{'cache':'products','all':true} | specversion: is missing",
            })
    void saysWhatIsWrongWithACloudEvent(String body, String mistake) {
        assertThatThrownBy(() -> read(json(body), "application/cloudevents+json", Map.of()))
                .isInstanceOf(EventException.class)
                .hasMessage(mistake);
    }

    @Test
    void aBinaryCloudEventHasItsAttributesBesideIt() {
        var event =
                read(
                                json("{'cache':'products','keys':['1']}"),
                                "application/json",
                                Map.of(
                                        "specversion", "1.0",
                                        "type", "changed",
                                        "id", "ce-8",
                                        "source", "/orders",
                                        "time", "2026-11-21T10:00:00Z"))
                        .get(0);

        assertThat(event.id()).isEqualTo("ce-8");
        assertThat(event.occurredAt()).isEqualTo("2026-11-21T10:00:00Z");
    }

    @Test
    void itsAttributesAreChecked() {
        assertThatThrownBy(
                        () ->
                                read(
                                        json("{'cache':'products','keys':['1']}"),
                                        null,
                                        Map.of("specversion", "1.0", "type", "x", "id", "1")))
                .isInstanceOf(EventException.class)
                .hasMessage("attribute source: is missing");
    }

    private void assertMistake(String body, String mistake) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(EventException.class).hasMessage(mistake);
    }
}
