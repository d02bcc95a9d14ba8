package io.cistern.settings;

/**
 * How caches are warmed.
 *
 * @param enabled whether warming may run
 * @param concurrency how many runs this instance does at once
 */
public record WarmingSettings(boolean enabled, int concurrency) {}
