package io.cistern.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.settings.ApiToken;
import io.cistern.settings.ApiToken.Role;
import io.cistern.settings.Secret;
import java.util.List;
import java.util.Set;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessIT {
    private static final List<ApiToken> TOKENS =
            List.of(
                    new ApiToken("ops", Set.of(Role.values()), Secret.of("all")),
                    new ApiToken("feed", Set.of(Role.INVALIDATE), Secret.of("inv")),
                    new ApiToken("loader", Set.of(Role.WRITE), Secret.of("wri")),
                    new ApiToken("reader", Set.of(Role.READ), Secret.of("rea")),
                    new ApiToken("op", Set.of(Role.OPERATE), Secret.of("ope")));

    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    private void start(List<ApiToken> tokens) throws Exception {
        server =
                TestServer.start(
                        new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("platform-http:/*").setBody(constant("passed"));
                            }
                        },
                        settings -> settings.accessControl(AccessControl.of(tokens)));
    }

    private RawClient.Answer send(String method, String path, String... headers) throws Exception {
        try (var client = server.raw()) {
            var request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
            for (var header : headers) {
                request.append(header).append("\r\n");
            }
            return client.send(request.append("\r\n").toString()).answer();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /caches/c, '', 200",
        "OPTIONS, /caches/c, '', 200",
        "POST, /caches/c/lookup, '', 200",
        "POST, /caches/c/lookup, no, 200",
        "POST, /caches/c/prune, '', 401",
        "POST, /caches/c/prune, no, 401",
        "POST, /caches/c/prune, all, 200",
        "POST, /caches/c/prune, ope, 200",
        "POST, /caches/c/prune, wri, 403",
        "PUT, /caches/c/entries/k, '', 401",
        "PUT, /caches/c/entries/k, wri, 200",
        "PUT, /caches/c/entries/k, inv, 403",
        "DELETE, /caches/c/entries/k, inv, 200",
        "DELETE, /caches/c/entries/a%2Fb, inv, 200",
        "DELETE, /caches/c/entries?tag=t, inv, 200",
        "DELETE, /caches/c/entries?tag=t, wri, 403",
        "DELETE, /caches/c/entries, rea, 403",
        "POST, /invalidations, inv, 200",
        "POST, /invalidations, ope, 403",
        "DELETE, /warming/runs/1, inv, 403",
        "DELETE, /warming/runs/1, ope, 200",
        "PATCH, /warming/strategies/s, ope, 200",
        "BREW, /x, '', 401",
        "POST, /caches/c/lookup/, '', 401",
        "POST, /caches/c/%6cookup, '', 200",
    })
    void asksForTheRightRole(String method, String path, String token, int status)
            throws Exception {
        start(TOKENS);
        var answer =
                token.isEmpty()
                        ? send(method, path)
                        : send(method, path, "authorization: bearer " + token);

        assertThat(answer.status()).isEqualTo(status);
        if (status >= 400) {
            assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        }
        if (status == 401) {
            assertThat(answer.header("www-authenticate")).startsWith("Bearer");
        }
    }

    @Test
    void refusesBeforeReadingTheBody() throws Exception {
        start(TOKENS);

        var answer = send("PUT", "/caches/c/entries/k", "Content-Length: 99999999999");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("connection")).isEqualTo("close");
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', 200",
        "'Host: localhost:1', 'Origin: http://localhost:1', 200",
        "'Host: 127.0.0.1:1', 'Origin: http://127.0.0.1:1', 200",
        "'Host: [::1]:1', 'Origin: http://[::1]:1', 200",
        "'Host: localhost:1', 'Origin: http://localhost:2', 403",
        "'Host: localhost:1', 'Origin: https://evil.example', 403",
        "'Host: localhost:1', 'Origin: null', 403",
        "'Host: evil.example:1', 'Origin: http://evil.example:1', 403",
        "'Host: localhost', 'X-Forwarded-For: 10.0.0.1', 403",
        "'Host: localhost', 'Forwarded: for=10.0.0.1', 403",
    })
    void trustsLoopbackButNotItsWebPages(String host, String header, int status) throws Exception {
        start(List.of());

        var answer = host.isEmpty() ? send("PUT", "/x") : send("PUT", "/x", host, header);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(send("POST", "/caches/c/lookup", "Origin: https://evil.example").status())
                .isEqualTo(200);
    }

    @Test
    void limitsTheRateOfAClient() throws Exception {
        server =
                TestServer.start(
                        new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("platform-http:/x").setBody(constant("passed"));
                            }
                        },
                        settings -> settings.rateLimit(5));
        try (var client = server.raw()) {
            var refused = 0;
            for (var i = 0; i < 200; i++) {
                var answer = client.get("/x").answer();
                if (answer.status() == 429) {
                    refused++;
                    assertThat(answer.header("retry-after")).isEqualTo("1");
                    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
                }
            }

            assertThat(refused).isPositive().isLessThan(200);
        }
    }
}
