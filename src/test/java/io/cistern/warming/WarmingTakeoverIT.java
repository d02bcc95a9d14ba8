package io.cistern.warming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.app.ChildInstance;
import io.cistern.app.CountingOrigin;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance that runs a strategy is killed, and another one goes on. */
class WarmingTakeoverIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST = Duration.ofSeconds(40);
    private static final long TICK_SECONDS = 15;

    @TempDir private Path folder;
    private RedisServer redis;
    private CountingOrigin origin;
    private ChildInstance one;
    private ChildInstance other;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start();
        origin = new CountingOrigin();
        one = child("one");
        other = child("other");
        one.start();
        other.start();
        one.awaitUp();
        other.awaitUp();
    }

    private ChildInstance child(String name) throws Exception {
        var keys =
                IntStream.range(0, 1000)
                        .mapToObj(i -> "\"k-" + i + '"')
                        .collect(Collectors.joining(",", "[", "]"));
        var routes =
                Routes.batch("items", origin, Map.of("batchSize", 10))
                        + Strategies.source("many", keys)
                        + strategy("on-demand")
                        + strategy("scheduled", "schedule", "0/" + TICK_SECONDS + " * * * * ?");
        return new ChildInstance(folder.resolve(name), routes, redis.settings());
    }

    /** It takes half a minute at least. */
    private static String strategy(String name, String... schedule) {
        var rest =
                new String[] {
                    "cache",
                    "items",
                    "batchSize",
                    "5",
                    "delayBetweenBatches",
                    "150ms",
                    "source",
                    "direct:many"
                };
        var all = new String[schedule.length + rest.length];
        System.arraycopy(schedule, 0, all, 0, schedule.length);
        System.arraycopy(rest, 0, all, schedule.length, rest.length);
        return Strategies.yaml(name, all);
    }

    @AfterEach
    void stop() throws Exception {
        one.close();
        other.close();
        origin.close();
        redis.close();
    }

    private static JsonNode get(ChildInstance instance, String path) throws Exception {
        return JSON.readTree(instance.send("GET", path, null).body());
    }

    private static JsonNode underWay(ChildInstance instance) throws Exception {
        return get(instance, "/warming/runs").path("runs").path(0);
    }

    private static long secondsOf(Instant moment) {
        return moment.getEpochSecond() % TICK_SECONDS;
    }

    @Test
    void theNextTickIsTakenOverEvenIfTheOtherDiedJustBefore() throws Exception {
        await().atMost(LONGEST)
                .until(
                        () ->
                                underWay(one).path("done").asLong() > 10
                                        || underWay(other).path("done").asLong() > 10);
        var runsHere = underWay(one).path("done").asLong() > 10;
        var runner = runsHere ? one : other;
        var rest = runsHere ? other : one;
        var lost = underWay(runner).path("id").asText();
        // So late that its lease still stands at the next tick.
        await().atMost(LONGEST).until(() -> secondsOf(Instant.now()) == TICK_SECONDS - 2);
        runner.kill();

        await().atMost(Duration.ofSeconds(2 + 8))
                .until(() -> underWay(rest).path("done").asLong() > 0);

        var cut = get(rest, "/warming/runs/" + lost);
        assertThat(cut.path("state").asText()).as("%s", cut).isEqualTo("partial");
        assertThat(cut.path("errors").toString()).contains("went away after");
        assertThat(underWay(rest).path("trigger").asText()).isEqualTo("schedule");
    }

    @Test
    void aRunThatNobodyTakesOverSaysWhereItEnded() throws Exception {
        var location =
                one.send("POST", "/warming/strategies/on-demand/runs", "")
                        .headers()
                        .firstValue("Location")
                        .orElseThrow();
        await().atMost(LONGEST).until(() -> get(other, location).path("done").asLong() > 10);

        one.kill();

        await().atMost(LONGEST).until(() -> !get(other, location).path("endedAt").isNull());
        var cut = get(other, location);
        assertThat(cut.path("state").asText()).as("%s", cut).isEqualTo("partial");
        assertThat(cut.path("errors").toString()).contains("went away after");
        assertThat(get(other, "/warming/strategies/on-demand").at("/lastRun/state").asText())
                .isEqualTo("partial");
        assertThat(other.send("GET", location, null, "Accept", "text/event-stream").body())
                .as("whoever follows it is told, and the stream ends")
                .contains("event: end");
    }
}
