package io.cistern.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.settings.BreakerSettings;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BreakersTest {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Breakers breakers;

    @AfterEach
    void stop() {
        context.stop();
        meters.close();
    }

    @Test
    void failuresInARowOpenABreaker() throws Exception {
        start(new BreakerSettings(true, 3, Duration.ofMinutes(1)));

        send("fail");
        send("fail");
        send("well");
        send("fail");
        send("fail");
        assertThat(breakers.states()).containsEntry("items-breaker", State.CLOSED);
        send("fail");

        assertThat(breakers.states())
                .containsEntry("items-breaker", State.OPEN)
                .containsEntry("others-breaker", State.CLOSED)
                .hasSize(2);
    }

    @Test
    void switchedOffTheEipStaysAndItsBreakerIsDisabled() throws Exception {
        start(new BreakerSettings(false, 1, Duration.ofMinutes(1)));
        breakers.bindTo(meters);

        send("fail");
        var answer = send("fail");

        assertThat(answer.getException()).isInstanceOf(IOException.class);
        assertThat(breakers.states()).containsEntry("items-breaker", State.DISABLED);
        assertThat(state("items-breaker", "disabled")).isEqualTo(1);
        assertThat(context.getProcessor("items-breaker")).isInstanceOf(BreakerProcessor.class);
    }

    @Test
    void metricsShowEveryBreakersState() throws Exception {
        start(new BreakerSettings(true, 1, Duration.ofMinutes(1)));
        breakers.bindTo(meters);

        send("fail");

        assertThat(state("items-breaker", "open")).isEqualTo(1);
        assertThat(state("items-breaker", "closed")).isZero();
        assertThat(state("others-breaker", "closed")).isEqualTo(1);
    }

    @Test
    void metricsComeAndGoWithTheirRoutes() throws Exception {
        start(BreakersFixture.DEFAULTS);
        breakers.bindTo(meters);

        context.addRoutes(route("added"));
        assertThat(state("added-breaker", "closed")).isEqualTo(1);
        context.getRouteController().stopRoute("added");
        context.removeRoute("added");

        assertThat(meters.find("resilience4j.circuitbreaker.state").tag("name", "added-breaker"))
                .extracting(search -> search.meters())
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.COLLECTION)
                .isEmpty();
        assertThat(breakers.find("added-breaker")).isEmpty();
        assertThat(meters.getMeters())
                .extracting(Meter::getId)
                .extracting(id -> id.getTag("name"))
                .contains("items-breaker", "others-breaker")
                .doesNotContain("added-breaker");
    }

    @Test
    void aBreakerKeepsItsStateWhileOtherRoutesComeAndGo() throws Exception {
        start(new BreakerSettings(true, 1, Duration.ofMinutes(1)));
        send("fail");
        var before = breakers.find("items-breaker").orElseThrow();

        context.addRoutes(route("added"));
        context.getRouteController().stopRoute("added");
        context.removeRoute("added");
        context.addRoutes(route("added"));

        assertThat(breakers.find("items-breaker")).containsSame(before);
        assertThat(before.getState()).isEqualTo(State.OPEN);
    }

    @Test
    void aBreakerKeepsItsStateWhenItsRouteIsStoppedAndStarted() throws Exception {
        start(new BreakerSettings(true, 1, Duration.ofMinutes(1)));
        send("fail");

        context.getRouteController().stopRoute("items");
        context.getRouteController().startRoute("items");

        assertThat(breakers.states()).containsEntry("items-breaker", State.OPEN);
    }

    @Test
    void aRouteThatIsReplacedStartsWithANewBreaker() throws Exception {
        start(new BreakerSettings(true, 1, Duration.ofMinutes(1)));
        breakers.bindTo(meters);
        send("fail");

        context.getRouteController().stopRoute("items");
        context.removeRoute("items");
        context.addRoutes(route("items"));

        assertThat(breakers.states()).containsEntry("items-breaker", State.CLOSED);
        assertThat(state("items-breaker", "closed")).isEqualTo(1);
        assertThat(send("well").getException()).isNull();
    }

    @Test
    void aRefusedCallerLearnsHowLongToWait() throws Exception {
        start(new BreakerSettings(true, 1, Duration.ofMinutes(1)));
        send("fail");

        var refusal = send("well").getException();

        assertThat(breakers.retryAfter(refusal))
                .hasValueSatisfying(
                        wait ->
                                assertThat(wait)
                                        .isBetween(Duration.ofSeconds(50), Duration.ofMinutes(1)));
        assertThat(breakers.retryAfter(new IllegalStateException(refusal))).isPresent();
        assertThat(breakers.retryAfter(new IOException("broken"))).isEmpty();
        assertThat(breakers.retryAfter(null)).isEmpty();
    }

    @Test
    void theWaitEndsWithTheOpenState() throws Exception {
        start(new BreakerSettings(true, 1, Duration.ofMinutes(1)));
        send("fail");
        var refusal = send("well").getException();
        var breaker = breakers.find("items-breaker").orElseThrow();

        breaker.transitionToHalfOpenState();
        assertThat(breakers.retryAfter(refusal)).hasValue(Duration.ofSeconds(1));
        breaker.transitionToClosedState();
        assertThat(breakers.retryAfter(refusal)).hasValue(Duration.ZERO);
        breaker.transitionToForcedOpenState();
        assertThat(breakers.retryAfter(refusal)).hasValue(Duration.ofMinutes(1));
    }

    @Test
    void openForMayBeShorterThanASecond() throws Exception {
        start(new BreakerSettings(true, 1, Duration.ofMillis(300)));
        send("fail");

        var breaker = breakers.find("items-breaker").orElseThrow();
        var refusal = CallNotPermittedException.createCallNotPermittedException(breaker);
        assertThat(breakers.retryAfter(refusal).orElseThrow())
                .isBetween(Duration.ZERO, Duration.ofMillis(300));
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> send("well").getException() == null);
    }

    private double state(String name, String state) {
        return meters.get("resilience4j.circuitbreaker.state")
                .tag("name", name)
                .tag("state", state)
                .gauge()
                .value();
    }

    private void start(BreakerSettings settings) throws Exception {
        breakers = new Breakers(settings);
        breakers.install(context);
        context.addRoutes(route("items"));
        context.addRoutes(route("others"));
        context.start();
    }

    private static RouteBuilder route(String id) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:" + id)
                        .routeId(id)
                        .filter(body().isEqualTo("fail"))
                        .throwException(new IOException("broken"))
                        .end();
            }
        };
    }

    private Exchange send(String body) {
        return Engine.send(context, "direct:items", body);
    }
}
