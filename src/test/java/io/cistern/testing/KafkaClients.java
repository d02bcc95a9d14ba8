package io.cistern.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends to a Kafka, and reads what is there. */
public final class KafkaClients implements AutoCloseable {

    private final KafkaBroker broker;
    private final KafkaProducer<byte[], byte[]> producer;

    public KafkaClients(KafkaBroker broker) {
        this.broker = broker;
        this.producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                broker.brokers(),
                                "max.request.size",
                                16 * 1024 * 1024,
                                "linger.ms",
                                "0"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    /** Sends a text and waits until the broker has it. */
    public void send(String topic, String key, String value) throws Exception {
        send(topic, key, value.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** Sends bytes, null for none, and waits until the broker has them. */
    public void send(String topic, String key, byte[] value, Map<String, String> headers)
            throws Exception {
        producer.send(record(topic, key, value, headers)).get();
    }

    /** Sends without waiting. */
    public void sendLater(String topic, String key, String value) {
        producer.send(record(topic, key, value.getBytes(StandardCharsets.UTF_8), Map.of()));
    }

    public void flush() {
        producer.flush();
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, String key, byte[] value, Map<String, String> headers) {
        var record =
                new ProducerRecord<>(
                        topic, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value);
        headers.forEach(
                (name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    /** Reads a topic from its beginning, until there are so many or time is up. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic, int count, Duration longest) {
        var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                broker.brokers(),
                                "group.id",
                                UUID.randomUUID().toString(),
                                "auto.offset.reset",
                                "earliest",
                                "enable.auto.commit",
                                "false"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            var end = System.nanoTime() + longest.toNanos();
            while (found.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
        }
        return found;
    }

    /** A header as text; null if it is not there. */
    public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close();
    }
}
