package io.cistern.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.Instance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is invalidated in one region is gone in the other. */
class RegionsIT extends RegionsFixture {

    @Test
    void keysTagsPatternsAndWholeCachesCross() throws Exception {
        var keys = keys(8);
        fill(asia, keys);

        invalidate(europe, "0");
        awaitGone(asia, "0");
        assertThat(europe.delete("/caches/items/entries?tag=of:1").status()).isEqualTo(204);
        awaitGone(asia, "1");
        assertThat(europe.delete("/caches/items/entries?pattern=%5B23%5D").status()).isEqualTo(204);
        awaitGone(asia, "2", "3");
        assertThat(Stream.of("4", "5", "6", "7")).allMatch(key -> isCached(asia, key));
        assertThat(europe.delete("/caches/items/entries").status()).isEqualTo(204);
        awaitGone(asia, "4", "5", "6", "7");

        assertThat(records()).isEqualTo(4);
    }

    @Test
    void theyCrossInTheOtherDirectionAsWell() {
        fill(europe, "1");

        invalidate(asia, "1");

        awaitGone(europe, "1");
    }

    @Test
    void aValueThatIsPutInOneRegionIsNoLongerOldInTheOther() throws Exception {
        fill(asia, "1", "2");

        var put = europe.put(Instance.entry("items", "1"), "new", "Content-Type", "text/plain");

        assertThat(put.status()).isEqualTo(204);
        awaitGone(asia, "1");
        assertThat(isCached(europe, "1")).isTrue();
        assertThat(isCached(asia, "2")).isTrue();
    }

    @Test
    void whatExpiresHereMayStandInThere() {
        fill(asia, "1", "2");

        for (var mode : List.of("expire", "refresh")) {
            var key = mode.equals("expire") ? "1" : "2";
            var event =
                    "{\"cache\":\"items\",\"keys\":[\"%s\"],\"mode\":\"%s\"}".formatted(key, mode);
            assertThat(europe.post("/invalidations", event).status()).isEqualTo(200);
            awaitGone(asia, key);
            // Still there, to stand in; and nobody loads it before somebody asks.
            var entry = Instance.entry("items", key);
            assertThat(asia.get(entry + "/metadata").status()).isEqualTo(200);
            assertThat(asia.statistic("items", "loads")).as(mode).isEqualTo(2);
        }
    }

    @Test
    void allInstancesOfARegionFollow() {
        try (var second = asia().start()) {
            fill(asia, "1");
            fill(second, "1");

            invalidate(europe, "1");

            awaitGone(asia, "1");
            awaitGone(second, "1");
        }
    }

    @Test
    void manyKeysOfOneEventCross() throws Exception {
        fill(asia, "1", "1999", "other");
        var keys =
                IntStream.range(0, 2_000)
                        .mapToObj(key -> "\"" + key + "\"")
                        .collect(Collectors.joining(","));

        var event = "{\"cache\":\"items\",\"keys\":[" + keys + "]}";
        assertThat(europe.post("/invalidations", event).status()).isEqualTo(200);

        awaitGone(asia, "1", "1999");
        assertThat(isCached(asia, "other")).isTrue();
        assertThat(records()).isEqualTo(3);
    }

    @Test
    void eventsThatBothRegionsReadAreToldOnceByEach() throws Exception {
        var events = topic + "-events";
        kafka.topic(events, 1);
        var feed = Files.readString(Path.of("routes/invalidation/kafka.camel.yaml"));
        try (var fedInEurope =
                        europe().route("kafka", feed)
                                .set("CISTERN_KAFKA_TOPIC", events)
                                .set("CISTERN_KAFKA_GROUP", events + "-europe")
                                .start();
                var fedInAsia =
                        asia().route("kafka", feed)
                                .set("CISTERN_KAFKA_TOPIC", events)
                                .set("CISTERN_KAFKA_GROUP", events + "-asia")
                                .start()) {
            fill(fedInEurope, "1");
            fill(fedInAsia, "1");

            clients.send(events, "1", "{\"cache\":\"items\",\"keys\":[\"1\"]}");

            awaitGone(fedInEurope, "1");
            awaitGone(fedInAsia, "1");
            await().until(() -> records() == 2);
            await().until(() -> kafka.committed(group("europe"), topic) == 2);
            await().until(() -> kafka.committed(group("asia"), topic) == 2);
            assertThat(records()).isEqualTo(2);
        }
    }

    @Test
    void whatCantBeReadEmptiesAllCachesOfTheRegionsThatHearIt() throws Exception {
        fill(europe, "1");
        fill(asia, "1");

        clients.send(
                topic,
                null,
                "{\"cistern\":2}".getBytes(StandardCharsets.UTF_8),
                Map.of("cistern-region", "cistern/europe-of-tomorrow"));

        awaitGone(europe, "1");
        awaitGone(asia, "1");
        assertThat(asia.metrics()).containsEntry("cistern_region_unreadable_total", 1.0);
    }
}
