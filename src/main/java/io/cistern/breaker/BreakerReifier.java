package io.cistern.breaker;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.resilience4j.ResilienceProcessor;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.reifier.ProcessorReifier;

/**
 * Builds the processor of a circuit breaker EIP.
 *
 * <p>One with {@code bulkheadEnabled} or {@code timeoutEnabled} is Camel's own, which holds its
 * caller's thread: so does waiting for a bulkhead, and Camel's time-out needs a thread of its own
 * for every call. Calls inside such a breaker do not heed a {@link CallDeadline}.
 */
final class BreakerReifier extends ProcessorReifier<CircuitBreakerDefinition> {
    private final Breakers breakers;

    BreakerReifier(Route route, CircuitBreakerDefinition definition, Breakers breakers) {
        super(route, definition);
        this.breakers = breakers;
    }

    /**
     * @throws UnsupportedOperationException if the fallback is to go over the network, which
     *     Camel's breaker does not know either
     */
    @Override
    public Processor createProcessor() throws Exception {
        var name = BreakerNames.assign(route, definition);
        var steps = createChildProcessor(true);
        var fallback = createFallback();
        var options = new BreakerOptions(camelContext, definition, breakers.config());
        return options.bulkhead().isPresent() || options.timeLimiter().isPresent()
                ? blocking(name, steps, fallback, options)
                : asynchronous(name, steps, fallback, options);
    }

    private Processor createFallback() throws Exception {
        var onFallback = definition.getOnFallback();
        if (onFallback == null) {
            return null;
        }
        if (parseBoolean(onFallback.getFallbackViaNetwork(), false)) {
            throw new UnsupportedOperationException(
                    "A Resilience4j circuit breaker has no onFallbackViaNetwork: use onFallback");
        }
        return onFallback.getOutputs().isEmpty()
                ? null
                : createOutputsProcessor(onFallback.getOutputs());
    }

    private Processor asynchronous(
            String name, Processor steps, Processor fallback, BreakerOptions options)
            throws ClassNotFoundException {
        var processor =
                new BreakerProcessor(
                        breakers.leases(),
                        name,
                        options.circuitBreaker(),
                        steps,
                        fallback,
                        options.failureRules());
        existing(options).ifPresent(processor::useCircuitBreaker);
        processor.setCamelContext(camelContext);
        processor.setDisabled(isDisabled(camelContext, definition));
        return processor;
    }

    private Processor blocking(
            String name, Processor steps, Processor fallback, BreakerOptions options)
            throws ClassNotFoundException {
        var processor =
                new BlockingBreakerProcessor(
                        breakers.leases(),
                        name,
                        options.circuitBreaker(),
                        options.bulkhead().orElse(null),
                        options.timeLimiter().orElse(null),
                        steps,
                        fallback,
                        options.failureRules());
        existing(options).ifPresent(processor::setCircuitBreaker);
        processor.setCamelContext(camelContext);
        processor.setDisabled(isDisabled(camelContext, definition));
        processor.setBulkheadRegistry(
                plugin(BulkheadRegistry.class, BulkheadRegistry.ofDefaults()));
        processor.setTimeLimiterRegistry(
                plugin(TimeLimiterRegistry.class, TimeLimiterRegistry.ofDefaults()));
        options.timeoutExecutor().ifPresent(executor -> useExecutor(processor, executor));
        return processor;
    }

    private Optional<CircuitBreaker> existing(BreakerOptions options) {
        return options.existingCircuitBreaker()
                .map(name -> mandatoryLookup(name, CircuitBreaker.class));
    }

    private void useExecutor(ResilienceProcessor processor, String name) {
        var executor = lookupByNameAndType(name, ExecutorService.class);
        processor.setShutdownExecutorService(executor == null);
        processor.setExecutorService(
                executor == null
                        ? lookupExecutorServiceRef("CircuitBreaker", definition, name)
                        : executor);
    }

    private <T> T plugin(Class<T> type, T fresh) {
        var extension = camelContext.getCamelContextExtension();
        var present = extension.getContextPlugin(type);
        if (present == null) {
            extension.addContextPlugin(type, fresh);
            return fresh;
        }
        return present;
    }
}
