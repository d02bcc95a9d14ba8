package io.cistern.invalidation.feed;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.invalidation.event.EventException;
import io.cistern.invalidation.event.InvalidationEvent;
import io.cistern.invalidation.event.TraceContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Reads the events that are a message's body. Those of a feed's message take effect once its route
 * has ended, and before it is acknowledged; those that came otherwise take effect here.
 */
final class EventStep extends AsyncProcessorSupport {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> CLOUD_EVENTS =
            List.of("ce_", "cloudevents_", "cloudevents:", "ce-");
    private static final List<String> CONTENT_TYPES =
            List.of("content-type", "contenttype", "jms_amqp_contenttype");
    private static final String SOURCE = "route";
    private static final String REFUSAL = "cistern.event.refusal";

    private final Feeds feeds;
    private final boolean asSent;

    /**
     * @param asSent whether the message is as its sender wrote it, with attributes of CloudEvents
     *     in its headers; otherwise a route made the body, and the headers are of something else
     */
    EventStep(Feeds feeds, boolean asSent) {
        this.feeds = feeds;
        this.asSent = asSent;
    }

    /**
     * Fails with what was wrong with the events, if anything was. It has its place behind the
     * breaker, which must not open for all because somebody sends nonsense.
     */
    static void raise(Exchange exchange) {
        var refusal = exchange.removeProperty(REFUSAL);
        if (refusal instanceof EventException e) {
            exchange.setException(e);
        }
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        var delivery = Delivery.of(exchange);
        List<InvalidationEvent> events;
        try {
            var trace = exchange.getMessage().getHeader(TraceContext.HEADER, String.class);
            events = TraceContext.note(read(exchange.getMessage()), trace);
        } catch (EventException e) {
            if (delivery == null) {
                exchange.setProperty(REFUSAL, e);
            } else {
                delivery.refuse(e.getMessage());
            }
            callback.done(true);
            return true;
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        if (delivery != null) {
            try {
                delivery.add(events);
            } catch (IllegalStateException e) {
                exchange.setException(e);
            }
            callback.done(true);
            return true;
        }
        feeds.invalidator()
                .apply(events, SOURCE)
                .whenComplete(
                        (results, error) -> {
                            if (error != null) {
                                exchange.setException(error);
                            }
                            callback.done(false);
                        });
        return false;
    }

    private List<InvalidationEvent> read(Message message) {
        var body = bytes(message);
        if (!asSent) {
            return feeds.reader().read(body, null, Map.of());
        }
        var attributes = new HashMap<String, String>();
        String contentType = null;
        for (var header : message.getHeaders().entrySet()) {
            var name = header.getKey().toLowerCase(Locale.ROOT);
            var value = header.getValue();
            if (value == null) {
                continue;
            }
            if (CONTENT_TYPES.contains(name)) {
                contentType = text(value);
            } else {
                for (var prefix : CLOUD_EVENTS) {
                    if (name.startsWith(prefix)) {
                        attributes.put(name.substring(prefix.length()), text(value));
                    }
                }
            }
        }
        return feeds.reader().read(body, contentType, attributes);
    }

    private static String text(Object value) {
        return value instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.UTF_8)
                : value.toString();
    }

    /** Maps and lists, as jq and others leave them, are written as JSON. */
    private static byte[] bytes(Message message) {
        var body = message.getBody();
        if (body == null) {
            return null;
        }
        if (body instanceof byte[] bytes) {
            return bytes;
        }
        if (body instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        if (body instanceof Map || body instanceof Iterable) {
            try {
                return JSON.writeValueAsBytes(body);
            } catch (IOException e) {
                throw new EventException("body", "can't be written as JSON");
            }
        }
        var bytes = message.getBody(byte[].class);
        if (bytes == null) {
            throw new EventException(
                    "body", "is a " + body.getClass().getSimpleName() + "; expected JSON");
        }
        return bytes;
    }
}
