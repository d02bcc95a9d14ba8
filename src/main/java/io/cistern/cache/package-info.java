/**
 * The cache engine: policies, lookups, single flight, loads and their limits. It is asynchronous
 * throughout, takes its clock, timers, stores and origins from {@link io.cistern.cache.spi}, and
 * knows neither Camel nor Redis nor HTTP.
 */
package io.cistern.cache;
