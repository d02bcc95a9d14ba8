package io.cistern.breaker;

import io.cistern.settings.BreakerSettings;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.spi.ProcessorFactory;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit breakers of all routes.
 *
 * <p>After {@link #install} every route that is added to the context runs under a circuit breaker
 * EIP, its author's or else one around all of its steps, and every breaker EIP is run without
 * holding its caller's thread. A breaker whose author gave it no id is named after its route,
 * {@code <routeId>-breaker}, and a further one of the same route {@code <routeId>-breaker-2}. What
 * a breaker's author leaves open, {@link BreakerSettings} say.
 *
 * <p>A breaker lives as long as its route is in the context: stopping and starting the route keeps
 * its state, removing it takes the breaker from the registry and from the metrics.
 */
public final class Breakers {
    /** The name of the configuration that our own routes refer to. */
    public static final String CONFIGURATION = "cistern-breaker";

    /**
     * The exchange property with which whoever began an exchange says which failures of it count: a
     * {@code Predicate<Throwable>}. One that does not count still fails the exchange.
     */
    public static final String JUDGE = "cistern.breaker.judge";

    private static final Logger LOG = LoggerFactory.getLogger(Breakers.class);

    /** A half-open breaker decides as soon as its probe ends: nobody knows when, but soon. */
    private static final Duration PROBE_UNDER_WAY = Duration.ofSeconds(1);

    private final BreakerSettings settings;
    private final CircuitBreakerConfig config;
    private final CircuitBreakerRegistry registry;
    private final BreakerLeases leases;
    private final OpenTimes openTimes = new OpenTimes(System::nanoTime);

    public Breakers(BreakerSettings settings) {
        this.settings = settings;
        this.config = BreakerDefaults.config(settings);
        this.registry = CircuitBreakerRegistry.of(config);
        this.leases = new BreakerLeases(registry);
        registry.getEventPublisher()
                .onEntryAdded(event -> added(event.getAddedEntry()))
                .onEntryRemoved(event -> openTimes.forget(event.getRemovedEntry()));
    }

    /**
     * Gives every route that is added from now on its breaker. To be called once a context, before
     * routes are added. Unless the context has a default error handler already, it gets one that
     * does not log each call that a breaker refuses.
     *
     * @param context where routes will be added; may be one of several
     */
    public void install(CamelContext context) {
        var extension = context.getCamelContextExtension();
        extension.addContextPlugin(CircuitBreakerRegistry.class, registry);
        extension.addContextPlugin(ProcessorFactory.class, new BreakerProcessorFactory(this));
        var model = extension.getContextPlugin(Model.class);
        model.addResilience4jConfiguration(CONFIGURATION, BreakerDefaults.definition(settings));
        model.addModelLifecycleStrategy(new RouteWrapper());
        if (extension.getErrorHandlerFactory() == null) {
            extension.setErrorHandlerFactory(FailureLog.errorHandler());
        }
    }

    /**
     * Shows all breakers, those to come included, as {@code resilience4j_circuitbreaker_…} with the
     * breaker's id as the label {@code name}.
     */
    public void bindTo(MeterRegistry meters) {
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry).bindTo(meters);
    }

    /** The breaker with that id, if its route has been started. */
    public Optional<CircuitBreaker> find(String id) {
        return registry.find(id);
    }

    /** The state of every breaker by its id, in the order of the ids. */
    public SortedMap<String, State> states() {
        var states = new TreeMap<String, State>();
        for (var breaker : registry.getAllCircuitBreakers()) {
            states.put(breaker.getName(), breaker.getState());
        }
        return states;
    }

    /**
     * How long a caller that a breaker refused had better wait.
     *
     * @param failure what a route ended with
     * @return the time until that breaker lets a call through again, never negative, one second
     *     where it is only waiting for its probe; empty if no breaker refused the call
     */
    public Optional<Duration> retryAfter(Throwable failure) {
        return Optional.ofNullable(
                        ObjectHelper.getException(CallNotPermittedException.class, failure))
                .map(refusal -> retryAfter(refusal.getCausingCircuitBreakerName()));
    }

    private Duration retryAfter(String id) {
        return registry.find(id)
                .map(
                        breaker ->
                                switch (breaker.getState()) {
                                    case OPEN -> openTimes.remaining(breaker);
                                    case FORCED_OPEN -> OpenTimes.openFor(breaker);
                                    case HALF_OPEN -> PROBE_UNDER_WAY;
                                    case CLOSED, DISABLED, METRICS_ONLY -> Duration.ZERO;
                                })
                .orElse(Duration.ZERO);
    }

    BreakerLeases leases() {
        return leases;
    }

    CircuitBreakerConfig config() {
        return config;
    }

    private void added(CircuitBreaker breaker) {
        if (settings.enabled()) {
            openTimes.watch(breaker);
            breaker.getEventPublisher()
                    .onStateTransition(
                            event ->
                                    LOG.info(
                                            "Breaker {}: {}",
                                            event.getCircuitBreakerName(),
                                            event.getStateTransition()));
        } else {
            breaker.transitionToDisabledState();
        }
    }
}
