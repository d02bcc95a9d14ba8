package io.cistern.invalidation.feed.jms;

import io.cistern.invalidation.event.Invalidator.Result;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The messages of one transaction. Used by one thread. */
final class Batch {

    /** What may be seen again after a crash, and how late the first of them is acknowledged. */
    static final int MOST_MESSAGES = 100;

    /** In bytes or characters: messages are kept until their events took effect. */
    static final long MOST_LENGTH = 1024 * 1024;

    private static final long LAST_PATIENCE = Duration.ofSeconds(2).toNanos();

    private final List<Taken> taken = new ArrayList<>();
    private int messages;
    private long length;
    private long end;

    /**
     * A message whose events are under way.
     *
     * @param work ends when they took effect
     */
    record Taken(Message message, CompletableFuture<List<Result>> work) {}

    /** A message belongs to it. */
    void count(Message message) throws JMSException {
        messages++;
        length += length(message);
    }

    /** A message of it is not done before its events took effect. */
    void await(Message message, CompletableFuture<List<Result>> work) {
        taken.add(new Taken(message, work));
    }

    /** Whether no more belong to it. */
    boolean isFull() {
        return messages >= MOST_MESSAGES || length >= MOST_LENGTH;
    }

    List<Taken> taken() {
        return taken;
    }

    /** Whether its consumer, which is to stop, has waited for long enough. */
    boolean isOutOfPatience() {
        if (end == 0) {
            end = System.nanoTime() + LAST_PATIENCE;
        }
        return System.nanoTime() - end > 0;
    }

    /** Of others nobody knows: nothing is taken behind them. */
    private static long length(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return text.getText() == null ? 0 : text.getText().length();
        }
        return message instanceof BytesMessage bytes ? bytes.getBodyLength() : MOST_LENGTH;
    }
}
