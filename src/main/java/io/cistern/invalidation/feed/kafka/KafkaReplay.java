package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.feed.DeadLetter;
import io.cistern.invalidation.feed.Replayed;
import io.cistern.settings.FeedSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends the dead letters of a topic back. Which of them were sent back is kept as the offsets of a
 * consumer group of its own, so that each is sent back once.
 */
public final class KafkaReplay {

    private static final Duration POLL = Duration.ofMillis(500);

    /** Somebody waits for the command. */
    private static final int PATIENCE_MILLIS = 15_000;

    private static final int LARGEST_REQUEST = 64 * 1024 * 1024;

    private KafkaReplay() {}

    /**
     * Sends back what is there now, and not what comes meanwhile.
     *
     * @throws IllegalStateException if the broker is not reached, or does not let us in
     * @throws ExecutionException if the broker does not take one of them; those before it are done
     * @throws InterruptedException if the thread is interrupted
     */
    public static Replayed run(FeedSettings settings)
            throws ExecutionException, InterruptedException {
        var properties = new Properties();
        properties.put("bootstrap.servers", settings.kafka().brokers().orElseThrow());
        KafkaSecurity.add(settings.kafka(), properties);
        var reading = new Properties();
        reading.putAll(properties);
        reading.put("group.id", settings.kafka().group() + "-replay");
        reading.put("auto.offset.reset", "earliest");
        reading.put("enable.auto.commit", "false");
        reading.put("request.timeout.ms", PATIENCE_MILLIS);
        reading.put("default.api.timeout.ms", PATIENCE_MILLIS);
        var writing = new Properties();
        writing.putAll(properties);
        writing.put("max.request.size", LARGEST_REQUEST);
        writing.put("max.block.ms", PATIENCE_MILLIS);
        try (var consumer =
                        new KafkaConsumer<>(
                                reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                var producer =
                        new KafkaProducer<>(
                                writing, new ByteArraySerializer(), new ByteArraySerializer())) {
            return run(consumer, producer, settings.deadLetters());
        } catch (KafkaException e) {
            throw new IllegalStateException(
                    settings.kafka().brokers().orElseThrow() + ": " + KafkaReasons.reason(e), e);
        }
    }

    private static Replayed run(
            KafkaConsumer<byte[], byte[]> consumer,
            KafkaProducer<byte[], byte[]> producer,
            String topic)
            throws ExecutionException, InterruptedException {
        var partitions =
                consumer.partitionsFor(topic).stream()
                        .map(it -> new TopicPartition(it.topic(), it.partition()))
                        .collect(Collectors.toSet());
        consumer.assign(partitions);
        var ends = consumer.endOffsets(partitions);
        var sent = 0L;
        var left = 0L;
        while (partitions.stream().anyMatch(it -> consumer.position(it) < ends.get(it))) {
            for (var record : consumer.poll(POLL)) {
                var at = new TopicPartition(record.topic(), record.partition());
                if (record.offset() >= ends.get(at)) {
                    consumer.seek(at, ends.get(at));
                    consumer.pause(List.of(at));
                } else if (text(record, DeadLetter.LENGTH) != null
                        || text(record, DeadLetter.DESTINATION) == null) {
                    left++;
                } else {
                    producer.send(back(record)).get();
                    sent++;
                }
            }
            consumer.commitSync();
        }
        return new Replayed(sent, left);
    }

    private static ProducerRecord<byte[], byte[]> back(ConsumerRecord<byte[], byte[]> letter) {
        var record =
                new ProducerRecord<>(
                        text(letter, DeadLetter.DESTINATION), letter.key(), letter.value());
        for (var header : letter.headers()) {
            if (!header.key().startsWith(DeadLetter.PREFIX)) {
                record.headers().add(header);
            }
        }
        return record;
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String header) {
        var found = record.headers().lastHeader(header);
        return found == null ? null : new String(found.value(), StandardCharsets.UTF_8);
    }
}
