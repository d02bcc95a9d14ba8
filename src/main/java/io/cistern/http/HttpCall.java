package io.cistern.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through a route and back. Lives on the event loop of its connection; only
 * {@link #done} may come from elsewhere. Counts as in flight from its creation until {@link
 * #finish}, however it ends.
 */
final class HttpCall implements AsyncCallback {
    private static final Logger LOG = LoggerFactory.getLogger(HttpCall.class);
    private static final String[] NO_VALUES = {};

    private final RequestDispatcher dispatcher;
    private final ClientConnection connection;
    private final HttpServerRequest request;
    private PathTemplate template;
    private String[] pathValues = NO_VALUES;
    private byte[] body;
    private int bodyMemory;
    private EventLoopHttpConsumer consumer;
    private Exchange exchange;
    private Map<String, Object> received;
    private boolean finished;

    HttpCall(RequestDispatcher dispatcher, ClientConnection connection, HttpServerRequest request) {
        this.dispatcher = dispatcher;
        this.connection = connection;
        this.request = request;
        dispatcher.entered();
    }

    HttpServerRequest request() {
        return request;
    }

    ClientConnection connection() {
        return connection;
    }

    RequestDispatcher dispatcher() {
        return dispatcher;
    }

    boolean isHead() {
        return request.method() == HttpMethod.HEAD;
    }

    void matched(PathTemplate path, String[] values) {
        template = path;
        pathValues = values;
    }

    PathTemplate template() {
        return template;
    }

    String[] pathValues() {
        return pathValues;
    }

    byte[] body() {
        return body;
    }

    void body(byte[] bytes) {
        body = bytes;
    }

    /** Takes memory for the body, given back when the call is finished; false if there is none. */
    boolean reserve(int bytes) {
        if (!dispatcher.shared().reserve(bytes)) {
            return false;
        }
        bodyMemory += bytes;
        return true;
    }

    /** The headers as they came, once somebody asked for them; null before. */
    Map<String, Object> received() {
        return received;
    }

    void received(Map<String, Object> headers) {
        received = headers;
    }

    void started(EventLoopHttpConsumer by, Exchange with) {
        consumer = by;
        exchange = with;
    }

    /** The route is through; called by Camel on whatever thread was last. */
    @Override
    public void done(boolean doneSync) {
        var eventLoop = dispatcher.eventLoop();
        if (eventLoop.inEventLoop()) {
            answer();
        } else {
            try {
                eventLoop.execute(this::answer);
            } catch (RejectedExecutionException e) {
                // The server is gone, and the client with it; the exchange still has to end.
                finish();
            }
        }
    }

    private void answer() {
        if (finished) {
            return;
        }
        if (connection.isClosed() || request.response().ended()) {
            finish();
        } else {
            ResponseWriter.write(this, exchange, consumer);
        }
    }

    /** Answers, and is through. */
    void answer(HttpReply reply) {
        if (!finished) {
            connection.end();
            try {
                if (!connection.isClosed()) {
                    write(reply);
                }
            } finally {
                connection.ended();
                finish();
            }
        }
    }

    private void write(HttpReply reply) {
        var response = request.response();
        try {
            reply.writeTo(response, isHead(), dispatcher.date());
        } catch (IllegalArgumentException e) {
            // A status or a header that HTTP does not know; nothing is sent yet.
            LOG.error("The answer of {} {} can't be sent", request.method(), request.uri(), e);
            response.headers().clear();
            ResponseWriter.internalError().toReply().writeTo(response, isHead(), dispatcher.date());
        }
    }

    /** Writes the last of an answer, and is through. */
    void answered(Runnable last) {
        connection.end();
        try {
            last.run();
        } finally {
            connection.ended();
            finish();
        }
    }

    /** Answers before the route was asked; the body, if there is one, is still to be read. */
    void refuse(Problem problem) {
        var close = BodyReader.isTooMuchToSkip(request) || problem.status() == 408;
        refuse(problem, close || dispatcher.shared().isDraining());
    }

    void refuse(Problem problem, boolean close) {
        answer(close ? problem.header("Connection", "close").toReply() : problem.toReply());
        if (close) {
            connection.closeGently();
        }
    }

    /** Somebody else answers; the call is through when the response is. */
    void passedOn() {
        connection.readElsewhere();
        var response = request.response();
        response.bodyEndHandler(
                written -> {
                    connection.end();
                    connection.ended();
                    finish();
                });
        response.closeHandler(closed -> abandon());
    }

    /** The client went away before its request was complete. */
    void abandon() {
        if (!finished) {
            connection.end();
            connection.ended();
            finish();
        }
    }

    /** Ends the exchange and the counting; nothing is written afterwards. */
    void finish() {
        if (finished) {
            return;
        }
        finished = true;
        try {
            if (exchange != null) {
                consumer.complete(exchange);
            }
        } finally {
            if (bodyMemory > 0) {
                dispatcher.shared().release(bodyMemory);
            }
            dispatcher.left();
        }
    }
}
