package io.cistern.lookup;

import static io.cistern.app.Instance.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.app.Answer;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import io.cistern.app.TwoInstancesFixture;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a lookup of one key answers, with two instances that share a Redis. */
class LookupIT extends TwoInstancesFixture {

    @Override
    protected Instance.Builder caches(Instance.Builder builder) {
        return builder.route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                .route("far", Routes.http("far", origin, Map.of("ttl", "10m", "near", "off")))
                .route(
                        "client",
                        Routes.http("client", origin, Map.of("ttl", "10m", "clientMaxAge", "30s")))
                .route(
                        "lenient",
                        Routes.http("lenient", origin, Map.of("ttl", "1s", "maxStale", "10m")))
                .route(
                        "brief",
                        Routes.http(
                                "brief",
                                origin,
                                Map.of("ttl", "300ms", "maxStale", "0", "negativeTtl", "300ms")))
                .route("echo", Routes.simple("echo", "${header.CisternKey}", Map.of("ttl", "10m")));
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    @Test
    void loadsOnceAndAnswersFromMemoryThen() {
        var key = key();
        var first = one.lookup("items", key);
        var second = one.lookup("items", key);

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.json().path("id").asText()).isEqualTo(key);
        assertThat(first.cacheStatus()).isEqualTo("cistern; fwd=uri-miss; stored");
        assertThat(second.cacheStatus()).matches("cistern; hit; ttl=(599|600); detail=near");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(origin.calls(key)).isOne();
    }

    @Test
    void answersFromRedisWhatAnotherInstanceLoaded() {
        var key = key();
        var first = one.lookup("items", key);
        var there = other.lookup("items", key);
        var again = other.lookup("items", key);

        assertThat(there.cacheStatus()).matches("cistern; hit; ttl=59\\d; detail=shared");
        assertThat(there.body()).isEqualTo(first.body());
        assertThat(there.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(again.cacheStatus()).endsWith("detail=near");
        assertThat(origin.calls(key)).isOne();
    }

    @Test
    void answersFromRedisEachTimeWithoutNearStore() {
        var key = key();
        one.lookup("far", key);

        assertThat(one.lookup("far", key).cacheStatus()).endsWith("detail=shared");
        assertThat(one.lookup("far", key).cacheStatus()).endsWith("detail=shared");
        assertThat(origin.calls(key)).isOne();
    }

    @Test
    void carriesTheHeadersOfItsContract() {
        var key = key();
        var miss = one.lookup("items", key);
        var hit = one.lookup("items", key);

        for (var answer : new Answer[] {miss, hit}) {
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
            assertThat(answer.header("Cache-Control")).isEqualTo("no-cache");
            assertThat(answer.header("Age")).isEqualTo("0");
            assertThat(answer.header("ETag")).matches("\"[^\"]+\"").isEqualTo(miss.header("ETag"));
            assertThat(answer.header("X-Origin-Secret")).isEmpty();
            assertThat(answer.headers().map().keySet())
                    .noneMatch(name -> name.toLowerCase().startsWith("camel"))
                    .noneMatch(name -> name.toLowerCase().startsWith("cistern"));
        }
    }

    @Test
    void ageCountsSecondsSinceTheLoad() {
        var key = key();
        one.lookup("items", key);

        await().until(() -> Integer.parseInt(one.lookup("items", key).header("Age")) >= 1);
        assertThat(Integer.parseInt(other.lookup("items", key).header("Age"))).isBetween(1, 30);
    }

    @Test
    void remembersWhatTheOriginDoesNotHave() {
        var key = key();
        origin.missing.add(key);
        var first = one.lookup("items", key);
        var second = one.lookup("items", key);
        var there = other.lookup("items", key);

        assertThat(first.isProblem(404)).isTrue();
        assertThat(first.cacheStatus()).isEqualTo("cistern; fwd=uri-miss; stored");
        assertThat(second.isProblem(404)).isTrue();
        assertThat(second.cacheStatus()).matches("cistern; hit; ttl=\\d+; detail=near");
        assertThat(there.cacheStatus()).matches("cistern; hit; ttl=\\d+; detail=shared");
        assertThat(origin.calls(key)).isOne();
    }

    @Test
    void forgetsAfterNegativeTtlThatTheOriginHasNoValue() {
        var key = key();
        origin.missing.add(key);
        assertThat(one.lookup("brief", key).status()).isEqualTo(404);
        origin.missing.remove(key);

        await().until(() -> one.lookup("brief", key).status() == 200);
        assertThat(origin.calls(key)).isEqualTo(2);
    }

    @Test
    void loadsAgainWhatIsDead() {
        var key = key();
        one.lookup("brief", key);

        await().until(() -> one.lookup("brief", key).json().path("count").asInt() > 1);
    }

    @Test
    void headAnswersWithoutTheValue() {
        var key = key();
        var miss = one.send("HEAD", entry("items", key), null);
        var hit = one.send("HEAD", entry("items", key), null);
        var whole = one.lookup("items", key);

        assertThat(miss.status()).isEqualTo(200);
        assertThat(miss.cacheStatus()).isEqualTo("cistern; fwd=uri-miss; stored");
        assertThat(hit.cacheStatus()).endsWith("detail=near");
        assertThat(hit.body()).isEmpty();
        assertThat(hit.header("ETag")).isEqualTo(whole.header("ETag"));
        assertThat(hit.header("Content-Length")).isEqualTo("" + whole.body().length);
    }

    @Test
    void answersNotModifiedToWhoHasTheValue() {
        var key = key();
        var etag = one.lookup("items", key).header("ETag");

        for (var condition : new String[] {etag, "W/" + etag, "\"x\", W/" + etag, "*"}) {
            var answer = one.lookup("items", key, "If-None-Match", condition);
            assertThat(answer.status()).as(condition).isEqualTo(304);
            assertThat(answer.body()).isEmpty();
            assertThat(answer.header("ETag")).isEqualTo(etag);
            assertThat(answer.cacheStatus()).endsWith("detail=near");
        }
        assertThat(one.lookup("items", key, "If-None-Match", "\"x\"").status()).isEqualTo(200);
    }

    @Test
    void answersNotModifiedAtAMissToo() {
        var key = key();
        var etag = one.lookup("items", key).header("ETag");
        one.delete(entry("items", key));
        origin.content = ("{\"id\":\"" + key + "\",\"count\":1}").getBytes();
        try {
            var answer = one.lookup("items", key, "If-None-Match", etag);
            assertThat(answer.status()).isEqualTo(304);
            assertThat(answer.cacheStatus()).startsWith("cistern; fwd=");
        } finally {
            origin.content = null;
        }
    }

    @Test
    void aClientMayKeepWhatItsCacheLetsItKeep() {
        var key = key();
        var miss = one.lookup("client", key);
        var hit = one.lookup("client", key);

        assertThat(miss.header("Cache-Control")).matches("max-age=3\\d");
        assertThat(hit.header("Cache-Control")).matches("max-age=3\\d");
    }

    @Test
    void noCacheLoadsAgainAndStores() {
        var key = key();
        one.lookup("items", key);
        var refreshed = one.lookup("items", key, "Cache-Control", "no-cache");
        var then = one.lookup("items", key);

        assertThat(refreshed.cacheStatus()).isEqualTo("cistern; fwd=request; stored");
        assertThat(refreshed.json().path("count").asInt()).isEqualTo(2);
        assertThat(then.json().path("count").asInt()).isEqualTo(2);
        assertThat(then.cacheStatus()).endsWith("detail=near");
    }

    @Test
    void noStoreAsksTheOriginAndStoresNothing() {
        var key = key();
        var bypassed = one.lookup("items", key, "Cache-Control", "no-store");
        var cached = one.lookup("items", key, "Cache-Control", "only-if-cached");

        assertThat(bypassed.status()).isEqualTo(200);
        assertThat(bypassed.cacheStatus()).isEqualTo("cistern; fwd=bypass");
        assertThat(cached.isProblem(504)).isTrue();
        assertThat(origin.calls(key)).isOne();
    }

    @Test
    void onlyIfCachedNeverAsksTheOrigin() {
        var key = key();
        var nothing = one.lookup("items", key, "Cache-Control", "only-if-cached");
        one.lookup("items", key);
        var near = one.lookup("items", key, "Cache-Control", "only-if-cached");
        var shared = other.lookup("items", key, "Cache-Control", "only-if-cached");

        assertThat(nothing.isProblem(504)).isTrue();
        assertThat(near.cacheStatus()).endsWith("detail=near");
        assertThat(shared.cacheStatus()).endsWith("detail=shared");
        assertThat(origin.calls(key)).isOne();
    }

    @Test
    void maxStaleTakesAStaleValueWithoutTheOrigin() {
        var key = key();
        one.lookup("lenient", key);
        await().until(
                        () ->
                                one.lookup("lenient", key, "Cache-Control", "only-if-cached")
                                                .status()
                                        == 504);

        var stale = one.lookup("lenient", key, "Cache-Control", "max-stale=600");
        var cached = one.lookup("lenient", key, "Cache-Control", "max-stale, only-if-cached");
        var tooOld = one.lookup("lenient", key, "Cache-Control", "max-stale=0");

        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.cacheStatus()).matches("cistern; hit; ttl=-\\d+; detail=max-stale");
        assertThat(stale.header("Cache-Control")).isEqualTo("no-cache");
        assertThat(cached.cacheStatus()).endsWith("detail=max-stale");
        assertThat(tooOld.cacheStatus()).isEqualTo("cistern; fwd=stale; stored");
        assertThat(origin.calls(key)).isEqualTo(2);
    }

    @Test
    void textComesAsText() {
        var miss = one.lookup("echo", "just text");
        var hit = one.lookup("echo", "just text");

        assertThat(miss.text()).isEqualTo("just text");
        assertThat(hit.text()).isEqualTo("just text");
        assertThat(hit.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
    }

    @Test
    void bytesOfTheOriginComeUnchangedWithTheirType() {
        var key = key();
        var bytes = new byte[1024];
        for (var i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        origin.content = bytes;
        origin.contentType = "image/png";
        try {
            assertThat(one.lookup("items", key).body()).isEqualTo(bytes);
        } finally {
            origin.content = null;
            origin.contentType = "application/json";
        }
        var hit = one.lookup("items", key);
        assertThat(hit.body()).isEqualTo(bytes);
        assertThat(hit.header("Content-Type")).isEqualTo("image/png");
    }

    @Test
    void unknownCacheIsNotFound() {
        var lookup = one.lookup("nobody", "1");

        assertThat(lookup.isProblem(404)).isTrue();
        assertThat(lookup.json().path("cache").asText()).isEqualTo("nobody");
        assertThat(one.get("/caches/nobody").isProblem(404)).isTrue();
        assertThat(one.post("/caches/nobody/lookup", "{\"keys\":[\"1\"]}").isProblem(404)).isTrue();
        assertThat(one.put(entry("nobody", "1"), "x").isProblem(404)).isTrue();
        assertThat(one.delete(entry("nobody", "1")).isProblem(404)).isTrue();
        assertThat(one.delete("/caches/nobody/entries").isProblem(404)).isTrue();
        assertThat(one.post("/caches/nobody/prune", "").isProblem(404)).isTrue();
        assertThat(one.get(entry("nobody", "1") + "/metadata").isProblem(404)).isTrue();
    }

    @Test
    void otherMethodsAreRefused() {
        var answer = one.post(entry("items", "1"), "x");

        assertThat(answer.isProblem(405)).isTrue();
        assertThat(answer.header("Allow")).contains("GET", "HEAD", "PUT", "DELETE");
    }
}
