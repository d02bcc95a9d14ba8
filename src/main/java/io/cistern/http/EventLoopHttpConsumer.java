package io.cistern.http;

import io.vertx.core.http.HttpMethod;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.Method;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.support.DefaultConsumer;

/** Runs its route on the event loop that took the request. */
final class EventLoopHttpConsumer extends DefaultConsumer
        implements PlatformHttpConsumer, Suspendable, RequestTarget {
    private final ServerState server;
    private final PathTemplate template;
    private final boolean blocking;
    private HeaderFilterStrategy headerFilter;

    EventLoopHttpConsumer(PlatformHttpEndpoint endpoint, Processor processor, ServerState server) {
        super(endpoint, processor);
        if (endpoint.isHttpProxy()) {
            throw new IllegalArgumentException("platform-http:proxy is not served");
        }
        var path = PathTemplate.of(endpoint.getPath());
        this.server = server;
        this.template = endpoint.isMatchOnUriPrefix() ? path.asPrefix() : path;
        this.blocking = server.settings().blocking().test(endpoint);
    }

    @Override
    public PlatformHttpEndpoint getEndpoint() {
        return (PlatformHttpEndpoint) super.getEndpoint();
    }

    HeaderFilterStrategy headerFilter() {
        return headerFilter;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        var endpoint = getEndpoint();
        headerFilter = endpoint.getHeaderFilterStrategy();
        var methods = Method.parseList(endpoint.getHttpMethodRestrict());
        var restricted =
                methods.equals(Method.getAll())
                        ? Set.<HttpMethod>of()
                        : methods.stream()
                                .map(method -> HttpMethod.valueOf(method.name()))
                                .collect(Collectors.toUnmodifiableSet());
        var mediaTypes =
                endpoint.getComponent().isServerRequestValidation()
                        ? MediaTypes.of(endpoint.getConsumes(), endpoint.getProduces())
                        : MediaTypes.ANY;
        server.routes().add(new RouteTable.Entry(template, restricted, mediaTypes, this));
    }

    @Override
    protected void doStop() throws Exception {
        server.routes().remove(this);
        super.doStop();
    }

    @Override
    public void accept(HttpCall call) {
        if (isSuspended()) {
            call.refuse(RequestDispatcher.unavailable("The route is suspended"));
            return;
        }
        var exchange = createExchange(false);
        exchange.setPattern(ExchangePattern.InOut);
        exchange.setIn(new HttpRequestMessage(exchange, call, this));
        call.started(this, exchange);
        if (blocking) {
            server.workers().execute(() -> process(exchange, call));
        } else {
            process(exchange, call);
        }
    }

    private void process(Exchange exchange, HttpCall call) {
        try {
            createUoW(exchange);
        } catch (Exception e) {
            exchange.setException(e);
            call.done(true);
            return;
        }
        getAsyncProcessor().process(exchange, call);
    }

    /** Ends an exchange; its answer is written. */
    void complete(Exchange exchange) {
        if (blocking) {
            server.workers().execute(() -> end(exchange));
        } else {
            end(exchange);
        }
    }

    private void end(Exchange exchange) {
        doneUoW(exchange);
        releaseExchange(exchange, false);
    }
}
