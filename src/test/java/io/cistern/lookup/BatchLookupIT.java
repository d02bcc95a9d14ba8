package io.cistern.lookup;

import static io.cistern.app.Instance.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.app.Answer;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import io.cistern.app.TwoInstancesFixture;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Looking many keys up at once. */
class BatchLookupIT extends TwoInstancesFixture {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    protected Instance.Builder caches(Instance.Builder builder) {
        return builder.route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                .route("bulk", Routes.batch("bulk", origin, Map.of("ttl", "10m", "batchSize", 10)))
                .route("echo", Routes.simple("echo", "${header.CisternKey}", Map.of()))
                .route(
                        "liar",
                        Routes.steps(
                                "liar",
                                Map.of(),
                                """
                                - setHeader: { name: Content-Type, constant: application/json }
                                - setBody: { constant: '{"a":1},"evil":{' }
                                """));
    }

    private static String body(List<String> keys) {
        try {
            return JSON.writeValueAsString(Map.of("keys", keys));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> keys(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    private static Answer batch(Instance instance, String cache, List<String> keys) {
        return instance.post("/caches/" + cache + "/lookup", body(keys));
    }

    @Test
    void callsTheOriginOnceForEachBatch() {
        var before = origin.batches().size();
        var keys = keys("one-call-", 25);
        var loaded = batch(one, "bulk", keys);
        var near = batch(one, "bulk", keys);
        var shared = batch(other, "bulk", keys);

        assertThat(loaded.status()).isEqualTo(200);
        assertThat(loaded.header("Content-Type")).isEqualTo("application/json");
        for (var key : keys) {
            assertThat(loaded.json().at("/entries/" + key + "/value/id").asText()).isEqualTo(key);
            assertThat(loaded.json().at("/entries/" + key + "/status").asText()).isEqualTo("miss");
            assertThat(near.json().at("/entries/" + key + "/status").asText()).isEqualTo("hit");
            assertThat(shared.json().at("/entries/" + key + "/status").asText()).isEqualTo("hit");
        }
        var calls = origin.batches().subList(before, origin.batches().size());
        assertThat(calls).extracting(List::size).containsExactlyInAnyOrder(10, 10, 5);
        assertThat(calls.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void loadsOnlyWhatIsNotThereAndEachKeyOnce() {
        one.lookup("bulk", "there");
        var before = origin.batches().size();
        var answer = batch(one, "bulk", List.of("there", "new", "new", "there"));

        assertThat(answer.json().path("entries").size()).isEqualTo(2);
        assertThat(answer.json().at("/entries/there/status").asText()).isEqualTo("hit");
        assertThat(answer.json().at("/entries/new/status").asText()).isEqualTo("miss");
        assertThat(origin.batches().subList(before, origin.batches().size()))
                .containsExactly(List.of("new"));
    }

    @Test
    void tellsWhatIsMissingAndWhatFailed() {
        origin.missing.add("gone");
        origin.failing.add("bad");
        var answer = batch(one, "items", List.of("fine", "gone", "bad"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("entries").size()).isOne();
        assertThat(answer.json().path("missing").toString()).isEqualTo("[\"gone\"]");
        assertThat(answer.json().path("failed").size()).isOne();
        assertThat(answer.json().at("/failed/bad").asText()).startsWith("the origin failed");
        origin.failing.clear();
        var again = batch(one, "items", List.of("fine", "gone", "bad"));
        assertThat(again.json().path("missing").toString()).isEqualTo("[\"gone\"]");
        assertThat(again.json().path("entries").size()).isEqualTo(2);
        assertThat(origin.calls("gone")).isOne();
    }

    @Test
    void missingKeysOfABatchAreRememberedOneByOne() {
        origin.missing.add("none-1");
        var before = origin.batches().size();
        batch(one, "bulk", List.of("none-1", "some-1"));

        assertThat(one.lookup("bulk", "none-1").isProblem(404)).isTrue();
        assertThat(one.lookup("bulk", "some-1").status()).isEqualTo(200);
        assertThat(origin.batches()).hasSize(before + 1);
    }

    @Test
    void valuesThatAreNoJsonComeAsBase64() {
        var text = batch(one, "echo", List.of("plain")).json().at("/entries/plain");
        assertThat(text.path("base64").asText())
                .isEqualTo(Base64.getEncoder().encodeToString("plain".getBytes()));
        assertThat(text.path("contentType").asText()).isEqualTo("text/plain; charset=utf-8");
        assertThat(text.has("value")).isFalse();
    }

    @Test
    void valueThatOnlyClaimsToBeJsonDoesNotBreakTheAnswer() {
        var answer = batch(one, "liar", List.of("x", "y"));

        assertThat(answer.json().path("entries").size()).isEqualTo(2);
        assertThat(answer.json().at("/entries/x/base64").asText()).isNotEmpty();
    }

    @Test
    void directivesHoldForBatchesToo() {
        one.lookup("items", "again");
        var path = "/caches/items/lookup";
        var cached =
                one.post(path, body(List.of("again", "cold")), "Cache-Control", "only-if-cached");
        var refreshed = one.post(path, body(List.of("again")), "Cache-Control", "no-cache");

        assertThat(cached.json().at("/entries/again/status").asText()).isEqualTo("hit");
        assertThat(cached.json().at("/failed/cold").asText()).isNotEmpty();
        assertThat(origin.calls("cold")).isZero();
        assertThat(refreshed.json().at("/entries/again/value/count").asInt()).isEqualTo(2);
    }

    @Test
    void wrongBodiesAreRefusedByTheFieldThatIsWrong() {
        var tooLong = "k".repeat(2049);
        Map.of(
                        "",
                        "body",
                        "{",
                        "body",
                        "[\"a\"]",
                        "body",
                        "{\"keys\":[\"a\"]} x",
                        "body",
                        "{}",
                        "keys",
                        "{\"keys\":[]}",
                        "keys",
                        "{\"keys\":\"a\"}",
                        "keys",
                        "{\"keys\":[\"a\",7]}",
                        "keys[1]",
                        "{\"keys\":[\"\"]}",
                        "keys[0]",
                        "{\"keys\":[\"" + tooLong + "\"]}",
                        "keys[0]")
                .forEach(
                        (body, field) -> {
                            var answer = one.post("/caches/items/lookup", body);
                            assertThat(answer.isProblem(400)).as(body).isTrue();
                            assertThat(answer.json().path("field").asText())
                                    .as(body)
                                    .isEqualTo(field);
                        });
    }

    @Test
    void tooManyKeysAreRefused() {
        var answer = batch(one, "items", keys("k", BatchRequest.MAX_KEYS + 1));

        assertThat(answer.isProblem(400)).isTrue();
        assertThat(answer.json().path("field").asText()).isEqualTo("keys");
        assertThat(origin.calls("k0")).isZero();
    }

    @Test
    void batchOfLongKeysFindsEachOfThem() {
        var keys = keys("l".repeat(1000), 40);
        assertThat(batch(one, "echo", keys).json().path("entries").size()).isEqualTo(40);
        assertThat(one.get(entry("echo", keys.get(7))).cacheStatus()).endsWith("detail=near");
    }
}
