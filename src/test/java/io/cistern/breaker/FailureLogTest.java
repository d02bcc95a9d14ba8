package io.cistern.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class FailureLogTest {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final FailureLog log = new FailureLog(recorder());

    @Test
    void aFailureIsOneLine() {
        log.log("it failed", new IOException("broken"));
        log.log("it failed again", new IOException("broken"), LoggingLevel.ERROR);

        assertThat(lines)
                .containsExactly(
                        "warn it failed",
                        "debug Stack trace",
                        "error it failed again",
                        "debug Stack trace");
    }

    @Test
    void aRefusalIsNone() {
        var refusal =
                CallNotPermittedException.createCallNotPermittedException(
                        CircuitBreaker.ofDefaults("items-breaker"));

        log.log("refused", refusal);
        log.log("refused", new IllegalStateException(refusal), LoggingLevel.ERROR);

        assertThat(lines).isEmpty();
    }

    @Test
    void routesUseIt() throws Exception {
        try (var context = new DefaultCamelContext()) {
            new Breakers(BreakersFixture.DEFAULTS).install(context);
            var handler =
                    (DefaultErrorHandlerDefinition)
                            context.getCamelContextExtension().getErrorHandlerFactory();
            handler.setLoggerBean(log);
            context.addRoutes(
                    new RouteBuilder() {
                        @Override
                        public void configure() {
                            from("direct:items")
                                    .routeId("items")
                                    .throwException(new IOException("broken"));
                        }
                    });
            context.start();

            Engine.send(context, "direct:items", "hello");
            Engine.breaker(context, "items-breaker").transitionToOpenState();
            Engine.send(context, "direct:items", "hello");
        }

        assertThat(lines).hasSize(2).first().asString().contains("IOException: broken");
    }

    @Test
    void anErrorHandlerThatIsThereStays() throws Exception {
        try (var context = new DefaultCamelContext()) {
            var own = new DefaultErrorHandlerDefinition();
            context.getCamelContextExtension().setErrorHandlerFactory(own);

            new Breakers(BreakersFixture.DEFAULTS).install(context);

            assertThat(context.getCamelContextExtension().getErrorHandlerFactory()).isSameAs(own);
        }
    }

    /** Notes level and message of all that is logged. */
    private Logger recorder() {
        return (Logger)
                Proxy.newProxyInstance(
                        Logger.class.getClassLoader(),
                        new Class<?>[] {Logger.class},
                        (proxy, method, arguments) -> {
                            if (method.getReturnType() == boolean.class) {
                                return true;
                            }
                            lines.add(method.getName() + " " + arguments[0]);
                            return null;
                        });
    }
}
