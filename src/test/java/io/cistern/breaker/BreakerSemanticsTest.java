package io.cistern.breaker;

import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK;
import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_IGNORED;
import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_REJECTED;
import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED;
import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_STATE;
import static org.apache.camel.ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION;
import static org.apache.camel.ExchangePropertyKey.EXCEPTION_CAUGHT;
import static org.apache.camel.ExchangePropertyKey.TRY_ROUTE_BLOCK;
import static org.apache.camel.builder.Builder.constant;
import static org.apache.camel.builder.Builder.simple;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Camel's own breaker and ours answer the same. */
class BreakerSemanticsTest extends EngineSuite {
    @ParameterizedTest
    @EnumSource
    void aSuccessComesBackWithAllThatTheStepsSet(Engine engine) throws Exception {
        run(
                engine,
                route ->
                        breaker(route)
                                .setHeader("inside", constant("header"))
                                .setProperty("inside", constant("property"))
                                .setVariable("inside", constant("variable"))
                                .setBody(simple("${body}!"))
                                .end()
                                .setBody(simple("${body}?")));

        var answer = send("hello");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody()).isEqualTo("hello!?");
        assertThat(answer.getMessage().getHeader("inside")).isEqualTo("header");
        assertThat(answer.getProperty("inside")).isEqualTo("property");
        assertThat(answer.getVariable("inside")).isEqualTo("variable");
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION))
                .isEqualTo(true);
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK)).isEqualTo(false);
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_STATE)).isEqualTo("CLOSED");
        assertThat(answer.getProperty(TRY_ROUTE_BLOCK)).isNull();
        assertThat(metrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aFailureLeavesTheExchangeAsItCame(Engine engine) throws Exception {
        run(
                engine,
                route ->
                        breaker(route)
                                .setHeader("inside", constant("header"))
                                .setProperty("inside", constant("property"))
                                .setBody(constant("changed"))
                                .process(this::failChecked)
                                .end()
                                .process(this::count));

        var answer = send("hello");

        assertThat(answer.getException(IOException.class)).hasMessage("broken");
        assertThat(answer.getIn().getBody()).isEqualTo("hello");
        assertThat(answer.getIn().getHeader("inside")).isNull();
        assertThat(answer.getProperty("inside")).isNull();
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION))
                .isEqualTo(false);
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK)).isEqualTo(false);
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED)).isEqualTo(true);
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_STATE)).isEqualTo("CLOSED");
        assertThat(answer.getProperty(TRY_ROUTE_BLOCK)).isNull();
        assertThat(calls).as("steps after the breaker").hasValue(1);
        assertThat(metrics().getNumberOfFailedCalls()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void theFallbackGetsWhatTheBreakerGot(Engine engine) throws Exception {
        run(
                engine,
                route ->
                        breaker(route)
                                .setHeader("inside", constant("header"))
                                .setBody(constant("changed"))
                                .process(this::failChecked)
                                .onFallback()
                                .setBody(simple("fallback for ${body}"))
                                .end()
                                .setBody(simple("${body}?")));

        var answer = send("hello");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody()).isEqualTo("fallback for hello?");
        assertThat(answer.getMessage().getHeader("inside")).isNull();
        assertThat(answer.getProperty(EXCEPTION_CAUGHT)).isInstanceOf(IOException.class);
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION))
                .isEqualTo(false);
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK)).isEqualTo(true);
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED)).isEqualTo(true);
    }

    @ParameterizedTest
    @EnumSource
    void aFallbackThatFailsFailsTheExchange(Engine engine) throws Exception {
        run(
                engine,
                route ->
                        breaker(route)
                                .process(this::failChecked)
                                .onFallback()
                                .throwException(new IllegalStateException("fallback broken"))
                                .end());

        var answer = send("hello");

        assertThat(answer.getException()).hasMessage("fallback broken");
        assertThat(answer.getProperty(TRY_ROUTE_BLOCK)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void anOpenBreakerRefuses(Engine engine) throws Exception {
        run(engine, route -> breaker(route).process(this::failChecked).end());
        send("one");
        var second = send("two");

        var third = send("three");

        assertThat(second.getProperty(CIRCUIT_BREAKER_RESPONSE_STATE)).isEqualTo("OPEN");
        assertThat(third.getException()).isInstanceOf(CallNotPermittedException.class);
        assertThat(third.getProperty(CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION))
                .isEqualTo(false);
        assertThat(third.getProperty(CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED)).isEqualTo(true);
        assertThat(third.getProperty(CIRCUIT_BREAKER_RESPONSE_REJECTED)).isEqualTo(true);
        assertThat(third.getProperty(CIRCUIT_BREAKER_RESPONSE_STATE)).isEqualTo("OPEN");
        assertThat(calls).hasValue(2);
    }

    @ParameterizedTest
    @EnumSource
    void anOpenBreakerMayBePassedBySilently(Engine engine) throws Exception {
        run(
                engine,
                route -> {
                    var breaker = breaker(route);
                    breaker.getResilience4jConfiguration()
                            .setThrowExceptionWhenHalfOpenOrOpenState("false");
                    breaker.process(this::failChecked).end().setHeader("after", constant(true));
                });
        breaker().transitionToOpenState();

        var answer = send("hello");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getHeader("after")).isEqualTo(true);
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_REJECTED)).isEqualTo(true);
        assertThat(calls).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource
    void anOpenBreakerFallsBack(Engine engine) throws Exception {
        run(
                engine,
                route ->
                        breaker(route)
                                .process(this::failChecked)
                                .onFallback()
                                .setBody(constant("fallback"))
                                .end());
        breaker().transitionToOpenState();

        var answer = send("hello");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody()).isEqualTo("fallback");
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_STATE)).isEqualTo("OPEN");
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK)).isEqualTo(true);
        assertThat(calls).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource
    void aHalfOpenBreakerClosesAfterSuccess(Engine engine) throws Exception {
        run(engine, route -> breaker(route).process(this::count).end());
        breaker().transitionToOpenState();
        breaker().transitionToHalfOpenState();

        var answer = send("hello");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_STATE)).isEqualTo("CLOSED");
        assertThat(breaker().getState()).isEqualTo(State.CLOSED);
    }

    @ParameterizedTest
    @EnumSource
    void aHalfOpenBreakerOpensAfterFailure(Engine engine) throws Exception {
        run(engine, route -> breaker(route).process(this::failChecked).end());
        breaker().transitionToOpenState();
        breaker().transitionToHalfOpenState();

        send("hello");

        assertThat(breaker().getState()).isEqualTo(State.OPEN);
    }

    @ParameterizedTest
    @EnumSource
    void anIgnoredExceptionIsNeitherSuccessNorFailure(Engine engine) throws Exception {
        run(
                engine,
                route -> {
                    var breaker = breaker(route);
                    breaker.resilience4jConfiguration().ignoreException(IOException.class);
                    breaker.process(this::failChecked).end();
                });

        var answer = send("hello");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_IGNORED)).isEqualTo(true);
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION))
                .isEqualTo(false);
        assertThat(metrics().getNumberOfBufferedCalls()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionThatIsNotRecordedPassesForSuccess(Engine engine) throws Exception {
        run(
                engine,
                route -> {
                    var breaker = breaker(route);
                    breaker.resilience4jConfiguration()
                            .recordException(IllegalStateException.class);
                    breaker.process(this::failChecked).end();
                });

        var answer = send("hello");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getProperty(CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION))
                .isEqualTo(true);
        assertThat(metrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
    }
}
