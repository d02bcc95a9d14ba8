package io.cistern.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.ChildInstance;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Regions that are cut off, brokers that die, and what is known of the topic and gets lost. */
class RegionOutageIT extends RegionsFixture {

    @TempDir Path folder;

    private static int delete(Instance instance, String key) {
        return instance.delete(Instance.entry("items", key)).status();
    }

    @Test
    void aRegionThatWasCutOffAppliesAllThatItMissed() throws Exception {
        var keys = keys(40);
        fill(europe, keys);
        fill(asia, "mine");
        waysOfEurope.cut();
        await().until(() -> checkOf(europe).contains("others are not heard"));

        // Here nothing can be promised to others, there all can.
        assertThat(delete(europe, "mine")).isEqualTo(503);
        assertThat(checkOf(europe)).contains("others can't be told");
        invalidate(asia, keys);
        assertThat(isCached(asia, "mine")).isTrue();
        assertThat(isCached(europe, "0")).isTrue();
        assertThat(europe.lookup("items", "another").status()).isEqualTo(200);
        assertThat(europe.manage("/observe/health/ready").status()).isEqualTo(200);
        waysOfEurope.heal();

        awaitGone(europe, keys);
        await().until(() -> delete(europe, "mine") == 204);
        awaitGone(asia, "mine");
        awaitUp(europe);
        assertThat(europe.metrics().get("cistern_region_emptied_total")).isEqualTo(1);
    }

    @Test
    void changesAreRefusedAtOnceWhileTheTopicIsKnownToBeAway() {
        waysOfEurope.cut();
        assertThat(delete(europe, "1")).isEqualTo(503);

        var refused = europe.delete(Instance.entry("items", "2"));

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("other regions can't be told");
        assertThat(refused.took()).isLessThan(Duration.ofSeconds(2));
        assertThat(europe.metrics().get("cistern_region_refused_total")).isEqualTo(2);
    }

    @Test
    void aBrokerThatSaysNothingIsNotWaitedForLong() {
        fill(asia, "1");
        invalidate(europe, "unrelated");
        waysOfEurope.silence();

        var refused = europe.delete(Instance.entry("items", "1"));

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.took()).isLessThan(Duration.ofSeconds(10));
        waysOfEurope.heal();
        await().until(() -> delete(europe, "1") == 204);
        awaitGone(asia, "1");
    }

    @Test
    void nothingIsCommittedWhileTheRedisOfARegionIsFrozen() throws Exception {
        var keys = keys(30);
        fill(asia, keys);
        var group = group("asia");
        redisOfAsia.freeze();

        invalidate(europe, keys);
        await().until(() -> checkOf(asia).contains("StoreUnavailable"));
        assertThat(kafka.committed(group, topic)).isZero();
        redisOfAsia.thaw();

        awaitGone(asia, keys);
        var all = records();
        await().until(() -> kafka.committed(group, topic) == all);
        awaitUp(asia);
    }

    @Test
    void aRegionThatTheTopicDidNotWaitForServesNothingOfBefore() throws Exception {
        var keys = keys(20);
        fill(asia, keys);
        invalidate(europe, "unrelated");
        await().until(() -> kafka.committed(group("asia"), topic) == 1);
        asia.close();
        invalidate(europe, keys(10));
        var deleted =
                ends().entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        each -> each.getKey(),
                                        each -> RecordsToDelete.beforeOffset(each.getValue())));
        try (var admin = kafka.admin()) {
            admin.deleteRecords(deleted).all().get();
        }

        asia = asia().start();
        awaitHearing(asia);

        for (var key : keys) {
            assertThat(isCached(asia, key)).as(key).isFalse();
        }
        invalidate(europe, "0");
        fill(asia, "later");
        invalidate(europe, "later");
        awaitGone(asia, "later");
    }

    @Test
    void aCacheThatIsAddedAfterARecordWasMissedServesNothingOfBefore() throws Exception {
        Files.writeString(late(asia), Routes.simple("late", "x", Map.of("ttl", "1h")));
        await().until(() -> asia.lookup("late", "1").status() == 200);
        asia.close();

        clients.send(topic, null, "nonsense");
        asia = asia().start();
        await().until(() -> asia.metrics().get("cistern_region_emptied_total") >= 1);
        Files.writeString(late(asia), Routes.simple("late", "x", Map.of("ttl", "1h")));

        await().until(() -> isLateKnown(asia));
        await().until(() -> statusOfLate(asia) == 504);
    }

    @Test
    void aCacheThatOnlyAnotherInstanceHadIsEmptiedAsWell() throws Exception {
        var late = Routes.simple("late", "x", Map.of("ttl", "1h"));
        try (var other = asia().route("late", late).start()) {
            assertThat(other.lookup("late", "1").status()).isEqualTo(200);
            assertThat(statusOfLate(other)).isEqualTo(200);
        }
        var before = asia.metrics().get("cistern_region_emptied_total");

        clients.send(topic, null, "nonsense");
        await().until(() -> asia.metrics().get("cistern_region_emptied_total") > before);

        try (var other = asia().route("late", late).start()) {
            assertThat(statusOfLate(other)).isEqualTo(504);
        }
    }

    private static Path late(Instance instance) {
        return instance.routes().resolve("caches/late.camel.yaml");
    }

    private static boolean isLateKnown(Instance instance) {
        return instance.get("/caches/late").status() == 200;
    }

    private static int statusOfLate(Instance instance) {
        return instance.lookup("late", "1", "Cache-Control", "only-if-cached").status();
    }

    @Test
    void aRegionThatComesBackInTimeLosesNothingElse() throws Exception {
        fill(asia, "1", "2");
        invalidate(europe, "unrelated");
        await().until(() -> kafka.committed(group("asia"), topic) == 1);
        asia.close();
        invalidate(europe, "1");

        asia = asia().start();

        awaitGone(asia, "1");
        assertThat(isCached(asia, "2")).isTrue();
        assertThat(asia.metrics().get("cistern_region_emptied_total")).isZero();
    }

    @Test
    void whatAKilledInstanceHadInHandAnotherOneApplies() throws Exception {
        var keys = keys(600);
        fill(asia, keys);
        var settings = new HashMap<>(redisOfAsia.settings());
        settings.putAll(settings("asia", waysOfAsia));
        try (var victim = new ChildInstance(folder, items(), settings)) {
            victim.start();
            victim.awaitUp();
            for (var at = 0; at < keys.length; at++) {
                invalidate(europe, keys[at]);
                if (at == keys.length / 2) {
                    victim.kill();
                }
            }

            awaitGone(asia, keys);
        }
        var all = records();
        await().until(() -> kafka.committed(group("asia"), topic) == all);
    }

    @Test
    void whatIsAcknowledgedSurvivesTheDeathOfTheBroker() throws Exception {
        var keys = keys(4_000);
        var event =
                List.of(keys).stream()
                        .map(key -> "\"" + key + "\"")
                        .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
        assertThat(asia.post("/caches/items/lookup", event).status()).isEqualTo(200);
        var next = new AtomicInteger();
        var ends = new AtomicBoolean();
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        var clientsOfEurope = new ArrayList<CompletableFuture<Void>>();
        for (var client = 0; client < 4; client++) {
            clientsOfEurope.add(
                    CompletableFuture.runAsync(
                            () -> {
                                while (!ends.get()) {
                                    var at = next.getAndIncrement();
                                    if (at < keys.length && delete(europe, keys[at]) == 204) {
                                        acknowledged.add(keys[at]);
                                    }
                                }
                            }));
        }

        await().until(() -> acknowledged.size() > 50);
        kafka.stop();
        var before = acknowledged.size();
        kafka.bringBack();
        await().until(() -> acknowledged.size() > before + 50 || next.get() >= keys.length);
        ends.set(true);
        clientsOfEurope.forEach(CompletableFuture::join);

        assertThat(acknowledged).hasSizeGreaterThan(50);
        awaitGone(asia, acknowledged.toArray(String[]::new));
        await().until(() -> delete(europe, "last") == 204);
    }
}
