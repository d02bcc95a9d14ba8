package io.cistern.warming;

import static io.cistern.warming.Strategies.begin;
import static io.cistern.warming.Strategies.end;
import static io.cistern.warming.Strategies.run;
import static io.cistern.warming.Strategies.source;
import static io.cistern.warming.Strategies.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Runs over the API: how they are followed, ended, held up, and shown. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WarmingRunsIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    private RedisServer redis;
    private CountingOrigin origin;
    private Instance instance;

    private static String keys(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> '"' + prefix + i + '"')
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String rows(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"id\":\"r-" + i + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    @BeforeAll
    void start() throws Exception {
        redis = RedisServer.start();
        origin = new CountingOrigin();
        instance =
                Instance.on(redis)
                        .set("CISTERN_WARMING_CONCURRENCY", "4")
                        .route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                        .route("slow", Routes.batch("slow", origin, Map.of("batchSize", 10)))
                        .route("keys", source("many", keys("m-", 500)))
                        .route("few", source("few", keys("few-", 5)))
                        .route("none", source("none", "[]"))
                        .route("rows", source("rows", rows(500)))
                        .route(
                                "strategies",
                                yaml(
                                                "many",
                                                "cache",
                                                "slow",
                                                "batchSize",
                                                "10",
                                                "delayBetweenBatches",
                                                "50ms",
                                                "source",
                                                "direct:many")
                                        + yaml(
                                                "short",
                                                "cache",
                                                "slow",
                                                "batchSize",
                                                "10",
                                                "timeLimit",
                                                "500ms",
                                                "delayBetweenBatches",
                                                "50ms",
                                                "source",
                                                "direct:many")
                                        + yaml(
                                                "few",
                                                "cache",
                                                "items",
                                                "ttl",
                                                "2m",
                                                "tags",
                                                "t1,t2",
                                                "delayBetweenBatches",
                                                "0s",
                                                "source",
                                                "direct:few")
                                        + yaml(
                                                "ahead",
                                                "cache",
                                                "items",
                                                "refreshAhead",
                                                "5m",
                                                "source",
                                                "direct:few")
                                        + yaml("none", "cache", "items", "source", "direct:none")
                                        + yaml(
                                                "never",
                                                "cache",
                                                "items",
                                                "onDemand",
                                                "false",
                                                "source",
                                                "direct:few")
                                        + yaml(
                                                "edited",
                                                "cache",
                                                "slow",
                                                "batchSize",
                                                "10",
                                                "delayBetweenBatches",
                                                "100ms",
                                                "source",
                                                "direct:many")
                                        + yaml(
                                                "lost",
                                                "cache",
                                                "items",
                                                "batchSize",
                                                "10",
                                                "keyField",
                                                "id",
                                                "delayBetweenBatches",
                                                "20ms",
                                                "source",
                                                "direct:rows")
                                        + yaml(
                                                "cut",
                                                "cache",
                                                "slow",
                                                "batchSize",
                                                "10",
                                                "delayBetweenBatches",
                                                "20ms",
                                                "source",
                                                "direct:many"))
                        .start();
    }

    @AfterAll
    void stop() throws Exception {
        instance.close();
        origin.close();
        redis.close();
    }

    private long done(String location) {
        return instance.get(location).json().path("done").asLong();
    }

    @Test
    void aRunIsCancelledWithinABatch() {
        var run = begin(instance, "many");
        await().atMost(SOON).until(() -> done(run) >= 20);

        assertThat(instance.delete(run).status()).isEqualTo(202);
        var ended = end(instance, run);

        assertThat(ended.path("state").asText()).isEqualTo("cancelled");
        assertThat(ended.path("done").asLong()).isBetween(20L, 499L);
        assertThat(instance.delete(run).status()).isEqualTo(202);
    }

    @Test
    void aRunEndsByItsTimeLimitAndSaysSo() {
        var ended = run(instance, "short");

        assertThat(ended.path("state").asText()).isEqualTo("partial");
        assertThat(ended.path("errors").toString()).contains("time limit");
        assertThat(ended.path("total").isNull()).isTrue();
    }

    @Test
    void aSourceWithoutAnythingIsAFailure() {
        var ended = run(instance, "none");

        assertThat(ended.path("state").asText()).isEqualTo("failed");
        assertThat(ended.path("errors").toString()).contains("the source yielded nothing");
    }

    @Test
    void whatDoesNotRunOnDemandSaysSo() {
        assertThat(instance.post("/warming/strategies/never/runs", "").isProblem(409)).isTrue();
    }

    @Test
    void valuesGetTheStrategysTimeAndTags() {
        run(instance, "few");

        var entry = instance.lookup("items", "few-3");
        assertThat(entry.cacheStatus()).matches(".*hit; ttl=1[012]\\d;.*");
        assertThat(instance.get(Instance.entry("items", "few-3") + "/metadata").json().path("tags"))
                .extracting(tag -> tag.asText())
                .containsExactlyInAnyOrder("t1", "t2");
        var statistics = instance.statistic("items", "requests");
        run(instance, "few");
        assertThat(instance.statistic("items", "requests"))
                .as("warming is no lookup")
                .isEqualTo(statistics);
    }

    @Test
    void onlyWhatIsAboutToExpireIsRefreshedAhead() {
        instance.delete("/caches/items/entries");
        instance.lookup("items", "few-0");
        instance.lookup("items", "few-1");
        var before = origin.calls("few-0");

        var run = run(instance, "ahead");

        assertThat(run.path("done").asLong()).isEqualTo(3);
        assertThat(run.path("skipped").asLong()).isEqualTo(2);
        assertThat(origin.calls("few-0")).isEqualTo(before);
        // Two minutes is less than the five that it looks ahead.
        run(instance, "few");
        assertThat(run(instance, "ahead").path("done").asLong()).isEqualTo(5);
    }

    @Test
    void followersAreToldAsItGoesOn() {
        var run = begin(instance, "many");

        var events = instance.get(run, "Accept", "text/event-stream");

        assertThat(events.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(events.text().split("event: progress").length).isGreaterThan(3);
        assertThat(events.text()).contains("event: end\ndata: {").contains("\"done\":500");
    }

    @Test
    void aRunGoesOnWithTheDefinitionItBeganWith() throws Exception {
        var run = begin(instance, "edited");
        await().atMost(SOON).until(() -> done(run) > 10);
        var file = instance.routes().resolve("caches/strategies.camel.yaml");

        Files.writeString(
                file,
                Files.readString(file)
                        .replace(
                                yaml(
                                        "edited",
                                        "cache",
                                        "slow",
                                        "batchSize",
                                        "10",
                                        "delayBetweenBatches",
                                        "100ms",
                                        "source",
                                        "direct:many"),
                                yaml(
                                        "edited",
                                        "cache",
                                        "slow",
                                        "batchSize",
                                        "7",
                                        "source",
                                        "direct:many")));
        await().atMost(SOON)
                .until(
                        () ->
                                instance.get("/warming/strategies/edited")
                                                .json()
                                                .path("batchSize")
                                                .asInt()
                                        == 7);

        assertThat(instance.get(run).json().path("definition").asText()).isEqualTo("former");
        var ended = end(instance, run);
        assertThat(ended.path("done").asLong()).isEqualTo(500);
        assertThat(ended.path("definition").asText()).isEqualTo("former");
    }

    @Test
    void aRunWaitsWhileRedisIsAwayAndGoesOn() throws Exception {
        var run = begin(instance, "cut");
        await().atMost(SOON).until(() -> done(run) > 50);

        redis.kill();
        await().atMost(SOON)
                .until(
                        () ->
                                instance.get(run)
                                        .json()
                                        .path("waitingFor")
                                        .asText()
                                        .equals("the store"));
        redis.bringBack();
        var ended = end(instance, run);

        assertThat(ended.path("done").asLong()).as("%s", ended).isEqualTo(500);
        assertThat(ended.path("errors").toString()).contains("the store was away");
    }

    @Test
    void rowsThatWereReadBeforeRedisLostAllAreNotStored() throws Exception {
        var run = begin(instance, "lost");
        await().atMost(SOON).until(() -> done(run) > 50);

        redis.kill();
        redis.bringBack();
        var ended = end(instance, run);

        assertThat(ended.path("state").asText()).as("%s", ended).isEqualTo("partial");
        assertThat(ended.path("errors").toString()).contains("lost what it knew");
        assertThat(ended.path("skipped").asLong()).isPositive();
    }

    @Test
    void runsAreMeasured() {
        run(instance, "few");

        var metrics = instance.metrics();
        assertThat(metrics)
                .containsKey("cistern_warming_runs_total{result=\"failed\",strategy=\"few\"}")
                .hasEntrySatisfying(
                        "cistern_warming_runs_total{result=\"completed\",strategy=\"few\"}",
                        count -> assertThat(count).isPositive())
                .hasEntrySatisfying(
                        "cistern_warming_keys_total{result=\"done\",strategy=\"few\"}",
                        count -> assertThat(count).isGreaterThanOrEqualTo(5))
                .hasEntrySatisfying(
                        "cistern_warming_run_seconds_count{strategy=\"few\"}",
                        count -> assertThat(count).isPositive())
                .hasEntrySatisfying(
                        "cistern_warming_seconds_since_success{strategy=\"few\"}",
                        seconds -> assertThat(seconds).isBetween(0d, 5d))
                .containsKey("cistern_warming_rate{strategy=\"few\"}");
    }
}
