package io.cistern.operations;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoutesHealthCheckTest {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final RoutesHealthCheck check = new RoutesHealthCheck(context);

    @BeforeEach
    void start() throws Exception {
        context.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:a").routeId("a").to("mock:a");
                        from("direct:b").routeId("b").autoStartup(false).to("mock:b");
                    }
                });
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private HealthCheck.Result result() {
        return check.call();
    }

    @Test
    void isUpWhileAllRunThatOughtTo() {
        assertThat(result().getState()).isEqualTo(State.UP);
        assertThat(check.isLiveness()).isFalse();
        assertThat(check.isReadiness()).isTrue();
    }

    @Test
    void isDownWhileOneIsStopped() throws Exception {
        context.getRouteController().stopRoute("a");

        assertThat(result().getState()).isEqualTo(State.DOWN);
        assertThat(result().getDetails()).containsEntry("a", "Stopped").doesNotContainKey("b");

        context.getRouteController().startRoute("a");
        assertThat(result().getState()).isEqualTo(State.UP);
    }

    @Test
    void aRouteThatIsRemovedIsMissedByNobody() throws Exception {
        context.getRouteController().stopRoute("a");
        context.removeRoute("a");

        assertThat(result().getState()).isEqualTo(State.UP);
    }
}
