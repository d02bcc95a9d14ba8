package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.event.InvalidationEvent;
import io.cistern.invalidation.feed.Deliveries;
import io.cistern.invalidation.feed.Delivery;
import io.cistern.invalidation.feed.Feed;
import io.cistern.invalidation.feed.Feeds;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.spi.SynchronizationVetoable;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka consumer that hands out the next poll only after the last one took effect, as a whole,
 * and commits nothing before. Camel calls it as any other, on one thread, and does not know.
 *
 * <p>While a poll can't take effect, its partitions are paused and it goes on polling, so that the
 * group keeps it as a member. Whatever a rebalance takes away meanwhile is left uncommitted.
 */
final class FeedConsumer implements InvocationHandler {

    /** Camel looks for whether it is to stop between polls. */
    static final Duration LONGEST_POLL = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger(FeedConsumer.class);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(3);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Duration AFTER_ERROR = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final Feeds feeds;
    private final Feed feed;
    private final Handling handling;
    private final Settlement settlement;
    private final ConsumerWatch watch;

    private FeedConsumer(
            Consumer<byte[], byte[]> consumer,
            Feeds feeds,
            Feed feed,
            Handling handling,
            ConsumerWatch watch,
            KafkaDeadLetters deadLetters) {
        this.consumer = consumer;
        this.feeds = feeds;
        this.feed = feed;
        this.handling = handling;
        this.settlement =
                new Settlement(
                        consumer,
                        feed,
                        handling.queue().apply(feed),
                        deadLetters,
                        feeds.executor());
        this.watch = watch;
    }

    /** A consumer for Camel. */
    @SuppressWarnings("unchecked")
    static Consumer<byte[], byte[]> around(
            Consumer<byte[], byte[]> consumer,
            Feeds feeds,
            Feed feed,
            Handling handling,
            ConsumerWatch watch,
            KafkaDeadLetters deadLetters) {
        return (Consumer<byte[], byte[]>)
                Proxy.newProxyInstance(
                        FeedConsumer.class.getClassLoader(),
                        new Class<?>[] {Consumer.class},
                        new FeedConsumer(consumer, feeds, feed, handling, watch, deadLetters));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "poll":
                return poll();
            case "commitSync", "commitAsync":
                // Only what took effect is committed, and the settlement knows what did.
                return null;
            case "subscribe":
                if (arguments.length == 2) {
                    arguments[1] = new Partitions((ConsumerRebalanceListener) arguments[1]);
                }
                break;
            case "unsubscribe":
                settlement.finish();
                break;
            case "close":
                return close();
            default:
        }
        try {
            return method.invoke(consumer, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        Deliveries.onThisThread(this::begin);
        try {
            if (!settlement.settle() || feeds.isClosed()) {
                settlement.keepAlive();
                return ConsumerRecords.empty();
            }
            settlement.resume();
            var records = take();
            watch.look(!records.isEmpty());
            if (!records.isEmpty()) {
                feed.received(records.count());
                settlement.begin(new Poll(records));
            }
            return records;
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException | IllegalStateException e) {
            // What Camel would do about it may skip records, or give up for good.
            watch.failed(e);
            LockSupport.parkNanos(AFTER_ERROR.toNanos());
            return ConsumerRecords.empty();
        }
    }

    private ConsumerRecords<byte[], byte[]> take() {
        try {
            return consumer.poll(LONGEST_POLL);
        } catch (InvalidOffsetException e) {
            miss(e, handling.missed().orElseThrow(() -> e));
            return ConsumerRecords.empty();
        }
    }

    /**
     * What the topic does not hold any more can't be taken: instead of it takes effect what stands
     * for all of it. The end is looked up before, so that nothing comes in between.
     */
    private void miss(InvalidOffsetException lost, InvalidationEvent instead) {
        var ends = consumer.endOffsets(lost.partitions(), LONGEST_LOOK);
        LOG.warn(
                "Feed {}: no position, or none that is there any more, in {}; it goes on at {}",
                feed.name(),
                lost.partitions(),
                ends);
        ends.forEach(consumer::seek);
        settlement.begin(Poll.instead(ends, instead));
    }

    private Delivery begin(Exchange exchange) {
        var message = exchange.getMessage();
        var delivery =
                settlement
                        .poll()
                        .begin(
                                message.getHeader(KafkaConstants.TOPIC, String.class),
                                message.getHeader(KafkaConstants.PARTITION, Integer.class),
                                message.getHeader(KafkaConstants.OFFSET, Long.class));
        exchange.getExchangeExtension().addOnCompletion(new End(delivery));
        return delivery;
    }

    private Object close() {
        // Who stops it in a hurry interrupts it. The group is told all the same, for otherwise its
        // partitions would wait for the end of the session.
        var interrupted = Thread.interrupted();
        try {
            settlement.finish();
        } finally {
            Deliveries.onThisThread(null);
            settlement.close();
            feeds.release(settlement.queue());
            watch.close();
            interrupted |= Thread.interrupted();
            consumer.close(LAST_WORDS);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return null;
    }

    /** Tells the delivery how its route ended; then nobody else has to care. */
    private record End(Delivery delivery) implements Synchronization, SynchronizationVetoable {

        @Override
        public void onComplete(Exchange exchange) {
            delivery.end(null);
        }

        @Override
        public void onFailure(Exchange exchange) {
            var failure = exchange.getException();
            delivery.end(
                    failure == null
                            ? new IllegalStateException("the route was rolled back")
                            : failure);
            exchange.setException(null);
            exchange.setRollbackOnly(false);
        }

        @Override
        public boolean allowHandover() {
            return false;
        }

        @Override
        public void beforeHandover(Exchange target) {}
    }

    private final class Partitions implements ConsumerRebalanceListener {

        private final ConsumerRebalanceListener camels;

        Partitions(ConsumerRebalanceListener camels) {
            this.camels = camels;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            settlement.give(partitions);
            camels.onPartitionsRevoked(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            settlement.lose(partitions);
            camels.onPartitionsLost(partitions);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            camels.onPartitionsAssigned(partitions);
            settlement.got(partitions);
        }
    }
}
