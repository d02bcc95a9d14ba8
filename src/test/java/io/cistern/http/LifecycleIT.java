package io.cistern.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cistern.testing.Ports;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.RoutePolicySupport;
import org.junit.jupiter.api.Test;

class LifecycleIT {
    private final CompletableFuture<Void> gate = new CompletableFuture<>();

    private final class Routes extends RouteBuilder {
        @Override
        public void configure() {
            from("platform-http:/x").setBody(constant("x"));
            from("platform-http:/gated")
                    .process(
                            new AsyncProcessorSupport() {
                                @Override
                                public boolean process(Exchange exchange, AsyncCallback callback) {
                                    gate.thenRunAsync(
                                            () -> {
                                                exchange.getMessage().setBody("y".repeat(500_000));
                                                callback.done(false);
                                            });
                                    return false;
                                }
                            });
        }
    }

    @Test
    void drainsWhatIsInFlight() throws Exception {
        try (var server = TestServer.start(new Routes());
                var flying = server.raw();
                var late = server.raw()) {
            flying.get("/gated");
            await().until(() -> server.http.inFlight() == 1);

            server.http.beginDrain();

            var refused = late.get("/x").answer();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("connection")).isEqualTo("close");
            assertThat(refused.header("retry-after")).isEqualTo("1");
            assertThat(late.isClosedByServer()).isTrue();
            assertThat(server.http.awaitDrained(Duration.ofMillis(1))).isFalse();

            gate.complete(null);

            assertThat(server.http.awaitDrained(Duration.ofSeconds(5))).isTrue();
            assertThat(server.http.drained().toCompletableFuture()).isCompleted();
            assertThat(flying.answer().body()).hasSize(500_000);
        }
    }

    @Test
    void answersWhatIsInFlightWhenTheContextStops() throws Exception {
        var server =
                TestServer.start(
                        new Routes(), settings -> settings.drainTimeout(Duration.ofSeconds(10)));
        try (var flying = server.raw()) {
            flying.get("/gated");
            await().until(() -> server.http.inFlight() == 1);

            var stopped = CompletableFuture.runAsync(server::close);
            await().until(() -> server.http.state().isDraining());
            gate.complete(null);

            assertThat(flying.answer().body()).hasSize(500_000);
            assertThat(flying.isClosedByServer()).isTrue();
            assertThat(stopped).succeedsWithin(Duration.ofSeconds(10));
        }
        assertThatThrownBy(server::raw).isInstanceOf(ConnectException.class);
    }

    @Test
    void countsClientsThatLeave() throws Exception {
        try (var server = TestServer.start(new Routes())) {
            try (var leaving = server.raw()) {
                leaving.get("/gated");
                await().until(() -> server.http.inFlight() == 1);
            }
            await().until(() -> server.http.connections() == 0);
            assertThat(server.http.inFlight()).as("its exchange still runs").isEqualTo(1);

            gate.complete(null);

            await().until(() -> server.http.inFlight() == 0);
            assertThat(server.get("/x").body()).isEqualTo("x");
        }
    }

    @Test
    void countsExactlyWhateverClientsDo() throws Exception {
        gate.complete(null);
        try (var server = TestServer.start(new Routes(), settings -> settings.eventLoops(2))) {
            var clients = new ArrayList<CompletableFuture<Void>>();
            for (var i = 0; i < 4; i++) {
                clients.add(CompletableFuture.runAsync(() -> misbehave(server.http.port())));
            }
            for (var client : clients) {
                assertThat(client).succeedsWithin(Duration.ofSeconds(60));
            }

            await().until(() -> server.http.connections() == 0);
            await().until(() -> server.http.inFlight() == 0);
            assertThat(server.get("/x").body()).isEqualTo("x");
        }
    }

    private static void misbehave(int port) {
        for (var i = 0; i < 60; i++) {
            try (var client = new RawClient(port)) {
                client.get("/gated").get("/x");
                if (i % 3 == 0) {
                    client.answer();
                }
                client.send("PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\nabc");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void refusesToStartOnAPortInUse() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                var context = new DefaultCamelContext()) {
            var settings =
                    HttpSettings.builder().host("127.0.0.1").port(taken.getLocalPort()).build();
            HttpServerService.install(context, settings);

            assertThatThrownBy(context::start)
                    .hasStackTraceContaining(
                            "CISTERN_HTTP_PORT: can't listen on 127.0.0.1:" + taken.getLocalPort())
                    .rootCause()
                    .hasMessageContaining("Address already in use");
            assertThatThrownBy(() -> HttpServerService.install(started(), settings))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("CISTERN_HTTP_PORT")
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
    }

    private static CamelContext started() {
        var context = new DefaultCamelContext();
        context.start();
        return context;
    }

    @Test
    void answers503UntilTheContextHasStarted() throws Exception {
        var starting = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var port = Ports.free();
        try (var context = new DefaultCamelContext()) {
            HttpServerService.install(
                    context, HttpSettings.builder().host("127.0.0.1").port(port).build());
            context.addRoutes(new Routes());
            context.addRoutes(
                    new RouteBuilder() {
                        @Override
                        public void configure() {
                            from("timer:slow?repeatCount=1")
                                    .routePolicy(new Slow(starting, goOn))
                                    .to("log:x");
                        }
                    });
            var started = CompletableFuture.runAsync(context::start);
            starting.await();
            try (var early = new RawClient(port)) {
                assertThat(early.get("/x").answer().status()).isEqualTo(503);
                goOn.countDown();
                assertThat(started).succeedsWithin(Duration.ofSeconds(10));
                assertThat(early.get("/x").answer().status()).isEqualTo(200);
            }
        }
    }

    private static final class Slow extends RoutePolicySupport {
        private final CountDownLatch starting;
        private final CountDownLatch goOn;

        private Slow(CountDownLatch starting, CountDownLatch goOn) {
            this.starting = starting;
            this.goOn = goOn;
        }

        @Override
        public void onStart(Route route) {
            starting.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void livesBesideTheManagementServer() throws Exception {
        var main = new Main();
        var management = Ports.free();
        main.configure().addRoutesBuilder(new Routes());
        main.addInitialProperty("camel.management.enabled", "true");
        main.addInitialProperty("camel.management.port", String.valueOf(management));
        main.addInitialProperty("camel.management.healthCheckEnabled", "true");
        var http = new CompletableFuture<HttpServerService>();
        main.addMainListener(
                new MainListenerSupport() {
                    @Override
                    public void beforeConfigure(BaseMainSupport support) {
                        var settings = HttpSettings.builder().host("127.0.0.1").port(0).build();
                        http.complete(
                                HttpServerService.install(support.getCamelContext(), settings));
                    }
                });
        main.start();
        try {
            var port = http.join().port();
            assertThat(port).isPositive().isNotEqualTo(management);
            assertThat(status(port, "/x")).isEqualTo(200);
            assertThat(status(port, "/observe/health")).isEqualTo(404);
            assertThat(status(management, "/observe/health")).isEqualTo(200);
            assertThat(status(management, "/x")).isEqualTo(404);
        } finally {
            main.stop();
        }
    }

    @Test
    void serversOfTwoContextsKeepApart() throws Exception {
        try (var one = TestServer.start(new Routes());
                var other = TestServer.start(new Routes(), settings -> settings.eventLoops(3))) {
            assertThat(one.http.port()).isNotEqualTo(other.http.port());
            other.http.beginDrain();
            assertThat(one.get("/x").statusCode()).isEqualTo(200);
            assertThat(other.get("/x").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void servesWhatPlugInsAddToTheRouter() throws Exception {
        try (var server = TestServer.start(new Routes())) {
            var name = VertxPlatformHttpRouter.getRouterNameFromPort(server.http.port());
            var router = VertxPlatformHttpRouter.lookup(server.context, name);
            router.route("/plugged").handler(routing -> routing.end("plugged"));
            router.route("/upload")
                    .handler(BodyHandler.create(false))
                    .handler(routing -> routing.end("" + routing.body().length()));

            assertThat(server.get("/plugged").body()).isEqualTo("plugged");
            assertThat(server.send("POST", "/upload", "x".repeat(200_000)).body())
                    .isEqualTo("200000");
            assertThat(server.get("/x").body()).isEqualTo("x");
            var missing = server.get("/missing");
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(missing.headers().firstValue("content-type"))
                    .hasValue("application/problem+json");
            await().until(() -> server.http.inFlight() == 0);
        }
    }

    private static int status(int port, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
    }
}
