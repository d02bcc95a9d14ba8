package io.cistern.breaker;

import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.processor.DefaultProcessorFactory;
import org.apache.camel.spi.ProcessorFactory;

/** Makes circuit breaker EIPs run without holding a thread; leaves all other EIPs to Camel. */
final class BreakerProcessorFactory extends DefaultProcessorFactory implements ProcessorFactory {
    private final Breakers breakers;

    BreakerProcessorFactory(Breakers breakers) {
        this.breakers = breakers;
    }

    @Override
    public Processor createProcessor(Route route, NamedNode definition) throws Exception {
        if (definition instanceof CircuitBreakerDefinition breaker) {
            return new BreakerReifier(route, breaker, breakers).createProcessor();
        }
        return super.createProcessor(route, definition);
    }
}
