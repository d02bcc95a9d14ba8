package io.cistern.warming;

import static io.cistern.warming.Strategies.run;
import static io.cistern.warming.Strategies.source;
import static io.cistern.warming.Strategies.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One strategy for each kind of source, over real ones. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WarmingSourcesIT {
    private static final String DATABASE =
            "jdbc:h2:mem:warming;DB_CLOSE_DELAY=-1;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE";

    private RedisServer redis;
    private CountingOrigin origin;
    private Instance instance;
    private Path files;

    /** A source in Java. */
    public static final class Rows {

        /** Pairs of keys and ready bytes. */
        public Iterable<Map.Entry<String, byte[]>> pairs(int count) {
            return () ->
                    IntStream.range(0, count)
                            .mapToObj(i -> Map.entry("pair-" + i, new byte[] {(byte) i}))
                            .iterator();
        }

        /** Maps, of which the tenth can't be had. */
        public Iterator<Map<String, Object>> breaking() {
            return IntStream.range(0, 100)
                    .<Map<String, Object>>mapToObj(
                            i -> {
                                if (i == 9) {
                                    throw new IllegalStateException("the tenth row is gone");
                                }
                                return Map.of("sku", "breaking-" + i);
                            })
                    .iterator();
        }
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        files = folder;
        redis = RedisServer.start();
        origin = new CountingOrigin();
        origin.failing.add("bad");
        Files.writeString(
                folder.resolve("rows.jsonl"), "{\"sku\":\"l-1\",\"n\":1}\n{\"sku\":\"l-2\"}\n");
        Files.writeString(folder.resolve("rows.csv"), "sku,name\nc-1,\"one, 1\"\n");
        Files.writeString(folder.resolve("keys.json"), "[\"f-1\",\"f-2\"]");
        instance =
                Instance.on(redis)
                        .route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                        .route("batches", Routes.batch("batches", origin, Map.of("batchSize", 50)))
                        .route(
                                "rows",
                                Routes.http(
                                        "rows",
                                        origin,
                                        Map.of("ttl", "10m", "tags", "kind:${body[kind]}")))
                        .route(
                                "beans",
                                """
                                - beans:
                                    - name: rows
                                      type: %s
                                    - name: shop
                                      type: com.zaxxer.hikari.HikariDataSource
                                      properties: { jdbcUrl: "%s" }
                                """
                                        .formatted(Rows.class.getName(), DATABASE))
                        .route("own", source("own", "[\"own-1\",{\"id\":\"own-2\"},7,\"bad\"]"))
                        .route(
                                "coded",
                                Routes.http("coded", origin, Map.of("codec", "row-1=binary, json")))
                        .route(
                                "coded-rows",
                                source("coded-rows", "[{\"sku\":\"row-1\"},{\"sku\":\"row-2\"}]"))
                        .route("twice", source("twice", "[\"t-1\",\"t-1\",\"t-2\"]"))
                        .route(
                                "strategies",
                                yaml("own", "cache", "items", "source", "direct:own")
                                        + yaml(
                                                "sql",
                                                "cache",
                                                "batches",
                                                "batchSize",
                                                "40",
                                                "delayBetweenBatches",
                                                "0s",
                                                "source",
                                                "sql:select 'q-' || x from system_range(1, 100)?dataSource=#bean:shop")
                                        + yaml(
                                                "sql-rows",
                                                "cache",
                                                "rows",
                                                "keyField",
                                                "sku",
                                                "ttl",
                                                "1h",
                                                "source",
                                                "sql:select 's-' || x as sku, 'toy' as kind from system_range(1, 5000)?dataSource=#bean:shop")
                                        + yaml(
                                                "http",
                                                "cache",
                                                "items",
                                                "source",
                                                origin.url() + "/items/anything")
                                        + yaml(
                                                "lines",
                                                "cache",
                                                "rows",
                                                "keyField",
                                                "sku",
                                                "source",
                                                "file:" + folder + "?fileName=rows.jsonl")
                                        + yaml(
                                                "csv",
                                                "cache",
                                                "rows",
                                                "keyField",
                                                "sku",
                                                "source",
                                                "file:" + folder + "?fileName=rows.csv")
                                        + yaml(
                                                "file-keys",
                                                "cache",
                                                "items",
                                                "source",
                                                "file:" + folder + "?fileName=keys.json")
                                        + yaml(
                                                "no-file",
                                                "cache",
                                                "items",
                                                "source",
                                                "file:" + folder + "?fileName=none.json")
                                        + yaml(
                                                "bean",
                                                "cache",
                                                "items",
                                                "keyField",
                                                "any",
                                                "tags",
                                                "warmed",
                                                "source",
                                                "bean:rows?method=pairs(1000)")
                                        + yaml(
                                                "untold",
                                                "cache",
                                                "rows",
                                                "keyField",
                                                "any",
                                                "source",
                                                "bean:rows?method=pairs(1000)")
                                        + yaml(
                                                "breaking",
                                                "cache",
                                                "rows",
                                                "keyField",
                                                "sku",
                                                "source",
                                                "bean:rows?method=breaking")
                                        + yaml(
                                                "breaking-keys",
                                                "cache",
                                                "items",
                                                "source",
                                                "bean:rows?method=breaking")
                                        + yaml(
                                                "coded-rows",
                                                "cache",
                                                "coded",
                                                "keyField",
                                                "sku",
                                                "source",
                                                "direct:coded-rows")
                                        + yaml(
                                                "coded-pairs",
                                                "cache",
                                                "coded",
                                                "keyField",
                                                "any",
                                                "source",
                                                "bean:rows?method=pairs(3)")
                                        + yaml("twice", "cache", "items", "source", "direct:twice")
                                        + yaml(
                                                "set",
                                                "cache",
                                                "items",
                                                "source",
                                                "bean:redisSets?method=members('vip')")
                                        + yaml(
                                                "popular",
                                                "cache",
                                                "items",
                                                "batchSize",
                                                "10",
                                                "source",
                                                "cistern:items?popular=3"))
                        .start();
    }

    @AfterAll
    void stop() throws Exception {
        instance.close();
        origin.close();
        redis.close();
    }

    private static void assertRan(JsonNode run, String state, long done, long failed) {
        assertThat(run.path("state").asText()).as("%s", run).isEqualTo(state);
        assertThat(run.path("done").asLong()).as("%s", run).isEqualTo(done);
        assertThat(run.path("failed").asLong()).as("%s", run).isEqualTo(failed);
    }

    private void assertWarm(String cache, String key) {
        var answer = instance.lookup(cache, key, "Cache-Control", "only-if-cached");
        assertThat(answer.cacheStatus())
                .as("%s of %s: %s", key, cache, answer)
                .startsWith("cistern; hit");
    }

    @Test
    void aRouteOfTheUsersOwn() {
        var run = run(instance, "own");

        assertRan(run, "partial", 3, 1);
        assertThat(run.path("total").asLong()).isEqualTo(4);
        assertThat(run.path("errors").toString()).contains("bad");
        assertWarm("items", "own-1");
        assertWarm("items", "own-2");
        assertWarm("items", "7");
    }

    @Test
    void keysOfSqlAreLoadedInBatches() {
        assertRan(run(instance, "sql"), "completed", 100, 0);

        assertThat(origin.batches().stream().filter(batch -> batch.get(0).startsWith("q-")))
                .extracting(batch -> batch.size())
                .containsExactly(40, 40, 20);
        assertWarm("batches", "q-100");
    }

    @Test
    void rowsOfSqlGetTheTagsOfTheirCache() {
        var calls = origin.calls();

        assertRan(run(instance, "sql-rows"), "completed", 5000, 0);

        assertThat(origin.calls()).isEqualTo(calls);
        var there = instance.lookup("rows", "s-77");
        assertThat(there.cacheStatus()).contains("hit");
        assertThat(there.text()).isEqualTo("{\"sku\":\"s-77\",\"kind\":\"toy\"}");
        assertThat(there.cacheStatus()).matches(".*ttl=35\\d\\d;.*");
        instance.delete("/caches/rows/entries?tag=kind:toy");
        assertThat(instance.lookup("rows", "s-77", "Cache-Control", "only-if-cached").status())
                .isEqualTo(504);
    }

    @Test
    void whatAnHttpServiceAnswersIsRead() {
        // An object of several fields is no key.
        assertRan(run(instance, "http"), "failed", 0, 1);
    }

    @Test
    void filesStayWhereTheyAre() throws Exception {
        assertRan(run(instance, "lines"), "completed", 2, 0);
        assertRan(run(instance, "csv"), "completed", 1, 0);
        assertRan(run(instance, "file-keys"), "completed", 2, 0);
        assertRan(run(instance, "lines"), "completed", 2, 0);

        assertThat(instance.lookup("rows", "l-1").text()).isEqualTo("{\"sku\":\"l-1\",\"n\":1}");
        assertThat(instance.lookup("rows", "c-1").json().path("name").asText()).isEqualTo("one, 1");
        assertWarm("items", "f-2");
        try (var there = Files.list(files)) {
            assertThat(there.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("rows.jsonl", "rows.csv", "keys.json");
        }
    }

    @Test
    void aFileThatIsNotThereIsAFailure() {
        var run = run(instance, "no-file");

        assertRan(run, "failed", 0, 0);
        assertThat(run.path("errors").toString()).contains("there is no such file");
    }

    @Test
    void aBeanGivesPairsOfKeysAndBytes() {
        assertRan(run(instance, "bean"), "completed", 1000, 0);

        var there = instance.lookup("items", "pair-65");
        assertThat(there.body()).containsExactly(65);
        assertThat(there.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(
                        instance.get(Instance.entry("items", "pair-65") + "/metadata")
                                .json()
                                .path("tags"))
                .extracting(JsonNode::asText)
                .contains("warmed");
    }

    @Test
    void whatTheCachesTagsCannotBeToldOfIsNotStored() {
        var run = run(instance, "untold");

        assertRan(run, "failed", 0, 1000);
        assertThat(run.path("errors").toString()).contains("the cache's tags can't be told");
    }

    @Test
    void aSourceThatFailsHalfWayLeavesWhatIsThere() {
        var run = run(instance, "breaking");

        assertRan(run, "partial", 9, 0);
        assertThat(run.path("errors").toString()).contains("the tenth row is gone");
        assertWarm("rows", "breaking-0");
    }

    @Test
    void keysReadBeforeTheirSourceFailedAreLoaded() {
        var run = run(instance, "breaking-keys");

        assertRan(run, "partial", 9, 0);
        assertWarm("items", "breaking-8");
    }

    @Test
    void aKeyThatComesTwiceIsLoadedOnce() {
        var run = run(instance, "twice");

        assertRan(run, "completed", 2, 0);
        assertThat(run.path("skipped").asLong()).isOne();
        assertThat(run.path("total").asLong()).isEqualTo(3);
        assertThat(origin.calls("t-1")).isOne();
    }

    @Test
    void aSetOfRedis() {
        redis.ask(commands -> commands.sadd("vip", "v-1", "v-2", "v-3"));

        assertRan(run(instance, "set"), "completed", 3, 0);
        assertWarm("items", "v-2");
    }

    @Test
    void whatIsAskedForMost() {
        // Once it is watched, which is so within a second, and told to the others.
        await().until(
                        () -> {
                            for (var i = 0; i < 20; i++) {
                                instance.lookup("items", "much-" + i % 3);
                            }
                            instance.lookup("items", "little");
                            return run(instance, "popular").path("done").asLong() == 3;
                        });

        for (var i = 0; i < 3; i++) {
            var calls = origin.calls("much-" + i);
            run(instance, "popular");
            assertThat(origin.calls("much-" + i)).isEqualTo(calls + 1);
        }
        assertThat(origin.calls("little")).isOne();
    }

    @Test
    void rowsThatTheirCodecDoesNotTakeFail() {
        var rows = run(instance, "coded-rows");
        var pairs = run(instance, "coded-pairs");

        assertThat(rows.path("done").asInt()).isOne();
        assertThat(rows.path("failed").asInt()).isOne();
        assertThat(rows.path("errors").toString()).contains("row-1: the codec binary takes no row");
        assertThat(pairs.path("done").asInt()).isZero();
        assertThat(pairs.path("failed").asInt()).isEqualTo(3);
        assertThat(pairs.path("errors").toString())
                .contains("pair-0: the codec json takes no such");
        assertThat(instance.lookup("coded", "row-2").cacheStatus()).contains("hit");
    }
}
