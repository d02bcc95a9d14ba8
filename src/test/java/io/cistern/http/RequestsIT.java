package io.cistern.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsIT {
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(new Routes());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static final class Routes extends RouteBuilder {
        @Override
        public void configure() {
            restConfiguration().component("platform-http");
            rest("/rest").get("/{id}").to("direct:rest");
            from("direct:rest").setBody(simple("rest ${header.id}"));
            from("platform-http:/caches").setBody(constant("caches"));
            from("platform-http:/caches/{cache}?httpMethodRestrict=GET")
                    .setBody(simple("cache ${header.cache}"));
            from("platform-http:/caches/{cache}/entries/{key}?httpMethodRestrict=GET,HEAD,PUT")
                    .process(
                            exchange -> {
                                var message = exchange.getMessage(HttpRequestMessage.class);
                                message.setBody(message.pathParameter("key"));
                            });
            from("platform-http:/show/{key}?httpMethodRestrict=GET,POST")
                    .process(
                            exchange -> {
                                var shown =
                                        exchange.getMessage().getHeaders().entrySet().stream()
                                                .map(e -> e.getKey() + "=" + e.getValue())
                                                .collect(Collectors.joining("\n"));
                                exchange.getMessage().setBody(shown);
                            });
            from("platform-http:/prefix?matchOnUriPrefix=true").setBody(constant("prefix"));
            from("platform-http:/json?httpMethodRestrict=POST&consumes=application/json"
                            + "&produces=application/json")
                    .setBody(constant("{}"));
        }
    }

    private static String encode(String key) {
        return URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "42",
                "a/b",
                "a b",
                "a+b",
                "ä€🐋",
                "%41",
                "a?b#c&d=e",
                "\0",
                "a\r\nb",
                "...",
                "..a",
                "~!*'();:@$,",
                "{key}",
                "\\..\\",
                "//",
            })
    void takesAnyKey(String key) throws Exception {
        assertThat(server.get("/caches/c/entries/" + encode(key)).body()).isEqualTo(key);
    }

    @Test
    void leavesAPlusAPlus() throws Exception {
        try (var client = server.raw()) {
            assertThat(client.get("/caches/c/entries/a+b").answer().body()).isEqualTo("a+b");
            assertThat(client.get("/caches/c/entries/Köln").answer().body()).isEqualTo("Köln");
            var absolute = client.get("http://localhost/caches/c/entries/k").answer();
            assertThat(absolute.body()).isEqualTo("k");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /caches/c/entries/., 400",
        "GET, /caches/c/entries/.., 400",
        "GET, /caches/c/entries/%2E%2E, 400",
        "GET, /caches/c/entries/%2e, 400",
        "GET, /caches/c/../c, 400",
        "GET, /caches/c/entries/%zz, 400",
        "GET, /caches/c/entries/%C3, 400",
        "GET, /caches/c/entries/%, 400",
        "GET, /caches/, 404",
        "GET, //caches, 404",
        "GET, /caches//c, 404",
        "GET, /caches/c/, 404",
        "GET, /caches/c/entries/, 404",
        "GET, /caches/c/entries/k/, 404",
        "GET, /nowhere, 404",
        "GET, /, 404",
        "DELETE, /caches/c, 405",
        "OPTIONS, /caches/c, 405",
        "BREW, /caches/c, 405",
        "GET, /prefix, 200",
        "GET, /prefix/a/b, 200",
        "GET, /prefixed, 404",
    })
    void refusesWithAProblem(String method, String path, int status) throws Exception {
        try (var client = server.raw()) {
            var answer = client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").answer();

            assertThat(answer.status()).isEqualTo(status);
            if (status >= 400) {
                assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
                assertThat(answer.body()).contains("\"status\":" + status);
            }
            if (status == 405) {
                assertThat(answer.header("allow")).isEqualTo("GET");
            }
            assertThat(client.get("/caches").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void fillsHeadersAsPlatformHttpUsersKnowThem() throws Exception {
        var shown =
                server.send(
                                server.request("/show/a%20b?tag=t%201&key=other")
                                        .header("X-Mine", "1")
                                        .header("key", "forged"))
                        .body();

        assertThat(shown.lines())
                .contains(
                        "X-Mine=1",
                        "tag=t 1",
                        "key=a b",
                        "CamelHttpMethod=GET",
                        "CamelHttpPath=/show/a%20b",
                        "CamelHttpQuery=tag=t%201&key=other",
                        "CamelHttpUri=/show/a%20b?tag=t%201&key=other");
    }

    @Test
    void takesNoCamelOrCisternHeadersFromClients() throws Exception {
        var shown =
                server.send(
                                server.request("/show/k?CamelFileName=x&cisternTags=y")
                                        .header("CamelHttpMethod", "forged")
                                        .header("cAmElFileName", "forged")
                                        .header("CisternKey", "forged")
                                        .header("org.apache.camel.x", "forged"))
                        .body();

        assertThat(shown).doesNotContainIgnoringCase("forged");
        assertThat(shown.lines())
                .contains("CamelHttpMethod=GET")
                .noneMatch(line -> line.matches("(?i)(cistern|camelfile|org\\.apache).*"));
    }

    @Test
    void servesTheRestDsl() throws Exception {
        assertThat(server.get("/rest/7").body()).isEqualTo("rest 7");
        assertThat(server.send("POST", "/rest/7", "x").statusCode()).isEqualTo(405);
    }

    @Test
    void checksMediaTypes() throws Exception {
        var json = server.request("/json").header("Content-Type", "application/json");
        var body = BodyPublishers.ofString("{}");
        assertThat(server.send(json.POST(body)).statusCode()).isEqualTo(200);

        var html = json.copy().header("Accept", "text/html");
        assertThat(server.send(html).statusCode()).isEqualTo(406);

        var xml = server.request("/json").header("Content-Type", "text/xml").POST(body);
        assertThat(server.send(xml).statusCode()).isEqualTo(415);
    }

    @Test
    void answersSuspendedAndStoppedRoutes() throws Exception {
        var context = server.context;
        var route =
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("platform-http:/extra").routeId("extra").setBody(constant("here"));
                    }
                };
        context.addRoutes(route);
        assertThat(server.get("/extra").body()).isEqualTo("here");

        context.getRouteController().suspendRoute("extra");
        assertThat(server.get("/extra").statusCode()).isEqualTo(503);

        context.getRouteController().resumeRoute("extra");
        assertThat(server.get("/extra").statusCode()).isEqualTo(200);

        context.getRouteController().stopRoute("extra");
        assertThat(server.get("/extra").statusCode()).isEqualTo(404);
        context.removeRoute("extra");
    }
}
