package io.cistern.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.Traceable;
import org.apache.camel.processor.BaseProcessorSupport;
import org.apache.camel.spi.IdAware;
import org.apache.camel.spi.RouteIdAware;
import org.apache.camel.spi.UnitOfWorkFactory;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.service.ServiceHelper;

/**
 * The circuit breaker EIP without a thread that waits: as Camel's {@code ResilienceProcessor}, but
 * the caller is free while steps inside run asynchronously. It differs from that one where noted at
 * {@link BreakerCall}.
 */
final class BreakerProcessor extends BaseProcessorSupport
        implements CamelContextAware, Navigate<Processor>, Traceable, IdAware, RouteIdAware {
    private final BreakerLeases leases;
    private final String name;
    private final CircuitBreakerConfig config;
    private final AsyncProcessor steps;
    private final AsyncProcessor fallback;
    private final FailureRules rules;
    private CamelContext camelContext;
    private UnitOfWorkFactory unitOfWorkFactory;
    private String id;
    private String routeId;
    private CircuitBreaker breaker;
    private boolean external;
    private boolean leased;

    /**
     * @param name the breaker's name, the same at every start; the node's id may differ
     * @param fallback null for none
     */
    BreakerProcessor(
            BreakerLeases leases,
            String name,
            CircuitBreakerConfig config,
            Processor steps,
            Processor fallback,
            FailureRules rules) {
        this.leases = leases;
        this.name = name;
        this.config = config;
        this.steps = AsyncProcessorConverterHelper.convert(steps);
        this.fallback = fallback == null ? null : AsyncProcessorConverterHelper.convert(fallback);
        this.rules = rules;
    }

    /** Guards the calls with that breaker, whose life is its owner's business. */
    void useCircuitBreaker(CircuitBreaker existing) {
        breaker = existing;
        external = true;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        return new BreakerCall(this, exchange, callback).start();
    }

    @Override
    protected void doBuild() {
        ServiceHelper.buildService(steps, fallback);
    }

    @Override
    protected void doInit() {
        unitOfWorkFactory = PluginHelper.getUnitOfWorkFactory(camelContext);
        unitOfWorkFactory.afterPropertiesConfigured(camelContext);
        ServiceHelper.initService(steps, fallback);
    }

    @Override
    protected void doStart() {
        if (!external && !leased) {
            breaker = leases.acquire(name, config);
            leased = true;
        }
        ServiceHelper.startService(steps, fallback);
    }

    @Override
    protected void doStop() {
        ServiceHelper.stopService(steps, fallback);
    }

    @Override
    protected void doShutdown() {
        ServiceHelper.stopAndShutdownServices(steps, fallback);
        // Not when it is stopped: a route that is started again goes on as it was.
        if (leased) {
            leased = false;
            leases.release(name);
        }
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    AsyncProcessor steps() {
        return steps;
    }

    /** Null if there is none. */
    AsyncProcessor fallback() {
        return fallback;
    }

    FailureRules rules() {
        return rules;
    }

    UnitOfWorkFactory unitOfWorkFactory() {
        return unitOfWorkFactory;
    }

    @Override
    public List<Processor> next() {
        return fallback == null ? List.of(steps) : List.of(steps, fallback);
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    public String getTraceLabel() {
        return "resilience4j";
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public void setId(String id) {
        this.id = id;
    }

    @Override
    public String getRouteId() {
        return routeId;
    }

    @Override
    public void setRouteId(String routeId) {
        this.routeId = routeId;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }
}
