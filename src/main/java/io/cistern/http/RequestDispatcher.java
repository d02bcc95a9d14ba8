package io.cistern.http;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the requests of one event loop: may the client come in, who answers the path, is there a
 * body to read. Everything but the count of requests belongs to that event loop.
 */
final class RequestDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);

    private final ServerState shared;
    private final EventLoop eventLoop;
    private final RequestPath path = new RequestPath();
    private final RouteTable.Match match = new RouteTable.Match();
    private final Map<HttpConnection, ClientConnection> connections = new IdentityHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger connected = new AtomicInteger();
    private Runnable allClosed = () -> {};
    private long now = System.nanoTime();
    private CharSequence date = formattedDate();

    RequestDispatcher(ServerState shared, EventLoop eventLoop) {
        this.shared = shared;
        this.eventLoop = eventLoop;
        shared.add(this);
    }

    ServerState shared() {
        return shared;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    /** The time of the last check, {@link System#nanoTime}: near enough for time-outs. */
    long now() {
        return now;
    }

    /** The time of the last check, for the Date header. */
    CharSequence date() {
        return date;
    }

    private static CharSequence formattedDate() {
        return HttpHeaders.createOptimized(DateFormatter.format(new Date()));
    }

    int inFlight() {
        return inFlight.get();
    }

    int connected() {
        return connected.get();
    }

    void entered() {
        inFlight.incrementAndGet();
    }

    void left() {
        inFlight.decrementAndGet();
        shared.left();
    }

    /** A client connects. */
    void connected(HttpConnection connection) {
        if (connections.size() >= shared.maxConnectionsEach()) {
            connection.close();
            return;
        }
        var client = new ClientConnection(this, connection);
        connections.put(connection, client);
        connected.set(connections.size());
        client.open();
    }

    /** A client is gone. */
    void disconnected(ClientConnection client) {
        connections.remove(client.connection());
        connected.set(connections.size());
        if (connections.isEmpty()) {
            allClosed.run();
        }
    }

    /** Runs an action once no client is connected any more. */
    void whenAllClosed(Runnable action) {
        if (connections.isEmpty()) {
            action.run();
        } else {
            allClosed = action;
        }
    }

    List<ClientConnection> connections() {
        return new ArrayList<>(connections.values());
    }

    /** Looks after all connections' time-outs. */
    void check() {
        now = System.nanoTime();
        date = formattedDate();
        var idle = shared.settings().idleTimeout().toNanos();
        connections().forEach(connection -> connection.check(now, idle));
    }

    /** A request's headers are there. */
    void handle(HttpServerRequest request) {
        var connection = connections.get(request.connection());
        if (connection != null && !connection.isClosing()) {
            connection.begin(new HttpCall(this, connection, request));
        }
    }

    /** What came is no request; Vert.x closes the connection after the answer. */
    void handleInvalid(HttpServerRequest request) {
        var connection = connections.get(request.connection());
        if (connection == null || connection.isClosing()) {
            return;
        }
        var cause = request.decoderResult().cause();
        Problem problem;
        if (cause instanceof TooLongHttpLineException) {
            problem = Problem.of(414, "URI too long", "The request line is longer than allowed");
        } else if (cause instanceof TooLongHttpHeaderException
                || cause instanceof TooLongFrameException) {
            problem = Problem.of(431, "Headers too large", "The headers are longer than allowed");
        } else {
            problem = Problem.of(400, "Bad request", "This is not an HTTP/1.1 request");
        }
        var call = new HttpCall(this, connection, request);
        call.answer(problem.header("Connection", "close").toReply());
    }

    /** Decides who answers. */
    void accept(HttpCall call) {
        try {
            route(call);
        } catch (RuntimeException | Error e) {
            failed(call, e);
        }
    }

    /** Hands a call to its target; an exception is answered. */
    void guarded(HttpCall call, RequestTarget target) {
        try {
            target.accept(call);
        } catch (RuntimeException | Error e) {
            failed(call, e);
        }
    }

    private void failed(HttpCall call, Throwable e) {
        LOG.error("{} {} failed", call.request().method(), call.request().uri(), e);
        call.refuse(ResponseWriter.internalError());
    }

    private void route(HttpCall call) {
        var request = call.request();
        var refusal = shared.refusal(request);
        if (refusal != null) {
            call.refuse(refusal);
            return;
        }
        var malformed = path.parse(request.uri());
        if (malformed != null) {
            call.refuse(Problem.of(400, "Bad path", malformed));
            return;
        }
        var method = request.method();
        var reading = AccessControl.isReading(method);
        if (!reading) {
            var forbidden = shared.settings().accessControl().refusal(request, path);
            if (forbidden != null) {
                call.refuse(forbidden);
                return;
            }
        }
        if (!shared.routes().find(path, method, match)) {
            notFound(call);
            return;
        }
        var entry = match.found().get(0);
        if (match.found().size() > 1 || !entry.mediaTypes().isAny()) {
            entry = choose(call, entry);
            if (entry == null) {
                return;
            }
        }
        call.matched(entry.template(), match.values(path));
        if (reading || !BodyReader.hasBody(request)) {
            entry.target().accept(call);
        } else {
            BodyReader.read(call, entry.target(), shared.settings());
        }
    }

    private RouteTable.Entry choose(HttpCall call, RouteTable.Entry first) {
        var headers = call.request().headers();
        var contentType = headers.get(HttpHeaders.CONTENT_TYPE);
        var accept = headers.get(HttpHeaders.ACCEPT);
        var method = call.request().method();
        var chosen = RouteTable.choose(match.found(), method, contentType, accept);
        if (chosen == null) {
            var unacceptable = first.mediaTypes().refusal(contentType, accept) == 406;
            call.refuse(
                    unacceptable
                            ? Problem.of(406, "Not acceptable", "No such media type is given here")
                            : Problem.of(
                                    415, "Unsupported media type", "No such body is taken here"));
        }
        return chosen;
    }

    private void notFound(HttpCall call) {
        if (match.allowed() != null) {
            var allow = String.join(", ", match.allowed());
            call.refuse(
                    Problem.of(405, "Method not allowed", "The path knows other methods only")
                            .header("Allow", allow));
        } else if (!shared.plugins().serve(call)) {
            call.refuse(nothingHere());
        }
    }

    static Problem nothingHere() {
        return Problem.of(404, "Not found", "Nothing is served at this path");
    }

    static Problem unavailable(String detail) {
        return Problem.of(503, "Unavailable", detail).retryAfter(Duration.ofSeconds(1));
    }
}
