/** Feeds from Kafka: polls that take effect as a whole, and offsets committed after that. */
package io.cistern.invalidation.feed.kafka;
