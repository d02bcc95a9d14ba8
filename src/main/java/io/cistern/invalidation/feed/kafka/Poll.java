package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.event.InvalidationEvent;
import io.cistern.invalidation.event.Invalidator.Result;
import io.cistern.invalidation.event.Invalidator.Status;
import io.cistern.invalidation.feed.Delivery;
import io.cistern.invalidation.feed.EffectQueue;
import io.cistern.invalidation.feed.Failures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What one poll gave, until all of it took effect. Used by the consumer's thread; deliveries may
 * end on others.
 */
final class Poll {

    /** A record that was handed to the route. */
    private record Taken(ConsumerRecord<byte[], byte[]> record, Delivery delivery) {}

    /** A record that belongs to the dead letters, and why. */
    record Dead(ConsumerRecord<byte[], byte[]> record, String reason) {}

    private final Map<TopicPartition, Map<Long, ConsumerRecord<byte[], byte[]>>> records =
            new HashMap<>();
    private final Map<TopicPartition, List<Taken>> taken = new LinkedHashMap<>();
    private final Map<TopicPartition, Long> again = new HashMap<>();
    private final List<Dead> dead = new ArrayList<>();
    private String trouble;
    private CompletableFuture<List<Dead>> effect;

    Poll(ConsumerRecords<byte[], byte[]> polled) {
        for (var partition : polled.partitions()) {
            var byOffset = new HashMap<Long, ConsumerRecord<byte[], byte[]>>();
            polled.records(partition).forEach(record -> byOffset.put(record.offset(), record));
            records.put(partition, byOffset);
        }
    }

    /**
     * A poll of what is not there any more.
     *
     * @param ends where each of the partitions goes on
     * @param event takes effect instead
     */
    static Poll instead(Map<TopicPartition, Long> ends, InvalidationEvent event) {
        var poll = new Poll(ConsumerRecords.empty());
        ends.forEach(
                (place, end) -> {
                    var delivery = new Delivery();
                    delivery.add(List.of(event));
                    delivery.end(null);
                    var last =
                            new ConsumerRecord<byte[], byte[]>(
                                    place.topic(), place.partition(), end - 1, null, null);
                    poll.taken.put(place, new ArrayList<>(List.of(new Taken(last, delivery))));
                });
        return poll;
    }

    /** The route of a record begins. */
    Delivery begin(String topic, int partition, long offset) {
        var place = new TopicPartition(topic, partition);
        var delivery = new Delivery();
        var record = records.getOrDefault(place, Map.of()).get(offset);
        if (record == null) {
            throw new IllegalStateException("no record of this poll: " + place + " " + offset);
        }
        taken.computeIfAbsent(place, any -> new ArrayList<>()).add(new Taken(record, delivery));
        return delivery;
    }

    /**
     * Lets the events of all records take effect whose routes have ended. Of a partition only those
     * before the first that has to be taken again.
     *
     * @return ends with those that belong to the dead letters
     */
    CompletableFuture<List<Dead>> effect(EffectQueue queue) {
        if (effect != null) {
            return effect;
        }
        var events = new ArrayList<InvalidationEvent>();
        var owners = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        for (var each : taken.entrySet()) {
            prepare(each.getKey(), each.getValue(), events, owners);
        }
        effect =
                queue.submit(events)
                        .thenApply(
                                results -> {
                                    for (var i = 0; i < results.size(); i++) {
                                        judge(owners.get(i), results.get(i));
                                    }
                                    return dead();
                                })
                        .exceptionallyCompose(
                                error ->
                                        error.getCause() instanceof IllegalArgumentException
                                                ? oneByOne(queue)
                                                : CompletableFuture.failedFuture(error));
        return effect;
    }

    /** One of the events can't take effect, ever: each record is tried for itself. */
    private CompletableFuture<List<Dead>> oneByOne(EffectQueue queue) {
        var all =
                taken.values().stream()
                        .flatMap(List::stream)
                        .map(each -> alone(each, queue))
                        .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(all).thenApply(done -> dead());
    }

    private CompletableFuture<?> alone(Taken each, EffectQueue queue) {
        return queue.submit(each.delivery().events())
                .thenAccept(results -> results.forEach(result -> judge(each.record(), result)))
                .exceptionallyCompose(
                        error -> {
                            if (error.getCause() instanceof IllegalArgumentException cause) {
                                refuse(each.record(), Failures.reason(cause));
                                return CompletableFuture.completedFuture(null);
                            }
                            return CompletableFuture.failedFuture(error);
                        });
    }

    private void judge(ConsumerRecord<byte[], byte[]> record, Result result) {
        if (result.status() == Status.UNKNOWN_CACHE) {
            refuse(record, "cache: there is no such cache");
        }
    }

    private synchronized void refuse(ConsumerRecord<byte[], byte[]> record, String reason) {
        if (dead.stream().noneMatch(it -> it.record() == record)) {
            dead.add(new Dead(record, reason));
        }
    }

    private synchronized List<Dead> dead() {
        return List.copyOf(dead);
    }

    private void prepare(
            TopicPartition partition,
            List<Taken> records,
            List<InvalidationEvent> events,
            List<ConsumerRecord<byte[], byte[]>> owners) {
        for (var i = 0; i < records.size(); i++) {
            var each = records.get(i);
            var delivery = each.delivery();
            if (!delivery.isEnded() || delivery.trouble() != null) {
                trouble = delivery.trouble();
                again.put(partition, each.record().offset());
                records.subList(i, records.size()).clear();
                return;
            }
            if (delivery.refusal() != null) {
                refuse(each.record(), delivery.refusal());
            }
            for (var event : delivery.events()) {
                events.add(event);
                owners.add(each.record());
            }
        }
    }

    /** Where each partition goes on after it. */
    Map<TopicPartition, OffsetAndMetadata> offsets() {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        taken.forEach(
                (partition, records) -> {
                    if (!records.isEmpty()) {
                        var last = records.get(records.size() - 1).record();
                        offsets.put(
                                partition,
                                new OffsetAndMetadata(last.offset() + 1, last.leaderEpoch(), ""));
                    }
                });
        return offsets;
    }

    /** From where partitions have to be taken again, because something was away. */
    Map<TopicPartition, Long> again() {
        return again;
    }

    /** Why. */
    String trouble() {
        return trouble == null ? "a route did not end" : trouble;
    }

    /** These partitions belong to others now, who take them again. */
    void forget(Collection<TopicPartition> partitions) {
        partitions.forEach(
                partition -> {
                    taken.remove(partition);
                    again.remove(partition);
                });
    }

    boolean isEmpty() {
        return taken.isEmpty() && again.isEmpty();
    }
}
