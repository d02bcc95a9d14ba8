package io.cistern.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A Camel context with a server on a free port of the loopback. */
final class TestServer implements AutoCloseable {
    final DefaultCamelContext context = new DefaultCamelContext();
    final HttpServerService http;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private TestServer(RouteBuilder routes, HttpSettings settings) throws Exception {
        http = HttpServerService.install(context, settings);
        context.addRoutes(routes);
        context.start();
    }

    static TestServer start(RouteBuilder routes) throws Exception {
        return start(routes, settings -> settings);
    }

    static TestServer start(RouteBuilder routes, UnaryOperator<HttpSettings.Builder> settings)
            throws Exception {
        var defaults = HttpSettings.builder().host("127.0.0.1").port(0).drainTimeout(Duration.ZERO);
        return new TestServer(routes, settings.apply(defaults).build());
    }

    RawClient raw() throws Exception {
        return new RawClient(http.port());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http.port() + path))
                .timeout(Duration.ofSeconds(10));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    HttpResponse<String> send(String method, String path, String body) throws Exception {
        return send(
                request(path)
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body)));
    }

    @Override
    public void close() {
        context.stop();
    }
}
