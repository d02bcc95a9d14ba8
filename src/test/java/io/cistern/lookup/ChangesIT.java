package io.cistern.lookup;

import static io.cistern.app.Instance.entry;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.Answer;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Storing and invalidating entries over HTTP. */
class ChangesIT extends BothStoresFixture {

    @Override
    Instance.Builder caches(Instance.Builder builder) {
        return builder.route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                .route(
                        "tagged",
                        Routes.http(
                                "tagged",
                                origin,
                                Map.of("tags", "all-of-them, group:${body[id]}", "ttl", "10m")))
                .route(
                        "small",
                        Routes.simple("small", "${header.CisternKey}", Map.of("maxValueSize", 100)))
                .route("echo", Routes.simple("echo", "${header.CisternKey}", Map.of()));
    }

    private static boolean isOriginal(Answer answer) {
        return answer.json().has("count");
    }

    private static boolean isByHand(Answer answer) {
        return answer.json().has("by");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void putStoresWhatLookupsGet(Instance instance) {
        var put =
                instance.put(
                        entry("items", "put"),
                        "{\"by\":\"hand\"}",
                        "Content-Type",
                        "application/vnd.test+json",
                        "Cache-Control",
                        "max-age=100");
        var got = instance.lookup("items", "put");

        assertThat(put.status()).isEqualTo(204);
        assertThat(put.body()).isEmpty();
        assertThat(got.text()).isEqualTo("{\"by\":\"hand\"}");
        assertThat(got.header("Content-Type")).isEqualTo("application/vnd.test+json");
        assertThat(got.cacheStatus()).matches("cistern; hit; ttl=(100|9\\d); detail=near");
        assertThat(origin.calls("put")).isZero();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void putTakesThePlaceOfWhatIsThere(Instance instance) {
        instance.lookup("items", "replaced");
        put(instance, "replaced", "x");

        assertThat(isByHand(instance.lookup("items", "replaced"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-age=0", "max-age=-1", "max-age=x", "max-age=9999999999"})
    void putWithAWrongMaxAgeIsRefused(String control) {
        var answer = shared.put(entry("items", "wrong"), "x", "Cache-Control", control);

        assertThat(answer.isProblem(400)).isTrue();
        assertThat(answer.json().path("field").asText()).isEqualTo("Cache-Control");
    }

    @Test
    void putWithTooManyOrWrongTagsIsRefused() {
        var many = IntStream.range(0, 1001).mapToObj(Integer::toString).collect(joining(","));
        for (var tags :
                new String[] {
                    many, "t".repeat(1025), "a," + "t".repeat(1025), "", "a,,b", "a\tb"
                }) {
            var answer = shared.put(entry("items", "tags"), "x", "Cache-Tags", tags);
            assertThat(answer.isProblem(400)).isTrue();
            assertThat(answer.json().path("field").asText()).isEqualTo("Cache-Tags");
        }
    }

    @Test
    void valueAboveMaxValueSizeIsRefusedOnPut() {
        var tooLarge = shared.put(entry("small", "put"), "x".repeat(101));
        var fits = shared.put(entry("small", "put"), "x".repeat(100));

        assertThat(tooLarge.isProblem(413)).isTrue();
        assertThat(fits.status()).isEqualTo(204);
    }

    @Test
    void loadedValueAboveMaxValueSizeIsAnsweredButNotStored() {
        var before = shared.statistic("small", "oversized");
        var key = "x".repeat(101);
        var first = shared.lookup("small", key);
        var second = shared.lookup("small", key);

        assertThat(first.text()).isEqualTo(key);
        assertThat(first.cacheStatus()).isEqualTo("cistern; fwd=uri-miss");
        assertThat(second.cacheStatus()).isEqualTo("cistern; fwd=uri-miss");
        assertThat(shared.statistic("small", "oversized") - before).isEqualTo(2);
    }

    @Test
    void bodyAboveTheLimitOfTheServerIsRefused() {
        var answer = shared.send("PUT", entry("items", "huge"), new byte[9 << 20]);

        assertThat(answer.status()).isEqualTo(413);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void deleteTakesOneKeyAway(Instance instance) {
        put(instance, "deleted", "x");
        put(instance, "kept", "x");
        var answer = instance.delete(entry("items", "deleted"));

        assertThat(answer.status()).isEqualTo(204);
        assertThat(isOriginal(instance.lookup("items", "deleted"))).isTrue();
        assertThat(isByHand(instance.lookup("items", "kept"))).isTrue();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void deleteByTagTakesWhatBearsIt(Instance instance) {
        put(instance, "red-1", "red/x, spring");
        put(instance, "red-2", "red/x");
        put(instance, "blue-1", "blue");
        var answer = instance.delete("/caches/items/entries?tag=red%2Fx");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(isOriginal(instance.lookup("items", "red-1"))).isTrue();
        assertThat(isOriginal(instance.lookup("items", "red-2"))).isTrue();
        assertThat(isByHand(instance.lookup("items", "blue-1"))).isTrue();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void tagsOfTheCachesOwnExpressionInvalidateToo(Instance instance) {
        var first = instance.lookup("tagged", "one");
        var second = instance.lookup("tagged", "two");
        instance.delete("/caches/tagged/entries?tag=group:one");

        assertThat(instance.lookup("tagged", "one").json().path("count").asInt())
                .isGreaterThan(first.json().path("count").asInt());
        assertThat(instance.lookup("tagged", "two").body()).isEqualTo(second.body());
        instance.delete("/caches/tagged/entries?tag=all-of-them");
        assertThat(instance.lookup("tagged", "two").body()).isNotEqualTo(second.body());
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void deleteByPatternTakesWhatMatches(Instance instance) {
        put(instance, "user-1", "x");
        put(instance, "admin-1", "x");
        var answer = instance.delete("/caches/items/entries?pattern=user-*");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(isOriginal(instance.lookup("items", "user-1"))).isTrue();
        assertThat(isByHand(instance.lookup("items", "admin-1"))).isTrue();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void deleteWithoutAQueryTakesAllOfOneCache(Instance instance) {
        put(instance, "all-1", "x");
        instance.put(entry("echo", "all-1"), "by hand");
        var answer = instance.delete("/caches/items/entries");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(isOriginal(instance.lookup("items", "all-1"))).isTrue();
        assertThat(instance.lookup("echo", "all-1").text()).isEqualTo("by hand");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tags=x",
                "tag=",
                "tag",
                "pattern=",
                "tag=a&tag=b",
                "tag=a&pattern=b",
                "all=true",
                "tag=a&x=y",
                "&",
                "TAG=a",
                "tag=%00",
                "key=1"
            })
    void anyOtherQueryIsRefusedAndNothingIsLost(String query) {
        put(shared, "precious", "a,x,b");
        var answer = shared.delete("/caches/items/entries?" + query);

        assertThat(answer.isProblem(400)).isTrue();
        assertThat(answer.json().path("field").asText()).isNotEmpty();
        assertThat(isByHand(shared.lookup("items", "precious"))).isTrue();
    }

    static Stream<String> wrongNames() {
        return Stream.of("", "%20", "%00", "a%0Ab", "a%7F", "%C2%85", "x".repeat(1025));
    }

    @ParameterizedTest
    @MethodSource("wrongNames")
    void whatIsNoTagOrPatternIsToldByItsParameterAndNothingIsLost(String value) {
        put(shared, "precious", "a");
        for (var name : List.of("tag", "pattern")) {
            var answer = shared.delete("/caches/items/entries?" + name + "=" + value);

            assertThat(answer.isProblem(400)).as(answer.toString()).isTrue();
            assertThat(answer.json().path("field").asText()).isEqualTo(name);
        }
        assertThat(isByHand(shared.lookup("items", "precious"))).isTrue();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void noPatternReachesBeyondItsCache(Instance instance) {
        for (var pattern :
                List.of("*", "?*", "{echo:0}*", "cistern:{echo:0}:e:*", "..%2Fecho%2F*", "*:e:*")) {
            put(instance, "e:near", "x");
            instance.put(entry("echo", "e:far"), "by hand");

            var all =
                    "/caches/items/entries?pattern="
                            + pattern.replace("{", "%7B").replace("}", "%7D");
            assertThat(instance.delete(all).status()).isEqualTo(204);
            instance.post("/caches/items/prune", "");

            assertThat(instance.lookup("echo", "e:far").text()).as(pattern).isEqualTo("by hand");
        }
    }

    @Test
    void emptyQueryIsRefusedAndNothingIsLost() throws Exception {
        put(shared, "precious", "x");
        try (var socket = new Socket("127.0.0.1", shared.port())) {
            var request =
                    "DELETE /caches/items/entries? HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400 ");
        }
        assertThat(isByHand(shared.lookup("items", "precious"))).isTrue();
    }
}
