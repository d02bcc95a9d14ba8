package io.cistern.breaker;

import java.time.Duration;
import java.util.Objects;

/**
 * What circuit breakers do where a route says nothing else.
 *
 * @param enabled false leaves every breaker in its place but in the state DISABLED: it lets all
 *     calls through and counts none
 * @param threshold how many failures in a row open a breaker, at least 1
 * @param openFor how long it stays open before it tries again, at least one millisecond
 */
public record BreakerSettings(boolean enabled, int threshold, Duration openFor) {
    /** Breakers open for a minute after five failures in a row. */
    public static final BreakerSettings DEFAULTS =
            new BreakerSettings(true, 5, Duration.ofSeconds(60));

    /**
     * @throws IllegalArgumentException if the threshold or the duration is too small
     */
    public BreakerSettings {
        Objects.requireNonNull(openFor, "openFor");
        if (threshold < 1) {
            throw new IllegalArgumentException("threshold must be at least 1, but is " + threshold);
        }
        if (openFor.toMillis() < 1) {
            throw new IllegalArgumentException("openFor must be at least 1 ms, but is " + openFor);
        }
    }
}
