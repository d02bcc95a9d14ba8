package io.cistern.invalidation.feed;

import io.cistern.invalidation.event.EventReader;
import io.cistern.invalidation.event.InvalidationEvent;
import io.cistern.invalidation.event.Invalidator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All feeds of an instance. Safe for use by many threads. */
public final class Feeds implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);

    private final EventReader reader;
    private final Invalidator invalidator;
    private final Map<String, Feed> feeds = new TreeMap<>();
    private final List<EffectQueue> queues = new CopyOnWriteArrayList<>();
    private final List<Consumer<Feed>> comers = new ArrayList<>();
    private final List<Consumer<Feed>> goers = new ArrayList<>();
    private final List<AutoCloseable> others = new CopyOnWriteArrayList<>();
    private ScheduledExecutorService executor;
    private boolean open;
    private volatile boolean closed;

    public Feeds(EventReader reader, Invalidator invalidator) {
        this.reader = reader;
        this.invalidator = invalidator;
    }

    /** Reads what they take. */
    public EventReader reader() {
        return reader;
    }

    /** Lets events take effect. */
    public Invalidator invalidator() {
        return invalidator;
    }

    /**
     * The feed of a route, made when it is first asked for.
     *
     * @param name the id of the route
     * @param transport {@code kafka} or {@code jms}
     * @param destination the topic or queue
     */
    public synchronized Feed feed(String name, String transport, String destination) {
        var known = feeds.get(name);
        if (known == null) {
            known = new Feed(name, transport, destination, System::nanoTime);
            feeds.put(name, known);
            for (var listener : comers) {
                listener.accept(known);
            }
        }
        return known;
    }

    /** All whose routes are there, by name. */
    public synchronized Collection<Feed> all() {
        return List.copyOf(feeds.values());
    }

    /** A route was removed: if it was a feed, nothing is told of it any more. */
    public synchronized void remove(String name) {
        var known = feeds.remove(name);
        if (known != null) {
            for (var listener : goers) {
                listener.accept(known);
            }
        }
    }

    /**
     * Tells of feeds.
     *
     * @param come is told of each, of those that are there at once
     * @param gone is told of those whose route is removed
     */
    public synchronized void onFeed(Consumer<Feed> come, Consumer<Feed> gone) {
        comers.add(come);
        goers.add(gone);
        feeds.values().forEach(come);
    }

    /** A queue for one feed; nothing of it takes effect before {@link #open()}. */
    public EffectQueue queue(Feed feed) {
        return queue(feed, events -> invalidator.apply(events, feed.transport()));
    }

    /**
     * As above.
     *
     * @param effect what lets events take effect
     */
    public synchronized EffectQueue queue(
            Feed feed,
            Function<List<InvalidationEvent>, CompletionStage<List<Invalidator.Result>>> effect) {
        var queue = new EffectQueue(effect, executor(), feed, open);
        queues.add(queue);
        return queue;
    }

    /** Closes a queue of which nothing is wanted any more. */
    public void release(EffectQueue queue) {
        queues.remove(queue);
        queue.close();
    }

    /** For what waits or blocks a short while. */
    public synchronized ScheduledExecutorService executor() {
        if (executor == null) {
            executor =
                    Executors.newScheduledThreadPool(
                            2,
                            work -> {
                                var thread = new Thread(work, "cistern-feeds");
                                thread.setDaemon(true);
                                return thread;
                            });
        }
        return executor;
    }

    /** All caches are known: from now on events take effect. */
    public void open() {
        synchronized (this) {
            open = true;
        }
        queues.forEach(EffectQueue::open);
    }

    /** Closes something when this is closed; it must not throw. */
    public void closeWith(AutoCloseable other) {
        others.add(other);
    }

    /** Whether the instance stops. */
    public boolean isClosed() {
        return closed;
    }

    /** Nobody takes anything any more; what is under way may end. */
    public void stopTaking() {
        closed = true;
    }

    @Override
    public void close() {
        closed = true;
        queues.forEach(EffectQueue::close);
        for (var other : others) {
            try {
                other.close();
            } catch (Exception e) {
                LOG.debug("Not closed properly", e);
            }
        }
        synchronized (this) {
            if (executor != null) {
                executor.shutdownNow();
            }
        }
    }
}
