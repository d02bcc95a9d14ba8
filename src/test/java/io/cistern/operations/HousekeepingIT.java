package io.cistern.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import io.cistern.cli.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** To prune and to clear: by HTTP, in a route, and on the command line. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HousekeepingIT {

    private static final String TOKEN = "s3cret-token";

    private CountingOrigin origin;
    private RedisServer redis;
    private Instance one;
    private Instance other;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        redis = RedisServer.start();
        one = instance();
        other = instance();
        one.context()
                .addRoutes(
                        new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("direct:prune-old")
                                        .setHeader("CisternOlderThan", constant("0s"))
                                        .to("cistern:routed?operation=prune");
                                from("direct:clear-all").to("cistern:routed?operation=clear");
                                from("direct:locate").to("cistern:located?operation=storage");
                            }
                        });
    }

    private Instance instance() throws Exception {
        var builder =
                Instance.on(redis)
                        .set("CISTERN_API_TOKENS", "reader:read=r3ader,ops:operate=" + TOKEN);
        for (var cache : new String[] {"aged", "cleared", "routed", "typed", "kept", "located"}) {
            builder.route(cache, Routes.http(cache, origin, Map.of("ttl", "1h")));
        }
        return builder.start();
    }

    @AfterAll
    void stop() throws Exception {
        one.close();
        other.close();
        redis.close();
        origin.close();
    }

    private void fill(String cache, int count) {
        for (var i = 0; i < count; i++) {
            one.lookup(cache, cache + i);
        }
    }

    private long post(String path) {
        var answer = one.post(path, "", "Authorization", "Bearer " + TOKEN);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.json().path("removed").asLong();
    }

    @Test
    void pruningByAgeDeletesWhatIsOlderAndLeavesTheRest() {
        fill("aged", 5);

        assertThat(post("/caches/aged/prune")).isZero();
        assertThat(post("/caches/aged/prune?olderThan=1h")).isZero();
        // Five in Redis and five near.
        await().atMost(Duration.ofSeconds(10))
                .until(() -> post("/caches/aged/prune?olderThan=1ms") >= 10);
        assertThat(one.lookup("aged", "aged0").cacheStatus()).contains("uri-miss");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"?olderThan=", "?olderThan=week", "?older=7d", "?olderThan=7d&x", "?tag=t"})
    void aWrongAgeDeletesNothing(String query) {
        fill("kept", 1);

        var answer = one.post("/caches/kept/prune" + query, "", "Authorization", "Bearer " + TOKEN);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(one.lookup("kept", "kept0").cacheStatus()).contains("hit");
    }

    @Test
    void clearingDeletesAllOnAllInstancesAndCounts() {
        fill("cleared", 7);
        other.lookup("cleared", "cleared3");

        assertThat(post("/caches/cleared/clear")).isEqualTo(7);

        await().atMost(Duration.ofSeconds(5))
                .until(() -> !other.lookup("cleared", "cleared3").cacheStatus().contains("hit"));
        assertThat(post("/caches/cleared/clear")).isEqualTo(1);
        assertThat(
                        one.post("/caches/cleared/clear?x", "", "Authorization", "Bearer " + TOKEN)
                                .status())
                .isEqualTo(400);
    }

    @Test
    void whoMayOnlyReadMayNot() {
        for (var path : new String[] {"/caches/kept/clear", "/caches/kept/prune"}) {
            assertThat(one.post(path, "").status()).isEqualTo(401);
            assertThat(one.post(path, "", "Authorization", "Bearer r3ader").status())
                    .isEqualTo(403);
        }
        assertThat(one.post("/caches/none/clear", "", "Authorization", "Bearer " + TOKEN).status())
                .isEqualTo(404);
    }

    @Test
    void aRouteDoesBothAsWell() {
        fill("routed", 3);
        try (var template = one.context().createProducerTemplate()) {
            assertThat(template.requestBody("direct:prune-old", null, Long.class))
                    .isGreaterThanOrEqualTo(3);
            fill("routed", 2);
            assertThat(template.requestBody("direct:clear-all", null, Long.class)).isEqualTo(2);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void tellsWhereEntriesLieAndHowManyTheyAre() throws Exception {
        fill("located", 3);
        other.lookup("located", "located0");

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () ->
                                assertThat(storage(one.get("/caches/located/storage").json()))
                                        .containsExactly("memory 3 cache", "redis 3 cache"));
        var told = other.get("/caches/located/storage").json();
        assertThat(storage(told)).containsExactly("memory 1 cache", "redis 3 cache");
        assertThat(told.at("/storage/1/where").asText()).startsWith("Redis at 127.0.0.1:");
        assertThat(told.at("/storage/1/bytes").asLong()).isPositive();
        assertThat(one.get("/caches/none/storage").status()).isEqualTo(404);
        try (var template = one.context().createProducerTemplate()) {
            assertThat(template.requestBody("direct:locate", null, List.class)).hasSize(2);
        }
    }

    private static List<String> storage(JsonNode answer) {
        return StreamSupport.stream(answer.path("storage").spliterator(), false)
                .map(
                        it ->
                                "%s %s %s"
                                        .formatted(
                                                it.path("kind").asText(),
                                                it.path("entries").asText(),
                                                it.path("of").asText()))
                .toList();
    }

    @Test
    void theCommandLineFindsTheInstanceAndItsTokenByTheSettings() {
        fill("typed", 4);
        var settings =
                Map.of(
                        "CISTERN_HTTP_PORT",
                        Integer.toString(one.port()),
                        "CISTERN_API_TOKENS",
                        "reader:read=r3ader,ops:operate=" + TOKEN);

        assertThat(Commands.run(settings, "cache", "stats").out())
                .contains("CACHE", "typed")
                .doesNotContain(TOKEN);
        assertThat(Commands.run(settings, "cache", "stats", "typed").out())
                .contains("\"name\" : \"typed\"", "\"kind\" : \"redis\"");
        assertThat(Commands.run(settings, "cache", "prune", "typed").out())
                .isEqualToIgnoringNewLines("0 entries removed");
        assertThat(Commands.run(settings, "cache", "prune", "typed", "--older-than", "1d").out())
                .isEqualToIgnoringNewLines("0 entries removed");
        assertThat(Commands.run(settings, "cache", "clear", "typed").out())
                .isEqualToIgnoringNewLines("4 entries removed");
    }

    @Test
    void orIsToldBoth(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        var url = "http://127.0.0.1:" + one.port();

        var cleared =
                Commands.run(
                        Map.of(),
                        "cache",
                        "clear",
                        "kept",
                        "--url",
                        url,
                        "--token-file",
                        file.toString());

        assertThat(cleared.code()).as(cleared.err()).isZero();
        assertThat(cleared.out()).contains("removed");
    }

    @Test
    void aFileOfSeveralTokensIsNotShown(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("tokens"), "a=" + TOKEN + "\nb=other\n");

        var ran = Commands.run(Map.of(), "cache", "clear", "kept", "--token-file", file.toString());

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .startsWith("clear failed: --token-file: expected one token")
                .doesNotContain(TOKEN);
    }

    @Test
    void whatGoesWrongIsToldInALine() {
        var away = Map.of("CISTERN_HTTP_PORT", Integer.toString(Instance.freePort()));
        var wrong = Map.of("CISTERN_HTTP_PORT", Integer.toString(one.port()));

        assertThat(Commands.run(away, "cache", "stats"))
                .satisfies(ran -> assertThat(ran.code()).isEqualTo(2))
                .satisfies(
                        ran -> assertThat(ran.err()).contains("no answer from http://127.0.0.1"));
        assertThat(Commands.run(wrong, "cache", "clear", "kept").err())
                .contains("clear failed: ")
                .contains("401");
        assertThat(Commands.run(wrong, "cache", "stats", "none").err()).contains("404");
        assertThat(Commands.run(wrong, "cache", "stats", "--url", "nowhere").err())
                .contains("--url: expected http://host:port");
        assertThat(Commands.run(wrong, "cache").err()).contains("expected stats, prune, clear");
        assertThat(Commands.run(wrong, "cache", "claer").err()).contains("did you mean `clear`");
    }

    @Test
    void tellsWhereDataLies(@TempDir Path folder) throws Exception {
        var data = folder.resolve("data");
        var settings = Map.of("CISTERN_DATA_DIR", data.toString());

        assertThat(Commands.run(settings, "cache", "dir").out().lines())
                .containsExactly(data.toString(), "nothing has been written there yet");
        Files.createDirectories(data.resolve("deeper"));
        Files.write(data.resolve("deeper/file"), new byte[2048]);
        assertThat(Commands.run(settings, "cache", "dir").out().lines())
                .containsExactly(data.toString(), "2.0 KiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stats", "prune", "clear", "dir"})
    void eachHasHelp(String command) {
        var help = Commands.run(Map.of(), "cache", command, "--help");

        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("cache " + command, "Options:");
    }
}
