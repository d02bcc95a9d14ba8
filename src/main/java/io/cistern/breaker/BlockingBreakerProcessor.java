package io.cistern.breaker;

import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import org.apache.camel.Processor;
import org.apache.camel.component.resilience4j.ResilienceProcessor;

/** Camel's own breaker, with the name and the life of ours. */
final class BlockingBreakerProcessor extends ResilienceProcessor {
    private final BreakerLeases leases;
    private final String name;
    private final CircuitBreakerConfig config;
    private boolean leased;

    /**
     * @param bulkhead null for none
     * @param timeLimiter null for none
     * @param fallback null for none
     */
    BlockingBreakerProcessor(
            BreakerLeases leases,
            String name,
            CircuitBreakerConfig config,
            BulkheadConfig bulkhead,
            TimeLimiterConfig timeLimiter,
            Processor steps,
            Processor fallback,
            FailureRules rules) {
        super(
                config,
                bulkhead,
                timeLimiter,
                steps,
                fallback,
                rules.throwWhenNotPermitted(),
                rules.recorded(),
                rules.ignored());
        this.leases = leases;
        this.name = name;
        this.config = config;
    }

    @Override
    protected void doStart() throws Exception {
        if (getCircuitBreaker() == null) {
            setCircuitBreaker(leases.acquire(name, config));
            leased = true;
        }
        super.doStart();
    }

    @Override
    protected void doShutdown() throws Exception {
        super.doShutdown();
        if (leased) {
            leased = false;
            leases.release(name);
        }
    }
}
