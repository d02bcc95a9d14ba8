package io.cistern.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.testing.LogCapture;
import java.util.UUID;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;

/** Two regions that are called the same, and what looks like it. */
class NamesakesIT extends RegionsFixture {

    private static final String KEPT = "cistern:region";

    /** Else what is written within a minute is nobody's fault. */
    private static void age(RedisServer redis, String id) {
        redis.ask(commands -> commands.set(KEPT, id + " 0"));
    }

    private Instance.Builder alsoEurope(RedisServer redis) {
        var builder = Instance.on(redis).route("items", items());
        settings("europe", waysOfEurope).forEach(builder::set);
        return builder;
    }

    @Test
    void twoRegionsOfOneNameHearAllAndSaySo() throws Exception {
        age(redisOfEurope, identity(redisOfEurope));
        try (var redis = RedisServer.start();
                var log = LogCapture.of(Namesakes.class.getName())) {
            age(redis, UUID.randomUUID().toString());
            try (var second = alsoEurope(redis).start()) {
                awaitHearing(second);
                var keys = keys(20);
                fill(europe, keys);
                fill(second, keys);

                // Of the third region both hear all, and of each other.
                for (var at = 0; at < keys.length; at++) {
                    invalidate(at < 10 ? asia : at < 15 ? europe : second, keys[at]);
                }
                awaitGone(europe, keys);
                awaitGone(second, keys);

                assertToldOf(europe);
                assertToldOf(second);
                assertThat(log.lines(Level.WARN))
                        .hasSize(2)
                        .allMatch(line -> line.contains("CISTERN_REGION"));
                assertThat(checkOf(asia)).contains("\"UP\"");
                // Nobody tells again what was heard.
                awaitTaken(group("europe"));
                awaitTaken(topic + "/cistern/europe/" + identity(redis));
                assertThat(records()).isEqualTo(keys.length);
            }
        }
    }

    private void awaitTaken(String group) throws Exception {
        await().until(() -> kafka.committed(group, topic) == 20);
    }

    private static void assertToldOf(Instance instance) {
        await().untilAsserted(
                        () ->
                                assertThat(checkOf(instance))
                                        .contains("\"DOWN\"")
                                        .contains("CISTERN_REGION"));
        assertThat(instance.manage("/observe/health/ready").status()).isEqualTo(200);
    }

    @Test
    void aRedisThatLostAllMakesNoOtherRegion() throws Exception {
        var before = identity(redisOfEurope);
        age(redisOfEurope, before);
        try (var log = LogCapture.of(Namesakes.class.getName());
                var second = europe().start()) {
            redisOfEurope.ask(commands -> commands.flushall());
            await().until(() -> redisOfEurope.ask(commands -> commands.exists(KEPT)) == 1);

            assertThat(identity(redisOfEurope)).isEqualTo(before);
            fill(asia, "1", "2");
            await().until(() -> europe.delete(Instance.entry("items", "1")).status() == 204);
            invalidate(second, "2");
            awaitGone(asia, "1", "2");
            assertThat(checkOf(europe)).contains("\"UP\"");
            assertThat(log.lines(Level.WARN)).isEmpty();
        }
    }

    @Test
    void aRegionWhoseRedisLostAllWhileNobodyWasThereIsNoOtherThanBefore() throws Exception {
        invalidate(europe, "1", "2", "3");
        var before = identity(redisOfEurope);
        europe.close();
        redisOfEurope.ask(commands -> commands.flushall());

        try (var log = LogCapture.of(Namesakes.class.getName())) {
            europe = europe().start();
            awaitHearing(europe);
            assertThat(identity(redisOfEurope)).isNotEqualTo(before);
            fill(europe, "1");
            invalidate(asia, "1");
            awaitGone(europe, "1");
            assertThat(checkOf(europe)).contains("\"UP\"");
            assertThat(log.lines(Level.WARN)).isEmpty();
        }
    }

    @Test
    void aRegionWhoseRedisComesLateHearsFromThenOn() throws Exception {
        try (var redis = RedisServer.away();
                var late = alsoEurope(redis).set("CISTERN_REGION", "africa").start()) {
            await().until(() -> checkOf(late).contains("Redis has not told yet"));
            redis.bringBack();
            awaitHearing(late);
            fill(late, "1");
            invalidate(asia, "1");
            awaitGone(late, "1");
        }
    }
}
