package io.cistern.lookup;

import static io.cistern.app.Instance.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.app.Answer;
import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.RedisServer;
import io.cistern.app.Routes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Loads that an HTTP origin may answer with 304, and refreshes before the end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConditionalIT {

    private CountingOrigin origin;
    private RedisServer redis;
    private Instance instance;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        redis = RedisServer.start();
        instance =
                Instance.on(redis)
                        .route("brief", comparing("brief", Map.of("ttl", "300ms")))
                        .route("long", comparing("long", Map.of("ttl", "10m")))
                        .route(
                                "early",
                                Routes.http(
                                        "early",
                                        origin,
                                        Map.of("ttl", "4s", "earlyRefresh", "1000")))
                        .start();
    }

    private String comparing(String name, Map<String, String> options) {
        return Routes.steps(
                name,
                options,
                """
                - setHeader: { name: CamelHttpPath, simple: "/${header.CisternKeyEncoded}" }
                - choice:
                    when:
                      - simple: "${header.CisternEtag} != null"
                        steps:
                          - setHeader: { name: If-None-Match, simple: '"${header.CisternEtag}"' }
                - to: { uri: "%s/items?okStatusCodeRange=200-299,304,404" }
                - setHeader: { name: CisternEtag, simple: "${header.ETag}" }
                """
                        .formatted(origin.url()));
    }

    @AfterEach
    void release() {
        origin.release();
    }

    @AfterAll
    void stop() throws Exception {
        instance.close();
        redis.close();
        origin.close();
    }

    private Answer refresh(String key) {
        return instance.lookup("long", key, "Cache-Control", "no-cache");
    }

    @Test
    void staleValueThatTheOriginConfirmsIsServedAnew() {
        origin.etags.put("stale", "\"v1\"");
        instance.lookup("brief", "stale");

        await().until(
                        () ->
                                instance.lookup("brief", "stale")
                                        .cacheStatus()
                                        .equals("cistern; fwd=stale; stored"));

        assertThat(origin.lastHeaders().getFirst("If-None-Match")).isEqualTo("\"v1\"");
        assertThat(origin.calls("stale")).isEqualTo(2);
        var hit = instance.lookup("brief", "stale");
        assertThat(hit.json().path("count").asInt()).isOne();
        assertThat(hit.header("ETag")).isEqualTo("\"v1\"");
        assertThat(hit.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void valueWhoseOriginDropsItsTagLosesItHere() {
        origin.etags.put("untagged", "\"v1\"");
        instance.lookup("long", "untagged");
        origin.etags.remove("untagged");

        assertThat(refresh("untagged").header("ETag")).isNotEqualTo("\"v1\"");
        refresh("untagged");
        assertThat(origin.lastHeaders().getFirst("If-None-Match")).isNull();
    }

    @Test
    void valueThatIsInvalidatedBeforeTheAnswerIsNotRevived() throws Exception {
        origin.etags.put("between", "\"v1\"");
        instance.lookup("long", "between");
        origin.hang();
        var refreshed = instance.looking("long", "between", "Cache-Control", "no-cache");
        await().until(() -> origin.calls("between") == 2);

        assertThat(instance.delete(entry("long", "between")).status()).isEqualTo(204);
        origin.release();

        var answer = refreshed.get(20, TimeUnit.SECONDS);
        assertThat(answer.json().path("count").asInt()).isEqualTo(3);
        assertThat(origin.lastHeaders().getFirst("If-None-Match")).isNull();
        assertThat(instance.lookup("long", "between").json().path("count").asInt()).isEqualTo(3);
    }

    @Test
    void hitIsAnsweredAtOnceAndRefreshedInTheBackground() {
        instance.lookup("early", "a");
        origin.hang();

        await().pollInterval(Duration.ofMillis(5))
                .until(
                        () -> {
                            assertThat(instance.lookup("early", "a").cacheStatus())
                                    .contains("detail=near");
                            return origin.calls("a") == 2;
                        });
        origin.release();

        await().until(() -> instance.statistic("early", "loads") >= 2);
    }
}
