package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.feed.DeadLetter;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The topic of the dead letters. What is written there has the key, the bytes and the headers of
 * its message, which no route may have changed.
 */
final class KafkaDeadLetters implements AutoCloseable {

    /** The broker is to decide what it takes. */
    private static final int LARGEST_REQUEST = 64 * 1024 * 1024;

    private final Properties connection;
    private final String topic;

    /** Of its own: it may be blocked for seconds, and others must not wait for that. */
    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(
                    work -> {
                        var thread = new Thread(work, "cistern-dead-letters");
                        thread.setDaemon(true);
                        return thread;
                    });

    private Producer<byte[], byte[]> producer;
    private boolean closed;

    /**
     * @param connection how the broker is reached
     */
    KafkaDeadLetters(Properties connection, String topic) {
        this.connection = connection;
        this.topic = topic;
    }

    /**
     * Writes a message.
     *
     * @param reason why it can't be followed
     * @return ends when the broker has it; fails if it can't be had now
     */
    CompletableFuture<Void> send(ConsumerRecord<?, ?> record, String reason) {
        var body = DeadLetter.bytes(record.value());
        var letter = DeadLetter.of(body, reason, record.topic(), position(record));
        var written = new CompletableFuture<Void>();
        // The first one of a producer waits for the topic's metadata.
        try {
            executor.execute(() -> send(record, letter, written));
        } catch (RejectedExecutionException e) {
            written.completeExceptionally(e);
        }
        return written;
    }

    String topic() {
        return topic;
    }

    /** Which of its topic's messages a record is. */
    static String position(ConsumerRecord<?, ?> record) {
        return record.partition() + ":" + record.offset();
    }

    private void send(
            ConsumerRecord<?, ?> record, DeadLetter letter, CompletableFuture<Void> written) {
        try {
            var key = DeadLetter.bytes(record.key());
            var message = new ProducerRecord<>(topic, null, key, letter.body());
            record.headers().forEach(message.headers()::add);
            letter.headers()
                    .forEach(
                            (name, value) -> {
                                message.headers().remove(name);
                                message.headers().add(name, DeadLetter.bytes(value));
                            });
            producer()
                    .send(
                            message,
                            (metadata, error) -> {
                                if (error == null) {
                                    written.complete(null);
                                } else if (error instanceof RecordTooLargeException
                                        && letter.isLong()) {
                                    executor.execute(() -> send(record, letter.cut(), written));
                                } else {
                                    written.completeExceptionally(error);
                                }
                            });
        } catch (RuntimeException e) {
            written.completeExceptionally(e);
        }
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) {
            throw new IllegalStateException("the instance stops");
        }
        if (producer == null) {
            var properties = new Properties();
            properties.putAll(connection);
            properties.put("acks", "all");
            properties.put("enable.idempotence", "true");
            properties.put("max.request.size", LARGEST_REQUEST);
            properties.put("buffer.memory", (long) LARGEST_REQUEST);
            properties.put("max.block.ms", 5_000);
            properties.put("request.timeout.ms", 3_000);
            properties.put("delivery.timeout.ms", 6_000);
            properties.put("linger.ms", 0);
            producer =
                    new KafkaProducer<>(
                            properties, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    @Override
    public synchronized void close() {
        closed = true;
        executor.shutdownNow();
        if (producer != null) {
            producer.close(Duration.ofSeconds(1));
            producer = null;
        }
    }
}
