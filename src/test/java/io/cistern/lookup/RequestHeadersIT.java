package io.cistern.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Which of a client's headers reach the origin, and what of an origin reaches the client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestHeadersIT {

    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static final String[] HOSTILE = {
        "CamelHttpPath", "/admin",
        "CamelHttpUri", "http://127.0.0.1:1/",
        "camelhttpmethod", "DELETE",
        "CisternKey", "stolen",
        "CisternTtl", "1s",
        "cistern-key", "stolen",
        "X-Secret", "of-the-client",
        "Cookie", "session=of-the-client",
        "Authorization", "Basic of-the-client",
        "X-Tenant", "blue",
        "traceparent", TRACE
    };

    private final Map<String, Map<String, Object>> seen = new ConcurrentHashMap<>();
    private CountingOrigin origin;
    private Instance instance;

    @BeforeAll
    void start() throws Exception {
        origin = new CountingOrigin();
        instance =
                Instance.inMemory()
                        .route("plain", Routes.http("plain", origin, Map.of()))
                        .route(
                                "forwarding",
                                Routes.http(
                                        "forwarding",
                                        origin,
                                        Map.of(
                                                "forwardHeaders",
                                                "X-Tenant, CamelHttpPath, CisternTtl")))
                        .route("spied", Routes.steps("spied", Map.of(), "- to: direct:spy\n"))
                        .start();
        instance.context()
                .addRoutes(
                        new org.apache.camel.builder.RouteBuilder() {
                            @Override
                            public void configure() {
                                from("direct:spy")
                                        .routeId("spy")
                                        .process(RequestHeadersIT.this::spy);
                            }
                        });
    }

    private void spy(Exchange exchange) {
        var headers = exchange.getMessage().getHeaders();
        seen.put(headers.get("CisternKey").toString(), Map.copyOf(headers));
        exchange.getMessage().setHeader("X-Of-The-Route", "for-the-cache-only");
        exchange.getMessage().setHeader("Set-Cookie", "for-the-cache-only");
        exchange.getMessage().setBody("seen");
    }

    @AfterAll
    void stop() {
        instance.close();
        origin.close();
    }

    @Test
    void nothingOfTheClientReachesARouteButItsTrace() {
        instance.lookup("spied", "key/1", HOSTILE);

        assertThat(seen.get("key/1"))
                .containsOnlyKeys("CisternKey", "CisternKeyEncoded", "traceparent")
                .containsEntry("CisternKey", "key/1")
                .containsEntry("CisternKeyEncoded", "key%2F1")
                .containsEntry("traceparent", TRACE);
    }

    @Test
    void nothingOfTheClientReachesAnHttpOriginButItsTrace() {
        var answer = instance.lookup("plain", "1", HOSTILE);

        assertThat(answer.json().path("id").asText()).isEqualTo("1");
        assertThat(origin.lastHeaders().getFirst("traceparent")).isEqualTo(TRACE);
        assertThat(origin.lastHeaders().keySet())
                .noneMatch(name -> name.toLowerCase().startsWith("cistern"))
                .noneMatch(name -> name.toLowerCase().startsWith("camel"))
                .doesNotContain("X-secret", "Cookie", "Authorization", "X-tenant");
    }

    @Test
    void whatACacheForwardsReachesItsOriginUnlessItSteersCamel() {
        var answer = instance.lookup("forwarding", "1", HOSTILE);

        assertThat(answer.json().path("id").asText()).isEqualTo("1");
        assertThat(origin.lastHeaders().getFirst("X-Tenant")).isEqualTo("blue");
        assertThat(origin.lastHeaders().keySet()).doesNotContain("X-secret", "Cookie");
        assertThat(instance.lookup("forwarding", "1").cacheStatus()).matches(".*ttl=35\\d\\d.*");
    }

    @Test
    void neitherTheClientsNorTheRoutesHeadersComeBack() {
        for (var cache : new String[] {"plain", "spied"}) {
            for (var i = 0; i < 2; i++) {
                var answer = instance.lookup(cache, "back", HOSTILE);
                assertThat(answer.headers().map().values().toString())
                        .doesNotContain("of-the-client", "for-the-cache-only", "stolen", "blue");
                assertThat(answer.headers().map().keySet())
                        .map(String::toLowerCase)
                        .isSubsetOf(
                                "age",
                                "cache-control",
                                "cache-status",
                                "content-length",
                                "content-type",
                                "etag");
            }
        }
    }

    @Test
    void batchesForwardAsSingleLookupsDo() {
        instance.post("/caches/spied/lookup", "{\"keys\":[\"b1\"]}", HOSTILE);

        assertThat(seen.get("b1"))
                .containsOnlyKeys("CisternKey", "CisternKeyEncoded", "traceparent");
    }
}
