package io.cistern.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;

/**
 * A complete answer: as the body of a message it is written as it is, past all conversion and all
 * header filters. Immutable; one instance may answer any number of requests. Neither the payload
 * nor the array of headers is copied: whoever hands them in leaves them alone afterwards.
 *
 * <p>Header names and values are fastest as {@link HttpHeaders#createOptimized optimized} char
 * sequences. A HEAD request gets the headers and the length without the payload.
 */
public final class HttpReply {
    private static final CharSequence[] NO_HEADERS = {};
    private static final byte[] NO_PAYLOAD = {};

    private final int status;
    private final CharSequence[] headers;
    private final byte[] payload;

    private HttpReply(int status, CharSequence[] headers, byte[] payload) {
        this.status = status;
        this.headers = headers;
        this.payload = payload;
    }

    /**
     * An answer with a payload.
     *
     * @param status the status, 200 to 599
     * @param payload the bytes; null for none
     * @param headers names and values by turns
     * @throws IllegalArgumentException if a name has no value
     */
    public static HttpReply of(int status, byte[] payload, CharSequence... headers) {
        if (headers.length % 2 != 0) {
            throw new IllegalArgumentException("A header without a value");
        }
        return new HttpReply(status, headers, payload == null ? NO_PAYLOAD : payload);
    }

    /** Starts an answer with this status, 200 to 599. */
    public static Builder status(int status) {
        return new Builder(status);
    }

    public int status() {
        return status;
    }

    /** The payload itself, not a copy; empty for none. */
    public byte[] payload() {
        return payload;
    }

    /** The first value of a header, its name in any case; null when it is not there. */
    public CharSequence header(String name) {
        for (var i = 0; i < headers.length; i += 2) {
            if (name.contentEquals(headers[i]) || name.equalsIgnoreCase(headers[i].toString())) {
                return headers[i + 1];
            }
        }
        return null;
    }

    /**
     * Writes and ends the response.
     *
     * @param response of the request
     * @param head whether the request's method was HEAD
     * @param date now, as HTTP writes it
     */
    void writeTo(HttpServerResponse response, boolean head, CharSequence date) {
        writeHeadTo(response, date);
        if (head || status == 304) {
            if (status != 304 && status != 204) {
                response.headers()
                        .set(HttpHeaders.CONTENT_LENGTH, Integer.toString(payload.length));
            }
            response.end(BufferImpl.buffer(Unpooled.EMPTY_BUFFER), null);
        } else {
            response.end(BufferImpl.buffer(wrapped()), null);
        }
    }

    void writeHeadTo(HttpServerResponse response, CharSequence date) {
        response.setStatusCode(status);
        var out = response.headers();
        out.set(HttpHeaders.DATE, date);
        for (var i = 0; i < headers.length; i += 2) {
            out.add(headers[i], headers[i + 1]);
        }
    }

    /** The bytes go out as they are; a copy of each answer would cost more than its routing. */
    private ByteBuf wrapped() {
        return payload.length == 0 ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(payload);
    }

    @Override
    public String toString() {
        return "HttpReply[" + status + ", " + payload.length + " bytes]";
    }

    /** Collects an answer; for one thread and one answer. */
    public static final class Builder {
        private final int status;
        private CharSequence[] headers = new CharSequence[12];
        private int used;
        private byte[] payload = NO_PAYLOAD;

        private Builder(int status) {
            this.status = status;
        }

        /** Adds a header; repeated names are all sent. */
        public Builder header(CharSequence name, CharSequence value) {
            if (used == headers.length) {
                headers = Arrays.copyOf(headers, used * 2);
            }
            headers[used++] = name;
            headers[used++] = value;
            return this;
        }

        /** The payload; not copied. */
        public Builder payload(byte[] bytes) {
            payload = bytes;
            return this;
        }

        public HttpReply build() {
            var exact = used == 0 ? NO_HEADERS : Arrays.copyOf(headers, used);
            return new HttpReply(status, exact, payload);
        }
    }
}
