package io.cistern.breaker;

import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.component.resilience4j.ResilienceConstants;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.Resilience4jConfigurationCommon;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.util.ObjectHelper;

/**
 * What the author of a breaker configured: at the breaker itself, in the configuration that it
 * refers to, or in the context's default one, the first of these that says something about an
 * option; and what the settings say where none does.
 *
 * <p>Durations without a unit are in the unit that Camel documents for the option (seconds for
 * {@code waitDurationInOpenState} and {@code slowCallDurationThreshold}, else milliseconds); {@code
 * 300ms} or {@code 2s} may be written as well. Unlike Camel's own breaker, one without a fallback
 * that says nothing about {@code throwExceptionWhenHalfOpenOrOpenState} throws: otherwise the body
 * of the request would pass for an answer.
 */
final class BreakerOptions {
    private final CamelContext context;
    private final CircuitBreakerConfig defaults;
    private final List<Resilience4jConfigurationCommon> layers = new ArrayList<>();

    /**
     * @throws org.apache.camel.NoSuchBeanException if the definition refers to a configuration that
     *     does not exist
     */
    BreakerOptions(
            CamelContext context,
            CircuitBreakerDefinition definition,
            CircuitBreakerConfig defaults) {
        this.context = context;
        this.defaults = defaults;
        addLayer(definition.getResilience4jConfiguration());
        var model = context.getCamelContextExtension().getContextPlugin(Model.class);
        if (definition.getConfiguration() != null) {
            var name = CamelContextHelper.parseText(context, definition.getConfiguration());
            var shared = model.getResilience4jConfiguration(name);
            addLayer(
                    shared != null
                            ? shared
                            : CamelContextHelper.mandatoryLookup(
                                    context, name, Resilience4jConfigurationDefinition.class));
        }
        var general = model.getResilience4jConfiguration(null);
        addLayer(
                general != null
                        ? general
                        : CamelContextHelper.lookup(
                                context,
                                ResilienceConstants.DEFAULT_RESILIENCE_CONFIGURATION_ID,
                                Resilience4jConfigurationDefinition.class));
    }

    CircuitBreakerConfig circuitBreaker() throws ClassNotFoundException {
        var builder = CircuitBreakerConfig.from(defaults);
        bool(Resilience4jConfigurationCommon::getAutomaticTransitionFromOpenToHalfOpenEnabled)
                .ifPresent(builder::automaticTransitionFromOpenToHalfOpenEnabled);
        text(Resilience4jConfigurationCommon::getFailureRateThreshold)
                .map(Float::valueOf)
                .ifPresent(builder::failureRateThreshold);
        number(Resilience4jConfigurationCommon::getMinimumNumberOfCalls)
                .ifPresent(builder::minimumNumberOfCalls);
        number(Resilience4jConfigurationCommon::getPermittedNumberOfCallsInHalfOpenState)
                .ifPresent(builder::permittedNumberOfCallsInHalfOpenState);
        number(Resilience4jConfigurationCommon::getSlidingWindowSize)
                .ifPresent(builder::slidingWindowSize);
        text(Resilience4jConfigurationCommon::getSlidingWindowType)
                .map(SlidingWindowType::valueOf)
                .ifPresent(builder::slidingWindowType);
        duration(Resilience4jConfigurationCommon::getSlowCallDurationThreshold, TimeUnit.SECONDS)
                .ifPresent(builder::slowCallDurationThreshold);
        text(Resilience4jConfigurationCommon::getSlowCallRateThreshold)
                .map(Float::valueOf)
                .ifPresent(builder::slowCallRateThreshold);
        duration(Resilience4jConfigurationCommon::getWaitDurationInOpenState, TimeUnit.SECONDS)
                .ifPresent(builder::waitDurationInOpenState);
        bool(Resilience4jConfigurationCommon::getWritableStackTraceEnabled)
                .ifPresent(builder::writableStackTraceEnabled);
        recordPredicate().ifPresent(builder::recordException);
        ignorePredicate().ifPresent(builder::ignoreException);
        return builder.build();
    }

    Optional<BulkheadConfig> bulkhead() {
        if (!bool(Resilience4jConfigurationCommon::getBulkheadEnabled).orElse(false)) {
            return Optional.empty();
        }
        var builder = BulkheadConfig.custom();
        number(Resilience4jConfigurationCommon::getBulkheadMaxConcurrentCalls)
                .ifPresent(builder::maxConcurrentCalls);
        duration(Resilience4jConfigurationCommon::getBulkheadMaxWaitDuration, TimeUnit.MILLISECONDS)
                .ifPresent(builder::maxWaitDuration);
        return Optional.of(builder.build());
    }

    Optional<TimeLimiterConfig> timeLimiter() {
        if (!bool(Resilience4jConfigurationCommon::getTimeoutEnabled).orElse(false)) {
            return Optional.empty();
        }
        var builder = TimeLimiterConfig.custom();
        duration(Resilience4jConfigurationCommon::getTimeoutDuration, TimeUnit.MILLISECONDS)
                .ifPresent(builder::timeoutDuration);
        bool(Resilience4jConfigurationCommon::getTimeoutCancelRunningFuture)
                .ifPresent(builder::cancelRunningFuture);
        return Optional.of(builder.build());
    }

    Optional<String> timeoutExecutor() {
        return text(Resilience4jConfigurationCommon::getTimeoutExecutorService);
    }

    /** The name of a breaker in Camel's registry to use instead of one of its own. */
    Optional<String> existingCircuitBreaker() {
        return text(Resilience4jConfigurationCommon::getCircuitBreaker);
    }

    FailureRules failureRules() throws ClassNotFoundException {
        return new FailureRules(
                bool(Resilience4jConfigurationCommon::getThrowExceptionWhenHalfOpenOrOpenState)
                        .orElse(true),
                recordPredicate().orElse(null),
                ignorePredicate().orElse(null));
    }

    private Optional<Predicate<Throwable>> recordPredicate() throws ClassNotFoundException {
        return exceptions(Resilience4jConfigurationCommon::getRecordExceptions);
    }

    private Optional<Predicate<Throwable>> ignorePredicate() throws ClassNotFoundException {
        return exceptions(Resilience4jConfigurationCommon::getIgnoreExceptions);
    }

    private void addLayer(Resilience4jConfigurationCommon layer) {
        if (layer != null) {
            layers.add(layer);
        }
    }

    private Optional<String> text(Function<Resilience4jConfigurationCommon, String> option) {
        return layers.stream()
                .map(option)
                .filter(Objects::nonNull)
                .findFirst()
                .map(text -> CamelContextHelper.parseText(context, text));
    }

    private Optional<Boolean> bool(Function<Resilience4jConfigurationCommon, String> option) {
        return text(option).map(text -> CamelContextHelper.parseBoolean(context, text));
    }

    private Optional<Integer> number(Function<Resilience4jConfigurationCommon, String> option) {
        return text(option).map(Integer::valueOf);
    }

    private Optional<Duration> duration(
            Function<Resilience4jConfigurationCommon, String> option, TimeUnit unit) {
        return text(option).map(text -> duration(text, unit));
    }

    private Duration duration(String text, TimeUnit unit) {
        return text.chars().allMatch(Character::isDigit)
                ? Duration.of(Long.parseLong(text), unit.toChronoUnit())
                : CamelContextHelper.parseDuration(context, text);
    }

    private Optional<Predicate<Throwable>> exceptions(
            Function<Resilience4jConfigurationCommon, List<String>> option)
            throws ClassNotFoundException {
        var names = layers.stream().map(option).filter(list -> !list.isEmpty()).findFirst();
        if (names.isEmpty()) {
            return Optional.empty();
        }
        var types = new ArrayList<Class<?>>();
        for (var name : names.get()) {
            types.add(
                    context.getClassResolver()
                            .resolveMandatoryClass(
                                    CamelContextHelper.parseText(context, name), Throwable.class));
        }
        return Optional.of(failure -> isOneOf(types, failure));
    }

    private static boolean isOneOf(List<Class<?>> types, Throwable failure) {
        for (var cause : ObjectHelper.createExceptionIterable(failure)) {
            if (types.stream().anyMatch(type -> type.isInstance(cause))) {
                return true;
            }
        }
        return false;
    }
}
