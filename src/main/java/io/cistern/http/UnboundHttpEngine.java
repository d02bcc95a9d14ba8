package io.cistern.http;

import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Makes {@code platform-http} consumers of a server that nobody can reach: for contexts in which
 * routes are made, to see whether they can be, and never started.
 */
public final class UnboundHttpEngine extends ServiceSupport implements PlatformHttpEngine {
    private final ServerState nowhere = new ServerState(HttpSettings.builder().build());

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return new EventLoopHttpConsumer(endpoint, processor, nowhere);
    }

    @Override
    public int getServerPort() {
        return nowhere.settings().port();
    }
}
