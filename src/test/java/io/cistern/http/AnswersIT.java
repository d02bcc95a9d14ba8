package io.cistern.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.vertx.core.http.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.AsyncProcessorSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AnswersIT {
    private static final byte[] VALUE = "value".getBytes(StandardCharsets.UTF_8);
    private static final int LARGE = 300_000;
    private static TestServer server;
    private static volatile String threads;
    private static volatile boolean completed;

    @BeforeAll
    static void start() throws Exception {
        server =
                TestServer.start(
                        new Routes(),
                        settings ->
                                settings.blocking(
                                        endpoint -> endpoint.getPath().equals("/blocking")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static final class Routes extends RouteBuilder {
        @Override
        public void configure() {
            from("platform-http:/reply")
                    .process(
                            exchange -> {
                                threads = Thread.currentThread().getName();
                                exchange.getMessage()
                                        .setBody(
                                                HttpReply.status(203)
                                                        .header(HttpHeaders.CONTENT_TYPE, "text/x")
                                                        .header("Cache-Status", "one")
                                                        .header("Cache-Status", "two")
                                                        .payload(VALUE)
                                                        .build());
                            });
            from("platform-http:/not-modified")
                    .setBody(constant(HttpReply.of(304, null, "ETag", "\"1\"")));
            from("platform-http:/nothing").setBody(constant(HttpReply.of(204, null)));
            from("platform-http:/problem")
                    .setBody(constant(Problem.of(400, "Bad", "x").with("field", "keys")));
            from("platform-http:/async").process(new Async(command -> new Thread(command).start()));
            from("platform-http:/async-here").process(new Async(Runnable::run));
            from("platform-http:/fails")
                    .errorHandler(noErrorHandler())
                    .throwException(new IllegalStateException("secret detail"));
            from("platform-http:/handled")
                    .onException(IllegalStateException.class)
                    .handled(true)
                    .setHeader(Exchange.HTTP_RESPONSE_CODE, constant(418))
                    .setBody(constant("teapot"))
                    .end()
                    .throwException(new IllegalStateException("secret detail"));
            from("platform-http:/text")
                    .setHeader("X-Own", constant("yes"))
                    .setHeader("CamelSecret", constant("no"))
                    .setHeader("CisternKey", constant("no"))
                    .setHeader("Cistern-Own", constant("yes"))
                    .setHeader("Content-Type", constant("text/plain"))
                    .setBody(constant("grüße"));
            from("platform-http:/untouched").to("log:untouched?level=DEBUG");
            from("platform-http:/headers")
                    .process(
                            exchange -> {
                                var headers = exchange.getMessage().getHeaders();
                                exchange.getMessage().setBody(String.valueOf(headers.size()));
                            });
            from("platform-http:/stream")
                    .process(exchange -> exchange.getMessage().setBody(new Lazy(LARGE)));
            from("platform-http:/broken-stream")
                    .process(exchange -> exchange.getMessage().setBody(new Lazy(-1)));
            from("platform-http:/blocking")
                    .process(e -> e.getMessage().setBody(Thread.currentThread().getName()));
            from("platform-http:/copies/{key}")
                    .process(
                            exchange -> {
                                var unseen = exchange.copy().getMessage();
                                var mine = exchange.getMessage().getHeader("X-Mine");
                                var seen = exchange.copy().getMessage();
                                exchange.getMessage().removeHeader("X-Mine");
                                var changed = exchange.copy().getMessage();
                                exchange.getMessage()
                                        .setBody(show(unseen) + show(seen) + show(changed));
                                assertThat(mine).isEqualTo("1");
                            });
            from("platform-http:/map").process(e -> e.getMessage().setBody(Map.of("a", 1)));
            from("platform-http:/bad-header")
                    .process(
                            exchange ->
                                    exchange.getMessage()
                                            .setBody(HttpReply.of(200, VALUE, "X", "a\r\nY: b")));
            from("platform-http:/completion")
                    .onCompletion()
                    .process(exchange -> completed = true)
                    .end()
                    .setBody(constant("done"));
        }
    }

    private static String show(Message message) {
        return "[" + message.getHeader("key") + " " + message.getHeader("X-Mine") + "]";
    }

    /** Not in memory and not to be read on an event loop. */
    private static final class Lazy extends FilterInputStream {
        private Lazy(int size) {
            super(size < 0 ? new Broken() : new ByteArrayInputStream(new byte[size]));
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (Thread.currentThread().getName().contains("eventloop")) {
                throw new IOException("read on an event loop");
            }
            return super.read(bytes, offset, length);
        }
    }

    private static final class Broken extends InputStream {
        private int given;

        @Override
        public int read() throws IOException {
            if (given++ > 100_000) {
                throw new IOException("broken");
            }
            return 1;
        }
    }

    private static final class Async extends AsyncProcessorSupport {
        private final Executor executor;

        private Async(Executor executor) {
            this.executor = executor;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            CompletableFuture.completedFuture("async")
                    .thenAcceptAsync(
                            text -> {
                                exchange.getMessage().setBody(text);
                                callback.done(false);
                            },
                            executor);
            return false;
        }
    }

    @Test
    void writesAReplyAsItIsFromTheEventLoop() throws Exception {
        var answer = server.get("/reply");

        assertThat(answer.statusCode()).isEqualTo(203);
        assertThat(answer.body()).isEqualTo("value");
        assertThat(answer.headers().allValues("cache-status")).containsExactly("one", "two");
        assertThat(answer.headers().map().keySet())
                .containsExactlyInAnyOrder(
                        "date", "content-type", "cache-status", "content-length");
        assertThat(threads).contains("eventloop");
    }

    @Test
    void answersHeadWithoutThePayload() throws Exception {
        try (var client = server.raw()) {
            client.send("HEAD /reply HTTP/1.1\r\nHost: x\r\n\r\n");
            var answer = client.answer(true);
            assertThat(answer.status()).isEqualTo(203);
            assertThat(answer.header("content-length")).isEqualTo("5");

            client.send("HEAD /text HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.answer(true).header("content-length")).isEqualTo("7");

            client.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.answer(true).status()).isEqualTo(200);

            assertThat(client.get("/reply").answer().body()).isEqualTo("value");
        }
    }

    @Test
    void sendsNoLengthWhereThereIsNoBody() throws Exception {
        try (var client = server.raw()) {
            var notModified = client.get("/not-modified").answer(true);
            assertThat(notModified.status()).isEqualTo(304);
            assertThat(notModified.headers()).containsOnlyKeys("date", "etag");

            var nothing = client.get("/nothing").answer(true);
            assertThat(nothing.status()).isEqualTo(204);
            assertThat(nothing.headers()).containsOnlyKeys("date");

            assertThat(client.get("/reply").answer().body()).isEqualTo("value");
        }
    }

    @Test
    void writesAProblem() throws Exception {
        var answer = server.get("/problem");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"field\":\"keys\"");
    }

    @Test
    void answersFromAnotherThread() throws Exception {
        assertThat(server.get("/async").body()).isEqualTo("async");
        assertThat(server.get("/async-here").body()).isEqualTo("async");
        await().until(() -> server.http.inFlight() == 0);
    }

    @Test
    void hidesExceptions() throws Exception {
        var answer = server.get("/fails");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.headers().firstValue("content-type"))
                .hasValue("application/problem+json");
        assertThat(answer.body()).doesNotContain("secret", "Exception", "\tat");
        await().until(() -> server.http.inFlight() == 0);
    }

    @Test
    void takesWhatTheRouteMadeOfAnException() throws Exception {
        var answer = server.get("/handled");

        assertThat(answer.statusCode()).isEqualTo(418);
        assertThat(answer.body()).isEqualTo("teapot");
    }

    @Test
    void convertsTextAndFiltersHeaders() throws Exception {
        var answer = server.get("/text");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("grüße");
        assertThat(answer.headers().map().keySet())
                .containsExactlyInAnyOrder(
                        "date", "x-own", "cistern-own", "content-type", "content-length");
    }

    @Test
    void neverEchoesRequestHeaders() throws Exception {
        for (var path : new String[] {"/untouched", "/headers", "/text"}) {
            var request =
                    server.request(path).header("X-Mine", "1").header("Content-Language", "de");
            var answer = server.send(request.header("Authorization", "Basic eDp5"));

            assertThat(answer.headers().map().keySet())
                    .as(path)
                    .doesNotContain("x-mine", "content-language", "authorization", "user-agent");
        }
        var empty = server.get("/untouched");
        assertThat(empty.statusCode()).isEqualTo(204);
        var own = server.send(server.request("/text").header("X-Own", "client"));
        assertThat(own.headers().allValues("x-own")).containsExactly("yes");
    }

    @Test
    void streamsFromWorkers() throws Exception {
        var answer = server.get("/stream");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).hasSize(LARGE);
        await().until(() -> server.http.inFlight() == 0);
    }

    @Test
    void cutsOffAStreamThatBreaks() throws Exception {
        try (var client = server.raw()) {
            client.get("/broken-stream");

            assertThatThrownBy(client::answer).isInstanceOf(IOException.class);
        }
        await().until(() -> server.http.inFlight() == 0);
    }

    @Test
    void answersWhatCantBeWrittenWith500() throws Exception {
        assertThat(server.get("/bad-header").statusCode()).isEqualTo(500);
        assertThat(server.get("/bad-header").headers().firstValue("y")).isEmpty();
        assertThat(server.get("/map").statusCode()).isEqualTo(500);
        await().until(() -> server.http.inFlight() == 0);
    }

    @Test
    void tellsTheDate() throws Exception {
        var date = server.get("/reply").headers().firstValue("date").orElseThrow();

        assertThat(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant())
                .isCloseTo(Instant.now(), within(10, ChronoUnit.SECONDS));
    }

    @Test
    void closesWhereTheClientWantsIt() throws Exception {
        try (var client = server.raw()) {
            client.send("GET /reply HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(client.answer().header("connection")).isEqualTo("close");
            assertThat(client.isClosedByServer()).isTrue();
        }
        try (var client = server.raw()) {
            client.send("GET /text HTTP/1.0\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("grüße");
            assertThat(client.isClosedByServer()).isTrue();
        }
        try (var client = server.raw()) {
            client.send("GET /stream HTTP/1.0\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(505);
        }
    }

    @Test
    void runsBlockingRoutesOnWorkers() throws Exception {
        assertThat(server.get("/blocking").body()).contains("worker");
        await().until(() -> server.http.inFlight() == 0);
    }

    @Test
    void copiesKnowTheRequest() throws Exception {
        var answer = server.send(server.request("/copies/k").header("X-Mine", "1"));

        assertThat(answer.body()).isEqualTo("[k 1][k 1][k null]");
    }

    @Test
    void completesTheExchange() throws Exception {
        assertThat(server.get("/completion").body()).isEqualTo("done");

        await().until(() -> completed);
    }
}
