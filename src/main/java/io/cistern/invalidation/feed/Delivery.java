package io.cistern.invalidation.feed;

import io.cistern.invalidation.event.InvalidationEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * One message of a feed on its way through its route: what the route made of it. It is acknowledged
 * only after the events took effect, or after it was written to the dead letters. Safe for use by
 * many threads.
 */
public final class Delivery {

    private static final String PROPERTY = "cistern.feed.delivery";

    private final List<InvalidationEvent> events = new ArrayList<>();
    private String refusal;
    private String trouble;
    private boolean ended;

    /** The delivery of which an exchange is a part; null if it came otherwise than by a feed. */
    public static Delivery of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Delivery.class);
    }

    void attachTo(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    /**
     * Takes events that the message stands for.
     *
     * @throws IllegalStateException if the message's route has ended already: they would never be
     *     waited for
     */
    public synchronized void add(List<InvalidationEvent> more) {
        if (ended) {
            throw new IllegalStateException(
                    "the route of the message has ended; events have to be given within it");
        }
        events.addAll(more);
    }

    /** The message can't be followed: it belongs to the dead letters. The first reason counts. */
    public synchronized void refuse(String reason) {
        if (refusal == null) {
            refusal = reason;
        }
    }

    /** Something is away that the route needs: the message has to be taken again. */
    public synchronized void postpone(String reason) {
        trouble = reason;
    }

    /**
     * Its route ended.
     *
     * @param failure with which; null for none
     */
    public synchronized void end(Throwable failure) {
        ended = true;
        if (failure == null) {
            return;
        }
        if (Failures.isTrouble(failure)) {
            postpone(Failures.reason(failure));
        } else {
            refuse(Failures.reason(failure));
        }
    }

    /** Whether its route has ended. */
    public synchronized boolean isEnded() {
        return ended;
    }

    /** Why it can't be followed; null if it can. */
    public synchronized String refusal() {
        return refusal;
    }

    /** Why it has to be taken again; null if it needn't. */
    public synchronized String trouble() {
        return trouble;
    }

    /** Its events; none of a message that is refused. */
    public synchronized List<InvalidationEvent> events() {
        return refusal == null && trouble == null ? List.copyOf(events) : List.of();
    }
}
