/**
 * What regions tell each other over a topic of Kafka: each has a Redis of its own, and hears of
 * every invalidation that was acknowledged in another one.
 */
package io.cistern.region;
