package io.cistern.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a stream of unknown length: a worker reads a piece, the event loop writes it, and the next
 * one is read when the client has taken most of it.
 */
final class StreamedBody {
    private static final Logger LOG = LoggerFactory.getLogger(StreamedBody.class);
    private static final int PIECE = 32 * 1024;

    private final HttpCall call;
    private final InputStream input;

    StreamedBody(HttpCall call, InputStream input) {
        this.call = call;
        this.input = input;
    }

    /** Sends the head of this reply, then the stream. */
    void send(HttpReply head) {
        var request = call.request();
        if (call.isHead()) {
            close();
            call.answer(head);
            return;
        }
        if (request.version() == HttpVersion.HTTP_1_0) {
            close();
            call.answer(
                    Problem.of(505, "HTTP version not supported", "This answer needs HTTP/1.1")
                            .toReply());
            return;
        }
        var response = request.response();
        head.writeHeadTo(response, call.dispatcher().date());
        response.headers().set(HttpHeaders.TRANSFER_ENCODING, HttpHeaders.CHUNKED);
        next();
    }

    private void next() {
        call.dispatcher()
                .shared()
                .workers()
                .execute(
                        () -> {
                            try {
                                var piece = input.readNBytes(PIECE);
                                onEventLoop(() -> write(piece));
                            } catch (IOException | RuntimeException e) {
                                LOG.error(
                                        "Reading the answer of {} failed", call.request().uri(), e);
                                onEventLoop(this::abort);
                            }
                        });
    }

    private void onEventLoop(Runnable step) {
        call.dispatcher().eventLoop().execute(step);
    }

    private void write(byte[] piece) {
        var response = call.request().response();
        if (call.connection().isClosed()) {
            close();
            call.finish();
        } else if (piece.length == 0) {
            close();
            call.answered(response::end);
        } else {
            response.write(Buffer.buffer(piece)).onComplete(written -> next());
        }
    }

    /** Cut off without its end, so that the client can't take the part for the whole. */
    private void abort() {
        close();
        call.connection().closeNow();
        call.finish();
    }

    private void close() {
        try {
            input.close();
        } catch (IOException e) {
            LOG.debug("Closing a stream failed", e);
        }
    }
}
