package io.cistern.invalidation.feed.jms;

import io.cistern.invalidation.event.Invalidator.Result;
import io.cistern.invalidation.event.Invalidator.Status;
import io.cistern.invalidation.feed.Deliveries;
import io.cistern.invalidation.feed.Delivery;
import io.cistern.invalidation.feed.EffectQueue;
import io.cistern.invalidation.feed.Failures;
import io.cistern.invalidation.feed.Feed;
import io.cistern.invalidation.feed.Feeds;
import io.cistern.redis.Backoff;
import io.cistern.settings.FeedSettings;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.component.jms.DefaultJmsMessageListenerContainer;
import org.apache.camel.component.jms.JmsEndpoint;
import org.springframework.jms.listener.AbstractJmsListeningContainer.SharedConnectionNotInitializedException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.util.backoff.BackOffExecution;

/**
 * Runs the route of each message, and then waits until its events took effect, before the session
 * is committed, which acknowledges all that were taken in one transaction. While something is away
 * that is needed for that, the message is kept: rolling it back again and again would use up the
 * broker's attempts to deliver it.
 */
final class FeedListenerContainer extends DefaultJmsMessageListenerContainer {

    private static final String STOPS = "the feed stops";
    private static final long LOOK_MILLIS = 200;

    /** Of the consumer's thread: where more of the same transaction comes from. */
    private final ThreadLocal<MessageConsumer> source = new ThreadLocal<>();

    private final CountDownLatch started = new CountDownLatch(1);
    private final JmsEndpoint endpoint;
    private final Feeds feeds;
    private final JmsReasons reasons;
    private final JmsDeadLetters deadLetters;
    private volatile Feed feed;
    private volatile EffectQueue queue;
    private volatile boolean isTried;

    FeedListenerContainer(JmsEndpoint endpoint, Feeds feeds, FeedSettings settings) {
        super(endpoint);
        this.endpoint = endpoint;
        this.feeds = feeds;
        this.reasons = new JmsReasons(settings.jms());
        this.deadLetters = new JmsDeadLetters(settings.deadLetters());
    }

    @Override
    protected void doStart() throws JMSException {
        var route =
                endpoint.getCamelContext().getRoutes().stream()
                        .filter(each -> each.getEndpoint() == endpoint)
                        .map(each -> each.getRouteId())
                        .findFirst()
                        .orElse(endpoint.getDestinationName());
        feed = feeds.feed(route, "jms", endpoint.getDestinationName());
        queue = feeds.queue(feed);
        try {
            super.doStart();
        } finally {
            started.countDown();
        }
    }

    /** Left to the consumers' threads: a broker that stands still would hold the start back. */
    @Override
    protected void establishSharedConnection() {}

    /** Before the first attempt there is nothing to wait for but the end of the start. */
    @Override
    protected boolean applyBackOffTime(BackOffExecution execution) {
        if (isTried) {
            return super.applyBackOffTime(execution);
        }
        try {
            started.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    @Override
    protected void doShutdown() throws JMSException {
        try {
            super.doShutdown();
        } finally {
            if (queue != null) {
                feeds.release(queue);
                feed.gone(this);
            }
        }
    }

    @Override
    protected MessageConsumer createListenerConsumer(Session session) throws JMSException {
        var consumer = super.createListenerConsumer(session);
        feed.reached(this);
        feed.resume(this);
        return consumer;
    }

    @Override
    protected Connection createConnection() throws JMSException {
        isTried = true;
        try {
            return attempt();
        } catch (JMSException e) {
            if (feed != null && !isStopping()) {
                feed.unreached(this, reasons.ofConnecting(e));
            }
            throw e;
        }
    }

    /** On another thread, for a broker that stands still must not hold the stop back. */
    private Connection attempt() throws JMSException {
        var attempt = new FutureTask<>(this::connect);
        var thread = new Thread(attempt, "cistern-jms-connect");
        thread.setDaemon(true);
        thread.start();
        while (true) {
            try {
                return attempt.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (isStopping()) {
                    attempt.cancel(true);
                    throw new JMSException(STOPS);
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof JMSException cause ? cause : wrapped(e.getCause());
            } catch (InterruptedException e) {
                attempt.cancel(true);
                Thread.currentThread().interrupt();
                throw wrapped(e);
            }
        }
    }

    private Connection connect() throws JMSException {
        var connection = super.createConnection();
        if (isStopping()) {
            connection.close();
            throw new JMSException(STOPS);
        }
        return connection;
    }

    private static JMSException wrapped(Throwable cause) {
        var wrapped = new JMSException(Failures.reason(cause));
        wrapped.initCause(cause);
        return wrapped;
    }

    @Override
    protected void handleListenerSetupFailure(Throwable failure, boolean alreadyRecovered) {
        if (!isRunning()) {
            return;
        }
        if (failure instanceof jakarta.jms.IllegalStateException) {
            // What is said of a session that is closed says nothing of why.
            feed.unreached(this, "the connection broke");
        } else if (!(failure instanceof SharedConnectionNotInitializedException)) {
            // Of that, what making a connection failed with says more.
            feed.pause(
                    this,
                    endpoint.getDestinationName() + " can't be read: " + Failures.reason(failure));
        }
    }

    @Override
    protected boolean doReceiveAndExecute(
            Object invoker, Session session, MessageConsumer consumer, TransactionStatus status)
            throws JMSException {
        source.set(consumer);
        try {
            return super.doReceiveAndExecute(invoker, session, consumer, status);
        } finally {
            source.remove();
        }
    }

    /**
     * Takes a message, and with it into the same transaction what waits behind it already: a commit
     * is a round trip to the broker. The events of each begin to take effect at once.
     */
    @Override
    protected void invokeListener(Session session, Message message) throws JMSException {
        var batch = new Batch();
        for (var next = message; next != null; next = more(batch)) {
            feed.received(1);
            batch.count(next);
            var delivery = route(session, next);
            if (delivery.refusal() == null) {
                batch.await(next, queue.submit(delivery.events()));
            } else {
                bury(session, next, delivery.refusal());
            }
        }
        for (var each : batch.taken()) {
            var refusal = effect(each.work(), batch);
            if (refusal != null) {
                bury(session, each.message(), refusal);
            }
        }
    }

    /** The next message that is there already; null if there is none, or none is to be taken. */
    private Message more(Batch batch) throws JMSException {
        var consumer = source.get();
        return consumer == null
                        || !isSessionTransacted()
                        || batch.isFull()
                        || feed.pause() != null
                        || isStopping()
                ? null
                : consumer.receiveNoWait();
    }

    /** Until nothing is away that the route needs. */
    private Delivery route(Session session, Message message) throws JMSException {
        var backoff = new Backoff();
        while (true) {
            var delivery = new Delivery();
            Throwable failure = null;
            Deliveries.onThisThread(exchange -> delivery);
            try {
                super.invokeListener(session, message);
            } catch (JMSException | RuntimeException e) {
                failure = e;
            } finally {
                Deliveries.onThisThread(null);
            }
            delivery.end(failure);
            if (delivery.trouble() == null) {
                feed.resume(session);
                return delivery;
            }
            hold(session, delivery.trouble(), backoff);
            rewind(message);
        }
    }

    private static void rewind(Message message) throws JMSException {
        if (message instanceof BytesMessage bytes) {
            bytes.reset();
        } else if (message instanceof StreamMessage stream) {
            stream.reset();
        }
    }

    /**
     * Waits until the events of a message took effect.
     *
     * @return why they can't; null if they did
     */
    private String effect(CompletableFuture<List<Result>> work, Batch batch) {
        while (true) {
            try {
                var results = work.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                return results.stream().anyMatch(it -> it.status() == Status.UNKNOWN_CACHE)
                        ? "cache: there is no such cache"
                        : null;
            } catch (TimeoutException e) {
                if (!isStopping()) {
                    continue;
                }
                if (batch.isOutOfPatience()) {
                    throw stopped();
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IllegalArgumentException cause) {
                    return Failures.reason(cause);
                }
                throw stopped();
            } catch (CancellationException e) {
                throw stopped();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw stopped();
            }
        }
    }

    /** Until the broker has it. */
    private void bury(Session session, Message message, String reason) throws JMSException {
        var id = message.getJMSMessageID();
        var letter = JmsDeadLetters.of(message, reason);
        var backoff = new Backoff();
        while (true) {
            try {
                deadLetters.write(getSharedConnection(), letter);
                feed.resume(session);
                feed.deadLettered(id, reason);
                return;
            } catch (JMSException e) {
                hold(
                        session,
                        "the dead letters can't be written to "
                                + deadLetters.queue()
                                + ": "
                                + Failures.reason(e),
                        backoff);
            }
        }
    }

    /** Waits a while, unless the message is lost to us anyway. */
    private void hold(Session session, String reason, Backoff backoff) throws JMSException {
        feed.pause(session, reason);
        try {
            // Fails where the connection broke: the message comes again by another one.
            session.getAcknowledgeMode();
            if (isStopping()) {
                throw stopped();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(backoff.next()));
        } catch (JMSException | RuntimeException e) {
            feed.resume(session);
            throw e;
        }
    }

    private boolean isStopping() {
        return feeds.isClosed() || !isRunning() || !runningAllowed();
    }

    private static IllegalStateException stopped() {
        return new IllegalStateException("the feed stops; the message is left to the broker");
    }
}
