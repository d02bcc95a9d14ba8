package io.cistern.backplane;

import io.cistern.backplane.BackplaneCounts.Direction;
import io.cistern.backplane.BackplaneCounts.Drop;
import io.cistern.cache.spi.Backplane;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Tells other instances over Redis, and hears what they tell. News of one instance are heard in the
 * order in which it sent them; some may be missing. What waits in either direction is bounded: what
 * is too much is dropped and counted.
 */
public final class RedisBackplane implements Backplane, AutoCloseable {
    /** Some tens of thousands of short news. */
    static final int OUTBOX_BYTES = 4 << 20;

    /** Of messages. Full ones take 16 MiB. */
    static final int INBOX = 1_024;

    private static final int ID_BYTES = 8;
    private static final long STOP_SECONDS = 1;

    private final BackplaneCounts counts = new BackplaneCounts();
    private final NewsCodec codec = new NewsCodec(randomId());
    private final Outbox outbox = new Outbox(OUTBOX_BYTES);
    private final BooleanSupplier redisIsUp;
    private final Consumer<News> listener;
    private final Sender sender;
    private final ThreadPoolExecutor inbox;

    /**
     * @param redisIsUp whether sending is worth while; asked often
     * @param listener is told what other instances send, by one thread, and must not block for long
     */
    public RedisBackplane(BooleanSupplier redisIsUp, Consumer<News> listener) {
        this.redisIsUp = redisIsUp;
        this.listener = listener;
        this.sender = new Sender(outbox, codec, redisIsUp, counts);
        this.inbox =
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(INBOX),
                        RedisBackplane::thread,
                        (message, full) -> counts.dropped(Drop.RECEIVE_QUEUE_FULL, 1));
    }

    @Override
    public void send(News news) {
        if (!redisIsUp.getAsBoolean()) {
            counts.dropped(Drop.SEND_REDIS_DOWN, 1);
            return;
        }
        var encoded = codec.encode(news);
        if (encoded.isEmpty()) {
            counts.dropped(Drop.SEND_TOO_LARGE, 1);
        } else if (!outbox.offer(encoded.get())) {
            counts.dropped(Drop.SEND_QUEUE_FULL, 1);
        }
    }

    /** What went over it and what was dropped. */
    public BackplaneCounts counts() {
        return counts;
    }

    /** Where messages that come in have to be handled: one after the other, and not too many. */
    public Executor inbox() {
        return inbox;
    }

    /** Bytes that wait to be sent. */
    long waiting() {
        return outbox.size();
    }

    /** Handles one message of the channel, whoever sent it. */
    void receive(String message) {
        var decoded = codec.decode(message);
        switch (decoded.kind()) {
            case NEWS -> {
                counts.message(Direction.RECEIVED);
                decoded.news().forEach(listener);
            }
            case OTHER_FORMAT -> counts.dropped(Drop.RECEIVE_OTHER_FORMAT, 1);
            case UNREADABLE -> counts.dropped(Drop.RECEIVE_UNREADABLE, 1);
            case OWN -> {
                // Known here already.
            }
        }
    }

    /**
     * Sends from now on.
     *
     * @param publish sends a message, and tells whether that went well
     */
    void startSending(Predicate<String> publish) {
        sender.start(publish);
    }

    void stopSending() {
        sender.stop();
    }

    /** To be called when its routes have stopped. */
    @Override
    public void close() {
        sender.stop();
        inbox.shutdownNow();
        try {
            inbox.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String randomId() {
        var id = new byte[ID_BYTES];
        new SecureRandom().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    private static Thread thread(Runnable task) {
        var thread = new Thread(task, "backplane-receive");
        thread.setDaemon(true);
        return thread;
    }
}
