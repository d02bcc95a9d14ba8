package io.cistern.settings;

import java.time.Duration;

/**
 * The circuit breakers of all routes.
 *
 * @param enabled whether they open at all
 * @param threshold how many calls are looked at; when all of them failed, the breaker opens
 * @param openFor how long it stays open before it tries again
 */
public record BreakerSettings(boolean enabled, int threshold, Duration openFor) {}
