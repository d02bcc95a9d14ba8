package io.cistern.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.listener.Topic;

/**
 * Spring's container of message listeners, subscribed in the background over a connection of its
 * own whenever Redis is up.
 *
 * <p>Left to itself, the container subscribes in the call that adds a listener, which fails while
 * Redis is away; it doesn't notice that the connection broke; and each of its own attempts logs a
 * stack trace. So one thread of ours makes and renews the subscription: when a listener comes, when
 * the connection breaks, and when Redis is up again.
 */
final class ListenerContainer extends RedisMessageListenerContainer {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConnections.class);
    private static final long STOP_SECONDS = 2;

    /** What fails less often heals by itself, or the link tells of it. */
    private static final int FAILURES_UNTOLD = 2;

    private final LettuceConnectionFactory factory;
    private final RedisLink link;
    private final Duration patience;
    private final ScheduledThreadPoolExecutor thread;
    private final Backoff backoff = new Backoff();
    private final AtomicBoolean planned = new AtomicBoolean();
    private final Set<String> reasonsTold = new HashSet<>();
    private int failures;

    /** The one that is subscribed, or about to be; null when it broke or is given up. */
    private volatile Object connection;

    /**
     * @param factory used by nobody else
     * @param link tells whether trying is worth while
     * @param tasks where listeners are called
     * @param patience how long a step may take
     */
    ListenerContainer(
            LettuceConnectionFactory factory, RedisLink link, Executor tasks, Duration patience) {
        this.factory = factory;
        this.link = link;
        this.patience = patience;
        thread = new ScheduledThreadPoolExecutor(1, ListenerContainer::thread, new DiscardPolicy());
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        setConnectionFactory(factory);
        setTaskExecutor(tasks);
        setSubscriptionExecutor(thread);
        setMaxSubscriptionRegistrationWaitingTime(patience.toMillis());
        afterPropertiesSet();
        factory.getRequiredNativeClient().addListener(new Connections());
        // An old connection may lead nowhere after what had happened.
        link.onUp(() -> thread.execute(this::renew));
    }

    /**
     * Never, as far as Spring is told: so it takes note of listeners without waiting for Redis, and
     * neither tries again nor logs by itself.
     */
    @Override
    public boolean isRunning() {
        return false;
    }

    /** Returns at once; the listener is called as soon as it is subscribed. */
    @Override
    public void addMessageListener(MessageListener listener, Collection<? extends Topic> topics) {
        thread.execute(
                () -> {
                    super.addMessageListener(listener, topics);
                    renew();
                });
    }

    /** Waits a moment until it has taken effect. */
    @Override
    public void removeMessageListener(
            MessageListener listener, Collection<? extends Topic> topics) {
        var removed = thread.submit(() -> super.removeMessageListener(listener, topics));
        try {
            removed.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("Listeners are removed later", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the subscription for good, and closes its connection. */
    @Override
    public void destroy() {
        thread.shutdownNow();
        try {
            // Still connecting, perhaps: then closing the factory ends that, too.
            if (thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                giveUp();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        factory.destroy();
    }

    private void renew() {
        giveUp();
        subscribe();
    }

    private void giveUp() {
        connection = null;
        try {
            stop();
        } catch (RuntimeException e) {
            LOG.debug("The old subscription ends with its connection", e);
        }
    }

    private void subscribe() {
        if (isListening() && connection != null || !link.isUp()) {
            return;
        }
        giveUp();
        try {
            start();
        } catch (RuntimeException e) {
            failed(e);
            return;
        }
        failures = 0;
        backoff.reset();
        reasonsTold.clear();
    }

    private void failed(RuntimeException thrown) {
        giveUp();
        var failure = RedisFailure.of(thrown);
        link.count(failure);
        failures++;
        if (failures > FAILURES_UNTOLD && link.isUp() && reasonsTold.add(failure.reason())) {
            LOG.warn("Redis at {} allows no subscription: {}", link.address(), failure.reason());
        }
        plan();
    }

    private void plan() {
        if (planned.compareAndSet(false, true)) {
            thread.schedule(
                    () -> {
                        planned.set(false);
                        subscribe();
                    },
                    backoff.next(),
                    TimeUnit.MILLISECONDS);
        }
    }

    private static Thread thread(Runnable task) {
        var thread = new Thread(task, "redis-listeners");
        thread.setDaemon(true);
        return thread;
    }

    /** Called on Lettuce's threads. */
    private final class Connections implements RedisConnectionStateListener {
        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> connected, SocketAddress address) {
            connection = connected;
        }

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> broken) {
            if (connection == broken) {
                connection = null;
                plan();
            }
        }

        @Override
        public void onRedisExceptionCaught(RedisChannelHandler<?, ?> broken, Throwable cause) {
            onRedisDisconnected(broken);
        }
    }
}
