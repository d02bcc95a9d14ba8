package io.cistern.http;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;

/** One event loop of the server. All listen on the same port; Vert.x deals the clients out. */
final class HttpVerticle extends AbstractVerticle {
    private static final long MAX_CHECK_MILLIS = 1000;
    private static final long FLUSH_MILLIS = 2000;
    private static final int CHUNK_BYTES = 32 * 1024;

    private final ServerState state;
    private final int port;
    private RequestDispatcher dispatcher;
    private HttpServer server;

    HttpVerticle(ServerState state, int port) {
        this.state = state;
        this.port = port;
    }

    /** The port it listens on, once it is started. */
    int port() {
        return server.actualPort();
    }

    @Override
    public void start(Promise<Void> started) {
        var settings = state.settings();
        dispatcher = new RequestDispatcher(state, ((ContextInternal) context).nettyEventLoop());
        server =
                vertx.createHttpServer(options(settings))
                        .connectionHandler(dispatcher::connected)
                        .requestHandler(dispatcher::handle)
                        .invalidRequestHandler(dispatcher::handleInvalid);
        vertx.setPeriodic(
                checkMillis(settings.idleTimeout(), settings.bodyTimeout()),
                timer -> dispatcher.check());
        server.listen(port, settings.host()).<Void>mapEmpty().onComplete(started);
    }

    private static HttpServerOptions options(HttpSettings settings) {
        return new HttpServerOptions()
                .setMaxInitialLineLength(settings.maxRequestLine())
                .setMaxHeaderSize(settings.maxHeaderSize())
                .setMaxChunkSize(CHUNK_BYTES)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHttp2ClearTextEnabled(false);
    }

    private static long checkMillis(Duration idle, Duration body) {
        var shortest = Math.min(idle.toMillis(), body.toMillis());
        return Math.max(10, Math.min(MAX_CHECK_MILLIS, shortest / 4));
    }

    /** Lets what is written reach its clients before the connections are closed. */
    @Override
    public void stop(Promise<Void> stopped) {
        var open = dispatcher.connections();
        open.forEach(ClientConnection::closeAfterWriting);
        var patience = vertx.setTimer(FLUSH_MILLIS, timer -> close(stopped));
        dispatcher.whenAllClosed(
                () -> {
                    if (vertx.cancelTimer(patience)) {
                        close(stopped);
                    }
                });
    }

    private void close(Promise<Void> stopped) {
        server.close().onComplete(stopped);
    }
}
