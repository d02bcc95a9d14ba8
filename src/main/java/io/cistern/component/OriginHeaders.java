package io.cistern.component;

import org.apache.camel.http.base.HttpHeaderFilterStrategy;

/**
 * Keeps Cistern's own headers out of requests to HTTP origins, as Camel keeps its own: a key may
 * have any characters, and is nobody's header. An origin cannot set them either.
 */
public final class OriginHeaders extends HttpHeaderFilterStrategy {

    private static final String[] OURS = {"Camel", "camel", "Cistern", "cistern"};

    @Override
    protected void initialize() {
        super.initialize();
        setOutFilterStartsWith(OURS);
        setInFilterStartsWith(OURS);
    }
}
