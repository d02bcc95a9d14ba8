package io.cistern.invalidation.feed;

import io.cistern.invalidation.event.InvalidationEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How one feed is: what people and meters are told. Safe for use by many threads. */
public final class Feed {

    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();

    /** Of one outage; who has read as many looks into health for more. */
    private static final int MOST_TOLD = 10;

    private final String name;
    private final String transport;
    private final String destination;
    private final LongSupplier nanos;
    private final LongAdder received = new LongAdder();
    private final LongAdder applied = new LongAdder();
    private final LongAdder deadLettered = new LongAdder();
    private final ConcurrentHashMap<Object, String> pauses = new ConcurrentHashMap<>();

    /** Of each consumer: why it does not reach its broker; empty where it does. */
    private final ConcurrentHashMap<Object, Optional<String>> connections =
            new ConcurrentHashMap<>();

    private final ConcurrentHashMap<Object, Long> lags = new ConcurrentHashMap<>();
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private volatile Consumer<Duration> latency = took -> {};
    private volatile Instant lastEvent;
    private long lastTold;
    private long untold;

    Feed(String name, String transport, String destination, LongSupplier nanos) {
        this.name = name;
        this.transport = transport;
        this.destination = destination;
        this.nanos = nanos;
        this.lastTold = nanos.getAsLong() - QUIET_NANOS;
    }

    /** The id of its route. */
    public String name() {
        return name;
    }

    /** {@code kafka} or {@code jms}. */
    public String transport() {
        return transport;
    }

    /** The topic or queue that it reads. */
    public String destination() {
        return destination;
    }

    /** Messages that were taken. Those that are taken again count again. */
    public long received() {
        return received.sum();
    }

    /** Events that took effect. */
    public long applied() {
        return applied.sum();
    }

    /** Messages that were written to the dead letters. */
    public long deadLettered() {
        return deadLettered.sum();
    }

    /** When an event last took effect; null: never. */
    public Instant lastEvent() {
        return lastEvent;
    }

    /** Whether all of its consumers reach their broker; false also where none has begun. */
    public boolean isConnected() {
        return !connections.isEmpty() && unreached().isEmpty();
    }

    /** Messages that wait at the broker, as far as it tells. */
    public OptionalLong lag() {
        return lags.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(lags.values().stream().mapToLong(Long::longValue).sum());
    }

    /** Why it takes nothing; null while it does. */
    public String pause() {
        return pauses.values().stream().findFirst().or(this::unreached).orElse(null);
    }

    private Optional<String> unreached() {
        return connections.values().stream().flatMap(Optional::stream).findFirst();
    }

    /** Is told from now on how long each event took from when it occurred to its effect. */
    public void onEffect(Consumer<Duration> listener) {
        latency = listener;
    }

    /** Messages were taken. */
    public void received(int messages) {
        received.add(messages);
    }

    /** Events took effect. */
    public void applied(List<InvalidationEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        applied.add(events.size());
        var now = Instant.now();
        lastEvent = now;
        for (var event : events) {
            if (event.occurredAt() != null && event.occurredAt().isBefore(now)) {
                latency.accept(Duration.between(event.occurredAt(), now));
            }
        }
    }

    /** A message was written to the dead letters; said at most once a second. */
    public void deadLettered(String position, String reason) {
        deadLettered.increment();
        long more;
        synchronized (this) {
            var now = nanos.getAsLong();
            if (now - lastTold < QUIET_NANOS) {
                untold++;
                return;
            }
            more = untold;
            untold = 0;
            lastTold = now;
        }
        LOG.warn(
                "Feed {}: the message at {} went to the dead letters{}: {}",
                name,
                position,
                more == 0 ? "" : " (and " + more + " before it)",
                reason);
    }

    /** A consumer takes nothing for now. */
    public void pause(Object consumer, String reason) {
        pauses.put(consumer, reason);
        if (isNews(reason)) {
            LOG.warn("Feed {} is paused: {}", name, reason);
        }
    }

    /** A consumer goes on. */
    public void resume(Object consumer) {
        if (pauses.remove(consumer) != null && pauses.isEmpty()) {
            LOG.info("Feed {} goes on", name);
            forget();
        }
    }

    /** A consumer reaches its broker. */
    public void reached(Object consumer) {
        var was = connections.put(consumer, Optional.empty());
        if (was == null || was.isPresent()) {
            LOG.info("Feed {} reaches its broker", name);
            forget();
        }
    }

    /** A consumer does not reach its broker, or is not let in there. */
    public void unreached(Object consumer, String reason) {
        connections.put(consumer, Optional.of(reason));
        if (isNews(reason)) {
            LOG.warn("Feed {} does not reach its broker: {}", name, reason);
        }
    }

    /**
     * Consumers that alternate between two reasons tell each of them once; that it is another port
     * each time makes no other reason.
     */
    private boolean isNews(String reason) {
        return told.size() < MOST_TOLD && told.add(reason.replaceAll("\\d+", "#"));
    }

    private void forget() {
        if (pause() == null) {
            told.clear();
        }
    }

    /** As many messages wait for a consumer. */
    public void lag(Object consumer, long messages) {
        lags.put(consumer, messages);
    }

    /** A consumer ended. */
    public void gone(Object consumer) {
        pauses.remove(consumer);
        connections.remove(consumer);
        lags.remove(consumer);
    }
}
