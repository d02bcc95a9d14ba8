package io.cistern.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.AsyncProcessorSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostileRequestsIT {
    private static final int MAX_BODY = 100_000;

    private final CompletableFuture<Void> gate = new CompletableFuture<>();
    private final AtomicInteger gated = new AtomicInteger();
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server =
                TestServer.start(
                        new Routes(),
                        settings ->
                                settings.maxBodySize(MAX_BODY)
                                        .maxBodyMemory(MAX_BODY + 50_000)
                                        .maxConnections(40)
                                        .eventLoops(1)
                                        .idleTimeout(Duration.ofMillis(900))
                                        .bodyTimeout(Duration.ofMillis(500)));
    }

    @AfterEach
    void stop() {
        gate.complete(null);
        server.close();
    }

    private final class Routes extends RouteBuilder {
        @Override
        public void configure() {
            from("platform-http:/echo/{key}?httpMethodRestrict=GET,PUT,POST")
                    .process(
                            exchange -> {
                                var message = exchange.getMessage(HttpRequestMessage.class);
                                var bytes = message.getBody(byte[].class);
                                var size = bytes == null ? "none" : "" + bytes.length;
                                message.setBody(message.pathParameter(0) + ":" + size);
                            });
            from("platform-http:/gated/{key}")
                    .process(
                            new AsyncProcessorSupport() {
                                @Override
                                public boolean process(Exchange exchange, AsyncCallback callback) {
                                    gated.incrementAndGet();
                                    gate.thenRunAsync(
                                            () -> {
                                                exchange.getMessage().setBody("open");
                                                callback.done(false);
                                            });
                                    return false;
                                }
                            });
            from("platform-http:/endless").process(e -> e.getMessage().setBody(new Endless()));
            from("platform-http:/large").process(e -> e.getMessage().setBody(new byte[1 << 20]));
        }
    }

    private static final class Endless extends InputStream {
        @Override
        public int read() {
            return 1;
        }
    }

    private static String put(String headers) {
        return "PUT /echo/k HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    }

    @Test
    void refusesAHugeBodyBeforeReadingIt() throws Exception {
        try (var client = server.raw()) {
            client.send(put("Content-Length: 99999999999\r\n") + "x".repeat(1000));

            var answer = client.answer();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.isClosedByServer()).isTrue();
        }
        await().untilAsserted(() -> assertThat(server.http.inFlight()).isZero());
    }

    @Test
    void refusesAChunkedBodyOnceItIsTooLong() throws Exception {
        try (var client = server.raw()) {
            client.send(put("Transfer-Encoding: chunked\r\n"));
            for (var sent = 0; sent <= MAX_BODY; sent += 10_000) {
                client.send("2710\r\n" + "x".repeat(10_000) + "\r\n");
            }

            assertThat(client.answer().status()).isEqualTo(413);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void takesBodiesUpToTheBound() throws Exception {
        try (var client = server.raw()) {
            client.send(put("Content-Length: " + MAX_BODY + "\r\n") + "x".repeat(MAX_BODY));
            assertThat(client.answer().body()).isEqualTo("k:" + MAX_BODY);

            client.send(put("Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("k:5");

            client.send(put("Content-Length: 0\r\n"));
            assertThat(client.answer().body()).isEqualTo("k:none");

            client.send(put("Content-Length: 3\r\nExpect: 100-continue\r\n"));
            assertThat(client.answer().status()).isEqualTo(100);
            assertThat(client.send("abc").answer().body()).isEqualTo("k:3");
        }
        assertThat(server.http.state().bodyMemory()).isZero();
    }

    @Test
    void refusesMoreBodiesThanThereIsMemoryFor() throws Exception {
        try (var first = server.raw();
                var second = server.raw()) {
            first.send(put("Content-Length: 100000\r\n") + "x".repeat(99_000));
            await().until(() -> server.http.state().bodyMemory() >= 99_000);

            second.send(put("Content-Length: 100000\r\n") + "x".repeat(100_000));

            var refused = second.answer();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("retry-after")).isEqualTo("1");
        }
        await().until(() -> server.http.state().bodyMemory() == 0);
    }

    @Test
    void timesOutSlowBodies() throws Exception {
        try (var client = server.raw()) {
            client.send(put("Content-Length: 10\r\n") + "abc");

            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(client.isClosedByServer()).isTrue();
        }
        await().until(() -> server.http.inFlight() == 0);
    }

    @Test
    void forgetsClientsThatLeaveInTheirBody() throws Exception {
        try (var client = server.raw()) {
            client.send(put("Content-Length: 100\r\n") + "abc");
            await().until(() -> server.http.inFlight() == 1);
        }

        await().until(() -> server.http.inFlight() == 0);
        assertThat(server.http.state().bodyMemory()).isZero();
    }

    @Test
    void closesSilentConnectionsAndEndlessHeaders() throws Exception {
        try (var silent = server.raw();
                var trickling = server.raw()) {
            trickling.send("GET /echo/k HTTP/1.1\r\nHost: x\r\nX-One: 1\r\n");

            assertThat(silent.isClosedByServer()).isTrue();
            assertThat(trickling.isClosedByServer()).isTrue();
        }
    }

    @Test
    void doesNotCloseWhoWaitsForAnAnswer() throws Exception {
        try (var waiting = server.raw();
                var silent = server.raw()) {
            waiting.get("/gated/k");
            assertThat(silent.isClosedByServer()).isTrue();

            gate.complete(null);

            assertThat(waiting.answer().body()).isEqualTo("open");
        }
    }

    @Test
    void closesWhoDoesNotTakeTheAnswer() throws Exception {
        try (var client = server.raw()) {
            for (var i = 0; i < 50; i++) {
                client.get("/large");
            }
            await().until(() -> server.http.connections() == 1);

            await().atMost(Duration.ofSeconds(10)).until(() -> server.http.connections() == 0);
        }
        await().until(() -> server.http.inFlight() == 0);
    }

    @Test
    void closesWhoDoesNotTakeAStream() throws Exception {
        try (var client = server.raw()) {
            client.get("/endless");
            await().until(() -> server.http.inFlight() == 1);

            await().atMost(Duration.ofSeconds(20)).until(() -> server.http.inFlight() == 0);
        }
        await().until(() -> server.http.connections() == 0);
    }

    @Test
    void refusesWhatIsNoRequest() throws Exception {
        try (var client = server.raw()) {
            var answer = client.send("NONSENSE\r\n\r\n").answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
            assertThat(client.isClosedByServer()).isTrue();
        }
        try (var client = server.raw()) {
            assertThat(client.get("/a b c").answer().status()).isEqualTo(400);
        }
        try (var client = server.raw()) {
            client.send(put("Content-Length: 5\r\nContent-Length: 6\r\n"));
            assertThat(client.answer().status()).isEqualTo(400);
        }
        for (var length : new String[] {"-1", "+5", "x", "99999999999999999999"}) {
            try (var client = server.raw()) {
                client.send(put("Content-Length: " + length + "\r\n"));
                assertThat(client.answer().status()).as(length).isEqualTo(400);
            }
        }
        await().until(() -> server.http.inFlight() == 0);
    }

    @Test
    void refusesLongLinesAndHeaders() throws Exception {
        try (var client = server.raw()) {
            client.get("/echo/" + "%C3%A4".repeat(1024));
            assertThat(client.answer().status()).as("2 KiB of UTF-8").isEqualTo(200);

            var answer = client.get("/echo/" + "x".repeat(17_000)).answer();
            assertThat(answer.status()).isEqualTo(414);
            assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        }
        try (var client = server.raw()) {
            client.send("GET /echo/k HTTP/1.1\r\nX: " + "x".repeat(33_000) + "\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(431);
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (var client = server.raw()) {
            client.get("/gated/k");
            await().until(() -> gated.get() == 1);
            var requests = new StringBuilder();
            for (var i = 0; i < 300; i++) {
                requests.append("GET /echo/").append(i).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
            }
            requests.append(put("Content-Length: 3\r\n")).append("abc");
            client.send(requests.toString());
            gate.complete(null);

            assertThat(client.answer().body()).isEqualTo("open");
            var bodies = new ArrayList<String>();
            for (var i = 0; i < 300; i++) {
                bodies.add(client.answer().body());
                assertThat(bodies.get(i)).isEqualTo(i + ":none");
            }
            assertThat(client.answer().body()).isEqualTo("k:3");
        }
    }

    @Test
    void stopsReadingWhoSendsFarAhead() throws Exception {
        try (var client = server.raw()) {
            client.get("/gated/k");
            await().until(() -> gated.get() == 1);
            var ahead = "GET /echo/k HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2000);
            client.send(ahead);
            gate.complete(null);

            assertThat(client.answer().body()).isEqualTo("open");
            for (var i = 0; i < 2000; i++) {
                assertThat(client.answer().body()).isEqualTo("k:none");
            }
        }
    }

    @Test
    void acceptsABoundedNumberOfConnections() throws Exception {
        var clients = new ArrayList<RawClient>();
        try {
            for (var i = 0; i < 40; i++) {
                clients.add(server.raw().get("/echo/k"));
                assertThat(clients.get(i).answer().status()).isEqualTo(200);
            }
            try (var tooMany = server.raw()) {
                assertThat(tooMany.isClosedByServer()).isTrue();
            }
            clients.get(0).get("/echo/k");
        } finally {
            for (var client : clients) {
                client.close();
            }
        }
    }

    @Test
    void keepsTheConnectionWhereARefusedBodyIsShort() throws Exception {
        try (var client = server.raw()) {
            client.send("PUT /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
            assertThat(client.answer().status()).isEqualTo(404);

            assertThat(client.get("/echo/k").answer().status()).isEqualTo(200);

            client.send("PUT /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            assertThat(client.answer().header("connection")).isEqualTo("close");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }
}
