package io.cistern.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Arrays;

/** Reads the body of one request into memory, within the bounds of size, memory and time. */
final class BodyReader {
    private static final int FIRST = 8 * 1024;

    /** A refused body up to this length is read over; the connection lives on. */
    private static final long MAX_SKIPPED = 64 * 1024;

    private final HttpCall call;
    private final RequestTarget target;
    private final HttpSettings settings;
    private final long declared;
    private final long deadline;
    private byte[] bytes = {};
    private int size;
    private boolean refused;

    private BodyReader(HttpCall call, RequestTarget target, HttpSettings settings, long declared) {
        this.call = call;
        this.target = target;
        this.settings = settings;
        this.declared = declared;
        this.deadline = call.dispatcher().now() + settings.bodyTimeout().toNanos();
    }

    /** Whether a body follows the headers. */
    static boolean hasBody(HttpServerRequest request) {
        return declaredLength(request) != 0;
    }

    /** Whether a body follows that is better cut off than read over. */
    static boolean isTooMuchToSkip(HttpServerRequest request) {
        var length = declaredLength(request);
        return length < 0
                || length > MAX_SKIPPED
                || (length > 0 && request.headers().contains(HttpHeaders.EXPECT));
    }

    /** The bytes that follow; -1 if their number shows only at their end. */
    private static long declaredLength(HttpServerRequest request) {
        var headers = request.headers();
        if (headers.contains(HttpHeaders.TRANSFER_ENCODING)) {
            return -1;
        }
        var length = headers.get(HttpHeaders.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    /** Reads, then hands the call to its target, or refuses it. */
    static void read(HttpCall call, RequestTarget target, HttpSettings settings) {
        var request = call.request();
        var declared = declaredLength(request);
        if (declared > settings.maxBodySize()) {
            call.refuse(tooLarge(settings), true);
            return;
        }
        if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
            request.response().writeContinue();
        }
        var reader = new BodyReader(call, target, settings, declared);
        call.connection().reading(reader);
        request.handler(reader::add).endHandler(end -> reader.end());
    }

    private void add(Buffer chunk) {
        if (refused) {
            return;
        }
        var length = chunk.length();
        if ((long) size + length > settings.maxBodySize()) {
            refuse(tooLarge(settings));
            return;
        }
        if (size + length > bytes.length && !grow(size + length)) {
            refuse(
                    Problem.of(503, "Busy", "Too many request bodies at a time")
                            .retryAfter(Duration.ofSeconds(1)));
            return;
        }
        chunk.getBytes(bytes, size);
        size += length;
    }

    /** Doubles, but never past what was announced: an announcement alone gets no memory. */
    private boolean grow(int needed) {
        var wanted = Math.max(needed, Math.max(FIRST, bytes.length * 2L));
        if (declared > 0) {
            wanted = Math.max(needed, Math.min(wanted, declared));
        }
        var room = (int) Math.min(wanted, settings.maxBodySize());
        if (!call.reserve(room - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, room);
        return true;
    }

    private void end() {
        if (!refused) {
            call.connection().bodyRead();
            call.body(size == bytes.length ? bytes : Arrays.copyOf(bytes, size));
            bytes = null;
            call.dispatcher().guarded(call, target);
        }
    }

    /** Gives up on a client that sends too slowly. */
    void check(long now) {
        if (now - deadline > 0) {
            refuse(Problem.of(408, "Request timeout", "The request body did not come in time"));
        }
    }

    private void refuse(Problem problem) {
        refused = true;
        bytes = null;
        call.refuse(problem, true);
    }

    private static Problem tooLarge(HttpSettings settings) {
        return Problem.of(413, "Content too large", "The request body is longer than allowed")
                .with("maxBytes", settings.maxBodySize());
    }
}
