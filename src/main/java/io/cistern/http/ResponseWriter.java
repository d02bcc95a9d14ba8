package io.cistern.http;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.StreamCache;
import org.apache.camel.support.ObjectHelper;
import org.apache.camel.support.http.HttpUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what a route left in its exchange into an answer. */
final class ResponseWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ResponseWriter.class);
    private static final String CONTENT_TYPE = Exchange.CONTENT_TYPE;
    private static final long MAX_CACHED_INLINE = 1 << 20;

    private ResponseWriter() {}

    /** Answers a call; on its event loop. */
    static void write(HttpCall call, Exchange exchange, EventLoopHttpConsumer consumer) {
        try {
            var failure = exchange.getException();
            if (failure instanceof RejectedExecutionException) {
                // Camel takes no more steps: the context stops, and the time to drain is over.
                call.answer(RequestDispatcher.unavailable("The instance stops").toReply());
                return;
            }
            if (failure != null) {
                logFailure(call, exchange, failure);
                call.answer(internalError().toReply());
                return;
            }
            var message = exchange.getMessage();
            var body = message.getBody();
            if (body instanceof HttpReply reply) {
                call.answer(reply);
            } else if (body instanceof Problem problem) {
                call.answer(problem.toReply());
            } else if (body instanceof EventStream events) {
                new EventWriter(call).send(events);
            } else {
                convert(call, exchange, consumer, message, body);
            }
        } catch (IOException | NoTypeConversionAvailableException | RuntimeException e) {
            LOG.error("The answer of {} can't be written", describe(call), e);
            if (call.request().response().headWritten()) {
                call.connection().closeNow();
                call.finish();
            } else {
                call.request().response().headers().clear();
                call.answer(internalError().toReply());
            }
        }
    }

    static Problem internalError() {
        return Problem.of(500, "Internal server error", "The log of the server says more");
    }

    private static void logFailure(HttpCall call, Exchange exchange, Exception failure) {
        if (exchange.getExchangeExtension().isRedeliveryExhausted()) {
            // Camel's error handler has logged it with all its details.
            LOG.warn("{} failed: {}", describe(call), failure.toString());
        } else {
            LOG.error("{} failed", describe(call), failure);
        }
    }

    private static String describe(HttpCall call) {
        return call.request().method() + " " + call.request().uri();
    }

    private static void convert(
            HttpCall call,
            Exchange exchange,
            EventLoopHttpConsumer consumer,
            Message message,
            Object body)
            throws IOException, NoTypeConversionAvailableException {
        var silent = message instanceof HttpRequestMessage own && !own.hasHeadersFilled();
        var status =
                silent
                        ? (isEmpty(body) ? 204 : 200)
                        : HttpUtil.determineResponseCode(exchange, body);
        var reply = HttpReply.status(status);
        if (!silent) {
            addHeaders(reply, call, exchange, consumer, message);
        }
        var bytes = bytes(exchange, body);
        if (bytes != null) {
            call.answer(reply.payload(bytes).build());
            return;
        }
        var converter = exchange.getContext().getTypeConverter();
        var input = converter.mandatoryConvertTo(InputStream.class, exchange, body);
        new StreamedBody(call, input).send(reply.build());
    }

    private static boolean isEmpty(Object body) {
        return body == null || (body instanceof String text && text.isBlank());
    }

    /** The body, if it is in memory; null if it must be read from elsewhere. */
    private static byte[] bytes(Exchange exchange, Object body) throws IOException {
        if (body == null) {
            return new byte[0];
        } else if (body instanceof byte[] bytes) {
            return bytes;
        } else if (body instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        } else if (body instanceof Buffer buffer) {
            return buffer.getBytes();
        } else if (body instanceof ByteBuffer buffer) {
            var bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        } else if (body instanceof StreamCache cache
                && cache.inMemory()
                && cache.length() <= MAX_CACHED_INLINE) {
            cache.reset();
            var bytes = new ByteArrayOutputStream((int) Math.max(32, cache.length()));
            cache.writeTo(bytes);
            return bytes.toByteArray();
        } else if (body instanceof InputStream || body instanceof File) {
            return null;
        }
        return exchange.getContext().getTypeConverter().tryConvertTo(byte[].class, exchange, body);
    }

    private static void addHeaders(
            HttpReply.Builder reply,
            HttpCall call,
            Exchange exchange,
            EventLoopHttpConsumer consumer,
            Message message) {
        var received = call.received();
        var filter = consumer.headerFilter();
        for (var header : message.getHeaders().entrySet()) {
            var name = header.getKey();
            if (wasReceived(received, header) || isFraming(name) || isInternal(name)) {
                continue;
            }
            if (name.equalsIgnoreCase(CONTENT_TYPE)) {
                reply.header(name, String.valueOf(header.getValue()));
                continue;
            }
            for (var value : ObjectHelper.createIterable(header.getValue(), null)) {
                var text =
                        exchange.getContext().getTypeConverter().tryConvertTo(String.class, value);
                if (text != null
                        && (filter == null
                                || !filter.applyFilterToCamelHeaders(name, value, exchange))) {
                    reply.header(name, text);
                }
            }
        }
    }

    /** A header is the client's as long as nobody set it anew. */
    private static boolean wasReceived(
            Map<String, Object> received, Map.Entry<String, Object> header) {
        return received != null
                && header.getValue() != null
                && received.get(header.getKey()) == header.getValue();
    }

    /** Headers of the {@code cistern:} component; those that go over the wire have a hyphen. */
    private static boolean isInternal(String name) {
        return name.startsWith("Cistern") && name.indexOf('-') < 0;
    }

    private static boolean isFraming(String name) {
        return name.equalsIgnoreCase("content-length")
                || name.equalsIgnoreCase("transfer-encoding")
                || name.equalsIgnoreCase("connection");
    }
}
