package io.cistern.backplane;

import io.cistern.backplane.BackplaneCounts.Direction;
import io.cistern.backplane.BackplaneCounts.Drop;
import io.cistern.redis.Backoff;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The one thread that sends. What comes while it is sending goes with the next message, so an idle
 * backplane sends at once, and a busy one many pieces of news at a time.
 */
final class Sender {
    /** Larger messages bring no more speed, and make whoever reads them wait. */
    static final int BATCH = 16 << 10;

    private static final long STOP_SECONDS = 2;

    private final Outbox outbox;
    private final NewsCodec codec;
    private final BooleanSupplier redisIsUp;
    private final BackplaneCounts counts;
    private final Backoff backoff = new Backoff();
    private Thread thread;

    Sender(Outbox outbox, NewsCodec codec, BooleanSupplier redisIsUp, BackplaneCounts counts) {
        this.outbox = outbox;
        this.codec = codec;
        this.redisIsUp = redisIsUp;
        this.counts = counts;
    }

    /**
     * Begins to send.
     *
     * @param publish sends one message and tells whether that went well; may block for a while
     */
    synchronized void start(Predicate<String> publish) {
        thread = new Thread(() -> run(publish), "backplane-send");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends, and gives up the message that is under way. */
    synchronized void stop() {
        if (thread == null) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    private void run(Predicate<String> publish) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                send(outbox.take(BATCH), publish);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(List<String> pieces, Predicate<String> publish) throws InterruptedException {
        if (!redisIsUp.getAsBoolean()) {
            counts.dropped(Drop.SEND_REDIS_DOWN, pieces.size());
        } else if (publish.test(codec.message(pieces))) {
            counts.message(Direction.SENT);
            backoff.reset();
        } else {
            counts.dropped(Drop.SEND_FAILED, pieces.size());
            // In a row they would open the route's breaker before it is known that Redis is away,
            // and it would stay open long after Redis is back.
            TimeUnit.MILLISECONDS.sleep(backoff.next());
        }
    }
}
