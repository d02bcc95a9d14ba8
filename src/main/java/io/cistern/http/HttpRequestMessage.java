package io.cistern.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultMessage;

/**
 * A request as a Camel message. Its headers are filled when somebody first asks for one, which
 * costs more than all the rest of a request: what only needs the path or a header of the client
 * takes it from here. The body is a byte array, null for a request without one.
 */
public final class HttpRequestMessage extends DefaultMessage {
    private final HttpCall call;
    private final EventLoopHttpConsumer consumer;
    private final boolean lazy;

    HttpRequestMessage(Exchange exchange, HttpCall call, EventLoopHttpConsumer consumer) {
        this(exchange, call, consumer, true);
        setBody(call.body());
    }

    private HttpRequestMessage(
            Exchange exchange, HttpCall call, EventLoopHttpConsumer consumer, boolean lazy) {
        super(exchange);
        this.call = call;
        this.consumer = consumer;
        this.lazy = lazy;
    }

    /** The request: method, headers as the client sent them, addresses. Don't answer through it. */
    public HttpServerRequest request() {
        return call.request();
    }

    /** A header as the client sent it, unfiltered; null when it is not there. */
    public String requestHeader(CharSequence name) {
        return call.request().headers().get(name);
    }

    /**
     * A parameter of the path, decoded.
     *
     * @param index its place among the parameters, from 0
     * @throws IndexOutOfBoundsException if there is none
     */
    public String pathParameter(int index) {
        return call.pathValues()[index];
    }

    /** A parameter of the path, decoded; null if there is none of this name. */
    public String pathParameter(String name) {
        var index = call.template().parameters().indexOf(name);
        return index < 0 ? null : call.pathValues()[index];
    }

    /** The query as the client sent it, without the question mark; null without one. */
    public String rawQuery() {
        return call.request().query();
    }

    /** Whether anybody asked for the headers, or set one. */
    boolean hasHeadersFilled() {
        return hasPopulatedHeaders();
    }

    @Override
    protected boolean isPopulateHeadersSupported() {
        return lazy;
    }

    @Override
    protected void populateInitialHeaders(Map<String, Object> headers) {
        if (lazy) {
            RequestHeaders.fill(headers, call, getExchange(), consumer.headerFilter());
            call.received(new HashMap<>(headers));
        }
    }

    /** As long as nobody has seen the headers, neither the new message nor a copy needs them. */
    @Override
    public HttpRequestMessage newInstance() {
        return new HttpRequestMessage(getExchange(), call, consumer, lazy && !hasHeadersFilled());
    }

    /**
     * Camel copies every message once, at the end of its route; without this, that alone would fill
     * the headers.
     */
    @Override
    public void copyFromWithNewBody(Message that, Object newBody) {
        if (lazy
                && !hasHeadersFilled()
                && that instanceof HttpRequestMessage other
                && other.lazy
                && other.call == call
                && !other.hasHeadersFilled()) {
            if (other.hasMessageId()) {
                setMessageId(other.getMessageId());
            }
            setBody(newBody);
        } else {
            super.copyFromWithNewBody(that, newBody);
        }
    }

    /** No headers, no body: a log is no place for them. */
    @Override
    public String toString() {
        return "HttpRequestMessage[" + call.request().method() + "]";
    }
}
