package io.cistern.invalidation.feed.kafka;

import java.nio.charset.StandardCharsets;
import org.apache.camel.component.kafka.serde.KafkaHeaderDeserializer;

/** Gives routes headers as text, which the expressions of all languages read. */
final class Utf8Headers implements KafkaHeaderDeserializer {
    @Override
    public Object deserialize(String key, byte[] value) {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }
}
