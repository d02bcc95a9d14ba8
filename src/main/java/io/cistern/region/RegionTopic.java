package io.cistern.region;

import io.cistern.invalidation.feed.kafka.KafkaSecurity;
import io.cistern.settings.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to the topic by which regions tell each other. Used by one thread at a time. */
final class RegionTopic implements AutoCloseable {

    /** The header with the region that wrote a record. */
    static final String REGION = "cistern-region";

    /** The header with what tells it from another region of that name. */
    static final String IDENTITY = "cistern-region-id";

    /** Somebody waits for an answer: longer than a partition takes to get another leader. */
    private static final int DELIVERY_MILLIS = 5_000;

    private static final int REQUEST_MILLIS = 2_000;
    private static final int METADATA_MILLIS = 3_000;
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final KafkaSettings kafka;
    private final String topic;
    private final byte[] region;
    private final Identity identity;
    private Producer<byte[], byte[]> producer;

    /**
     * @param kafka which Kafka
     * @param topic which of its topics
     * @param region what this region is called among those that write to it
     * @param identity tells it from another one that is called the same
     */
    RegionTopic(KafkaSettings kafka, String topic, String region, Identity identity) {
        this.kafka = kafka;
        this.topic = topic;
        this.region = region.getBytes(StandardCharsets.UTF_8);
        this.identity = identity;
    }

    /**
     * Writes, and returns when all replicas that are in sync have it.
     *
     * @param told nothing: a record that says so
     * @throws ExecutionException if the brokers did not take one of the records
     * @throws TimeoutException if they did not answer in time
     * @throws InterruptedException if the thread is interrupted
     */
    void write(List<Told> told) throws ExecutionException, TimeoutException, InterruptedException {
        var to = producer();
        var partitions = to.partitionsFor(topic).size();
        var written = new ArrayList<Future<RecordMetadata>>();
        for (var each : told) {
            for (var piece : Pieces.of(each, partitions)) {
                var value = RecordCodec.encode(piece.told());
                written.add(to.send(record(piece.partition(), piece.key(), value)));
            }
        }
        if (told.isEmpty()) {
            written.add(to.send(record(null, null, RecordCodec.nothing())));
        }
        for (var each : written) {
            each.get(DELIVERY_MILLIS + REQUEST_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private ProducerRecord<byte[], byte[]> record(Integer partition, byte[] key, byte[] value) {
        var record = new ProducerRecord<>(topic, partition, key, value);
        record.headers().add(REGION, region);
        identity.current()
                .ifPresent(
                        own ->
                                record.headers()
                                        .add(IDENTITY, own.id().getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (producer == null) {
            var properties = new Properties();
            properties.put("bootstrap.servers", kafka.brokers().orElseThrow());
            KafkaSecurity.add(kafka, properties);
            properties.put("acks", "all");
            properties.put("enable.idempotence", "true");
            properties.put("linger.ms", 0);
            properties.put("max.block.ms", METADATA_MILLIS);
            properties.put("request.timeout.ms", REQUEST_MILLIS);
            properties.put("delivery.timeout.ms", DELIVERY_MILLIS);
            properties.put("reconnect.backoff.max.ms", 500);
            producer =
                    new KafkaProducer<>(
                            properties, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(LAST_WORDS);
            producer = null;
        }
    }
}
