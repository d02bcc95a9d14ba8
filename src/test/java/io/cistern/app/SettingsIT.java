package io.cistern.app;

import static io.cistern.app.Instance.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings reach what they are about. */
class SettingsIT {

    @Test
    void everyKeyInRedisBearsPrefixAndNamespaceAndCachesTakeTheDefaultTtl() throws Exception {
        try (var redis = RedisServer.start();
                var instance =
                        Instance.on(redis)
                                .set("REDIS_KEY_PREFIX", "shop:")
                                .set("CACHE_NAMESPACE", "blue")
                                .set("CACHE_DEFAULT_TTL", "123")
                                .route("usual", Routes.simple("usual", "x", Map.of()))
                                .route("own", Routes.simple("own", "x", Map.of("ttl", "7m")))
                                .start()) {
            var usual = instance.lookup("usual", "1");
            instance.put(entry("own", "2"), "x", "Cache-Tags", "t");
            instance.delete("/caches/own/entries?tag=t");
            instance.delete("/caches/usual/entries?pattern=x*");
            instance.delete(entry("usual", "gone"));
            instance.lookup("own", "3");

            assertThat(usual.status()).isEqualTo(200);
            assertThat(instance.lookup("usual", "1").cacheStatus()).matches(".*ttl=1[12]\\d;.*");
            assertThat(instance.lookup("own", "3").cacheStatus()).matches(".*ttl=4[12]\\d;.*");
            assertThat(instance.get("/caches/usual").json().path("ttl").asText()).isEqualTo("123s");
            var keys = redis.ask(commands -> commands.keys("*"));
            assertThat(keys).hasSizeGreaterThan(3);
            // The probe of the connection lives for a millisecond and belongs to no namespace.
            assertThat(keys)
                    .filteredOn(key -> !key.equals("shop:probe"))
                    .allMatch(key -> key.startsWith("shop:blue"));
        }
    }

    @Test
    void namespacesAndPrefixesKeepInstancesApart() throws Exception {
        try (var redis = RedisServer.start();
                var one = start(redis, "CACHE_NAMESPACE", "one");
                var two = start(redis, "CACHE_NAMESPACE", "two");
                var three = start(redis, "REDIS_KEY_PREFIX", "three:")) {
            one.put(entry("echo", "k"), "of one");
            two.put(entry("echo", "k"), "of two");
            three.put(entry("echo", "k"), "of three");
            two.delete("/caches/echo/entries");

            assertThat(one.lookup("echo", "k").text()).isEqualTo("of one");
            assertThat(two.lookup("echo", "k").text()).isEqualTo("k");
            assertThat(three.lookup("echo", "k").text()).isEqualTo("of three");
        }
    }

    private static Instance start(RedisServer redis, String name, String value) {
        return Instance.on(redis)
                .set(name, value)
                .route("echo", Routes.simple("echo", "${header.CisternKey}", Map.of("near", "off")))
                .start();
    }

    @Test
    void rateLimitRefusesWhatIsTooMuch() {
        try (var instance =
                Instance.inMemory()
                        .set("CISTERN_RATE_LIMIT", "2")
                        .route("echo", Routes.simple("echo", "x", Map.of()))
                        .start()) {
            Answer answer;
            var sent = 0;
            do {
                answer = instance.lookup("echo", "1");
            } while (answer.status() == 200 && ++sent < 1000);

            assertThat(answer.isProblem(429)).isTrue();
            assertThat(answer.header("Retry-After")).isNotEmpty();
        }
    }

    @Test
    void withoutMonitoringNothingIsMeasuredButLookupsWork() {
        try (var instance =
                Instance.inMemory()
                        .set("CACHE_MONITORING_ENABLED", "false")
                        .route("echo", Routes.simple("echo", "x", Map.of()))
                        .start()) {
            assertThat(instance.lookup("echo", "1").status()).isEqualTo(200);
            assertThat(instance.statistic("echo", "misses")).isOne();
            assertThat(instance.metrics().keySet())
                    .noneMatch(series -> series.startsWith("cistern_requests"));
        }
    }
}
