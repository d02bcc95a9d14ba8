package io.cistern.component;

import io.cistern.cache.Cache;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/** Makes a route the origin of a cache: the cache is open while the route runs. */
public class CisternConsumer extends DefaultConsumer {

    private Cache cache;

    public CisternConsumer(CisternEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
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
        if ("*".equals(endpoint.getName())) {
            throw new IllegalArgumentException("a route that loads a cache has to name it");
        }
        var loader =
                new OriginLoader(
                        this,
                        endpoint.getComponent().loaders(),
                        new ValueReader(
                                getEndpoint().getCamelContext(),
                                new TagExpressions(endpoint.getCamelContext(), endpoint.getTags())),
                        endpoint.getComponent().budget());
        cache = endpoint.caches().open(endpoint.getName(), endpoint.policy(), loader);
    }

    @Override
    protected void doStop() throws Exception {
        if (cache != null) {
            getEndpoint().caches().close(cache);
            cache = null;
        }
        super.doStop();
    }
}
