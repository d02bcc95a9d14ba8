package io.cistern.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is answered while an origin fails, is slow, or hangs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StaleIT {

    private final String key = "key-" + UUID.randomUUID();
    private CountingOrigin origin;
    private Instance instance;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        instance =
                Instance.inMemory()
                        .set("CIRCUIT_BREAKER_ENABLED", "false")
                        .route("lenient", cache("lenient", "ttl", "100ms", "maxStale", "10m"))
                        .route("strict", cache("strict", "ttl", "100ms", "maxStale", "0"))
                        .route(
                                "soft",
                                cache("soft", "ttl", "100ms", "softTimeout", "50ms", "hardTimeout"))
                        .route("hard", cache("hard", "ttl", "10m", "hardTimeout", "300ms"))
                        .start();
    }

    private String cache(String name, String... options) {
        var map = new LinkedHashMap<String, String>();
        for (var i = 0; i < options.length; i += 2) {
            map.put(options[i], i + 1 < options.length ? options[i + 1] : "20s");
        }
        return Routes.http(name, origin, map);
    }

    @AfterEach
    void heal() {
        origin.release();
        origin.status = 0;
        origin.failing.clear();
    }

    @AfterAll
    void stop() {
        instance.close();
        origin.close();
    }

    @Test
    void failingOriginIsABadGatewayWithItsReason() {
        origin.failing.add("bad");
        var answer = instance.lookup("strict", "bad");

        assertThat(answer.isProblem(502)).isTrue();
        assertThat(answer.cacheStatus()).isEqualTo("cistern; fwd=uri-miss; detail=origin-failed");
        assertThat(answer.json().path("detail").asText()).contains("HttpOperationFailedException");
        assertThat(answer.text()).doesNotContain("127.0.0.1");
        origin.failing.clear();
        assertThat(instance.lookup("strict", "bad").status()).isEqualTo(200);
    }

    @Test
    void staleValueIsServedWhileTheOriginFails() {
        instance.lookup("lenient", "a");
        origin.failing.add("a");

        await().until(() -> instance.lookup("lenient", "a").cacheStatus().contains("stale"));
        var stale = instance.lookup("lenient", "a");
        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.cacheStatus()).matches("cistern; hit; ttl=-\\d+; detail=stale-if-error");
        assertThat(stale.header("Cache-Control")).isEqualTo("no-cache");

        origin.failing.clear();
        var loaded = instance.lookup("lenient", "a");
        assertThat(loaded.cacheStatus()).isEqualTo("cistern; fwd=stale; stored");
    }

    @Test
    void deadValueIsNotServedThoughTheOriginFails() {
        instance.lookup("strict", "b");
        origin.failing.add("b");

        await().until(() -> instance.lookup("strict", "b").status() == 502);
        assertThat(instance.lookup("strict", "b").isProblem(502)).isTrue();
    }

    @Test
    void staleValueIsServedAfterTheSoftTimeoutWhileTheLoadGoesOn() {
        instance.lookup("soft", "c");
        await().until(
                        () ->
                                instance.lookup("soft", "c", "Cache-Control", "only-if-cached")
                                                .status()
                                        == 504);
        origin.hang();
        var stale = instance.lookup("soft", "c");
        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.cacheStatus()).matches("cistern; hit; ttl=-\\d+; detail=soft-timeout");

        origin.release();
        await().until(() -> instance.lookup("soft", "c").json().path("count").asInt() >= 2);
    }

    @Test
    void hangingOriginIsAGatewayTimeoutAndLeavesNoKeyStuck() {
        origin.hang();
        var answer = instance.lookup("hard", key);

        assertThat(answer.isProblem(504)).isTrue();
        assertThat(answer.cacheStatus()).isEqualTo("cistern; fwd=uri-miss; detail=time-out");
        assertThat(answer.took()).isBetween(Duration.ofMillis(250), Duration.ofSeconds(8));

        origin.release();
        // What comes after its time-out is thrown away; the key is as it was.
        var then = instance.lookup("hard", key);
        assertThat(then.status()).isEqualTo(200);
        assertThat(then.json().path("count").asInt()).isEqualTo(2);
    }

    @Test
    void lookupsOfOneKeyShareOneLoad() throws Exception {
        var calls = origin.calls();
        origin.hang();
        var first = instance.looking("soft", "shared-" + key);
        await().until(() -> origin.calls("shared-" + key) == 1);
        var second = instance.looking("soft", "shared-" + key);
        var third = instance.looking("soft", "shared-" + key);
        origin.release();

        assertThat(first.get(20, TimeUnit.SECONDS).cacheStatus())
                .isEqualTo("cistern; fwd=uri-miss; stored");
        assertThat(second.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(third.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(origin.calls() - calls).isOne();
    }
}
