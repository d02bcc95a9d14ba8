package io.cistern.http;

import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Serves {@code platform-http} endpoints on Vert.x event loops, without a change of threads: routes
 * that start at such an endpoint must not block, unless {@link HttpSettings#blocking} names it.
 *
 * <p>Besides what the stock engine has, it does not: take multi-part or form bodies apart (the body
 * is the bytes), keep sessions or cookies, add CORS headers, or observe {@code requestTimeout}.
 */
public final class EventLoopHttpEngine extends ServiceSupport
        implements PlatformHttpEngine, CamelContextAware {
    private final HttpServerService service;
    private CamelContext camelContext;

    EventLoopHttpEngine(HttpServerService service) {
        this.service = service;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        camelContext = context;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return new EventLoopHttpConsumer(endpoint, processor, service.state());
    }

    @Override
    public int getServerPort() {
        return service.port();
    }
}
