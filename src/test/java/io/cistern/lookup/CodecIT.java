package io.cistern.lookup;

import static io.cistern.app.Instance.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.Answer;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** As what values are written. */
class CodecIT extends BothStoresFixture {

    private static final String CODECS = "*-raw=binary, *-any=json";

    @Override
    Instance.Builder caches(Instance.Builder builder) {
        return builder.route("items", cache("items", Map.of(), "one"))
                .route("kinds", cache("kinds", Map.of("codec", CODECS), "one"))
                .route(
                        "batches",
                        cache("batches", Map.of("codec", CODECS, "batchSize", "10"), "many"));
    }

    private static String cache(String name, Map<String, String> options, String method) {
        return Routes.steps(
                name,
                options,
                "- bean: { beanType: io.cistern.lookup.CodecOrigin, method: " + method + " }");
    }

    private static String type(Answer answer) {
        return answer.header("Content-Type");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void theKeyDecidesAsWhatAValueIsWritten(Instance instance) {
        for (var times = 0; times < 2; times++) {
            var bytes = instance.lookup("kinds", "bytes-raw");
            assertThat(bytes.body()).isEqualTo(CodecOrigin.BYTES);
            assertThat(type(bytes)).isEqualTo("application/octet-stream");
            assertThat(type(instance.lookup("kinds", "text-raw")))
                    .isEqualTo("application/octet-stream");
            assertThat(type(instance.lookup("kinds", "text"))).startsWith("text/plain");
            assertThat(type(instance.lookup("kinds", "json"))).startsWith("text/plain");
            assertThat(type(instance.lookup("kinds", "json-any"))).isEqualTo("application/json");
            assertThat(instance.lookup("kinds", "map-any").text()).isEqualTo("{\"a\":1}");
        }
        assertThat(instance.get("/caches/kinds").json().path("codec").asText()).isEqualTo(CODECS);
        assertThat(instance.get("/caches/items").json().has("codec")).isFalse();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void whatItsCodecDoesNotTakeIsAFailureOfTheOrigin(Instance instance) {
        for (var key : new String[] {"map-raw", "bean-raw", "text-any", "bytes-any"}) {
            assertThat(instance.lookup("kinds", key)).matches(it -> it.isProblem(502));
            assertThat(instance.lookup("kinds", "json-any").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void aSerializableBeanIsWrittenAsJson(Instance instance) {
        for (var key : new String[] {"bean", "bean-any"}) {
            var answer = instance.lookup("kinds", key);
            assertThat(answer.text()).isEqualTo("{\"name\":\"" + key + "\"}");
            assertThat(type(answer)).isEqualTo("application/json");
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void inABatchEachKeyHasItsOwn(Instance instance) {
        var answer =
                instance.post(
                        "/caches/batches/lookup",
                        "{\"keys\":[\"bytes-raw\",\"json-any\",\"bean\"]}",
                        "Content-Type",
                        "application/json");

        var entries = answer.json().path("entries");
        assertThat(entries.path("bytes-raw").path("base64").asText()).isEqualTo("AP8H");
        assertThat(entries.path("json-any").path("value").path("a").asInt()).isEqualTo(1);
        assertThat(entries.path("bean").path("value").path("name").asText()).isEqualTo("bean");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void whatIsPutHasToBeWhatTheCodecTakes(Instance instance) {
        var refused =
                instance.put(
                        entry("kinds", "p-any"), "no JSON", "Content-Type", "application/json");
        var json = instance.put(entry("kinds", "q-any"), "[1]", "Content-Type", "text/plain");
        var raw = instance.put(entry("kinds", "q-raw"), "no JSON");

        assertThat(refused).matches(it -> it.isProblem(400));
        assertThat(refused.json().path("field").asText()).isEqualTo("body");
        assertThat(json.status()).isEqualTo(204);
        assertThat(raw.status()).isEqualTo(204);
        assertThat(type(instance.lookup("kinds", "q-any"))).isEqualTo("application/json");
        assertThat(instance.lookup("kinds", "q-raw").text()).isEqualTo("no JSON");
    }

    @ParameterizedTest
    @CsvSource({"cistern:items, bean, true", "cistern:kinds, bean-raw, false"})
    void aRouteThatPutsABeanPutsJsonOrFails(String uri, String key, boolean isStored) {
        var template = shared.context().createFluentProducerTemplate();
        var put =
                template.to(uri + "?operation=put")
                        .withHeader("CisternKey", "put-" + key)
                        .withBody(new CodecOrigin.Article("by a route"))
                        .send();

        assertThat(put.getException() == null).isEqualTo(isStored);
        if (isStored) {
            var answer = shared.lookup("items", "put-" + key);
            assertThat(answer.text()).isEqualTo("{\"name\":\"by a route\"}");
            assertThat(type(answer)).isEqualTo("application/json");
        } else {
            assertThat(put.getException())
                    .hasMessageContaining("cache kinds, key put-bean-raw")
                    .hasMessageContaining("CodecOrigin$Article");
        }
    }
}
