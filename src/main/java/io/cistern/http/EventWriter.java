package io.cistern.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.RejectedExecutionException;

/** Sends the events of one answer. */
final class EventWriter implements EventStream.Listener {

    private static final CharSequence TYPE = HttpHeaders.createOptimized("text/event-stream");

    private final HttpCall call;
    private volatile boolean over;

    EventWriter(HttpCall call) {
        this.call = call;
    }

    /** Sends the head, and lets the stream begin. */
    void send(EventStream stream) {
        var request = call.request();
        if (request.version() == HttpVersion.HTTP_1_0) {
            call.answer(
                    Problem.of(505, "HTTP version not supported", "This answer needs HTTP/1.1")
                            .toReply());
            return;
        }
        HttpReply.of(
                        200,
                        null,
                        HttpHeaders.CONTENT_TYPE,
                        TYPE,
                        HttpHeaders.CACHE_CONTROL,
                        "no-cache")
                .writeHeadTo(request.response(), call.dispatcher().date());
        request.response().headers().set(HttpHeaders.TRANSFER_ENCODING, HttpHeaders.CHUNKED);
        stream.open(this);
    }

    @Override
    public boolean send(String name, String data) {
        if (over) {
            return false;
        }
        onEventLoop(
                () -> {
                    if (isGone()) {
                        return;
                    }
                    var response = call.request().response();
                    if (!response.writeQueueFull()) {
                        response.write(event(name, data));
                    }
                });
        return !over;
    }

    @Override
    public void end(String name, String data) {
        onEventLoop(
                () -> {
                    if (!isGone()) {
                        over = true;
                        var response = call.request().response();
                        call.answered(() -> response.end(event(name, data)));
                    }
                });
    }

    /** The client went away: the call is through. */
    private boolean isGone() {
        if (!over && call.connection().isClosed()) {
            over = true;
            call.finish();
        }
        return over;
    }

    private void onEventLoop(Runnable step) {
        try {
            call.dispatcher().eventLoop().execute(step);
        } catch (RejectedExecutionException e) {
            // The server is gone, and the client with it.
            over = true;
            call.finish();
        }
    }

    private static Buffer event(String name, String data) {
        return Buffer.buffer("event: " + name + "\ndata: " + data + "\n\n");
    }
}
