package io.cistern.settings;

import java.time.Duration;
import java.util.Objects;

/**
 * What circuit breakers do where a route says nothing else.
 *
 * @param enabled false leaves every breaker in its place but in the state DISABLED: it lets all
 *     calls through and counts none
 * @param threshold how many calls are looked at, at least 1; when all of them failed, the breaker
 *     opens
 * @param openFor how long it stays open before it tries again, at least one millisecond
 */
public record BreakerSettings(boolean enabled, int threshold, Duration openFor) {

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
