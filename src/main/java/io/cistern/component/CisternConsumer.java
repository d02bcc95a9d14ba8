package io.cistern.component;

import io.cistern.cache.Cache;
import io.cistern.cache.spi.Terms;
import io.cistern.validity.RouteFingerprint;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/** Makes a route the origin of a cache: the cache is open while the route runs. */
public class CisternConsumer extends DefaultConsumer {

    private final TagExpressions tags;
    private final Terms terms;
    private RouteWatch watch;
    private Cache cache;

    /**
     * @throws IllegalArgumentException if the endpoint names no cache, or one of its expressions is
     *     wrong
     */
    public CisternConsumer(CisternEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        if ("*".equals(endpoint.getName())) {
            throw new IllegalArgumentException("a route that loads a cache has to name it");
        }
        // Here and not at the start: a route that is only tried is made and never started.
        tags = TagExpressions.of(endpoint.getCamelContext(), endpoint.policy());
        terms =
                CacheTerms.of(
                        endpoint.getCamelContext(),
                        endpoint.policy(),
                        () -> watch.fingerprint(),
                        endpoint.getComponent().getEnvironment());
    }

    @Override
    public CisternEndpoint getEndpoint() {
        return (CisternEndpoint) super.getEndpoint();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if another route is the origin of that cache
     */
    @Override
    protected void doStart() throws Exception {
        super.doStart();
        var endpoint = getEndpoint();
        var loader =
                new OriginLoader(
                        this,
                        endpoint.getComponent().loaders(),
                        new ValueReader(
                                new ValueEncoder(
                                        endpoint.getCamelContext(),
                                        endpoint.getName(),
                                        endpoint.policy().codec()),
                                tags),
                        endpoint.getComponent().budget());
        if (endpoint.policy().fingerprint().filter(CacheTerms.OF_ROUTE::equals).isPresent()) {
            watch =
                    endpoint.getComponent()
                            .watches()
                            .begin(new RouteFingerprint(endpoint.getCamelContext(), getRouteId()));
        }
        cache = endpoint.caches().open(endpoint.getName(), endpoint.policy(), loader, terms);
    }

    @Override
    protected void doStop() throws Exception {
        if (watch != null) {
            getEndpoint().getComponent().watches().end(watch);
        }
        if (cache != null) {
            getEndpoint().caches().close(cache);
        }
        super.doStop();
    }

    @Override
    protected void doShutdown() throws Exception {
        if (cache != null) {
            getEndpoint().caches().forget(cache);
            cache = null;
        }
        super.doShutdown();
    }
}
