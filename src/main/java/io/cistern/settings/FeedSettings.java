package io.cistern.settings;

/**
 * Where events of invalidation come from.
 *
 * @param kafka which Kafka
 * @param jms which JMS broker
 * @param deadLetters the topic and the queue that get what can't be followed
 */
public record FeedSettings(KafkaSettings kafka, JmsSettings jms, String deadLetters) {}
