package io.cistern.warming;

import io.cistern.breaker.Breakers;
import io.cistern.warming.strategy.Parameter;
import io.cistern.warming.strategy.StrategyReader;
import java.util.Date;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/**
 * The template that strategies are made of, and the routes by which they run: one that performs a
 * run, and one that others call to have a strategy run.
 */
public final class StrategyRoutes extends RouteBuilder {

    /** Where a strategy's route begins; filled in by {@link StrategyDefinitions}. */
    static final String TRIGGER = "cistern.warming.trigger";

    /** Performs the run that is the body. */
    static final String RUN = "direct:cistern-warming-run";

    /** Names the strategy that {@code direct:warm} is to run. */
    static final String STRATEGY = "CisternStrategy";

    private final Supplier<Warming> warming;
    private final RunStep step;

    /**
     * @param warming needed only once routes run
     * @param step performs runs
     */
    public StrategyRoutes(Supplier<Warming> warming, RunStep step) {
        this.warming = warming;
        this.step = step;
    }

    @Override
    public void configure() {
        var template = routeTemplate(StrategyReader.TEMPLATE);
        for (var parameter : Parameter.values()) {
            if (parameter.isRequired()) {
                template.templateParameter(parameter.text());
            } else if (parameter.defaultText().isEmpty()) {
                template.templateOptionalParameter(parameter.text(), parameter.description());
            } else {
                template.templateParameter(
                        parameter.text(), parameter.defaultText(), parameter.description());
            }
        }
        // Without ids: of each route made of it, breaker and step get their own.
        template.from("{{" + TRIGGER + "}}")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .process(this::fire)
                .end();

        from("direct:warm")
                .routeId("warm-on-event")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("warm-on-event-breaker")
                .process(this::warm)
                .id("warm-on-event-demand")
                .end();

        from(RUN)
                .routeId("warming-run")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("warming-run-breaker")
                .process(step)
                .id("warming-run-step")
                .end();
    }

    private void fire(Exchange exchange) {
        var scheduled = exchange.getMessage().getHeader("scheduledFireTime", Date.class);
        warming.get()
                .fire(
                        exchange.getFromRouteId(),
                        scheduled == null ? System.currentTimeMillis() : scheduled.getTime());
    }

    private void warm(Exchange exchange) {
        var name = exchange.getMessage().getHeader(STRATEGY, String.class);
        var service = warming.get();
        var strategy =
                service.strategy(name == null ? "" : name)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "the header CisternStrategy names no strategy: "
                                                        + name));
        if (service.isOn() && service.isEnabled(strategy) && strategy.onDemand()) {
            exchange.getMessage().setBody(service.demand(strategy).id());
        }
    }
}
