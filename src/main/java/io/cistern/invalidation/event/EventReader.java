package io.cistern.invalidation.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.settings.DurationText;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Reads events: one or an array of them, as plain JSON or as CloudEvents 1.0, structured or binary.
 * Safe for use by many threads.
 */
public final class EventReader {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Predicate<String> caches;

    /**
     * @param caches tells whether there is a cache of a name
     * @param time what time it is, to tell absurd times
     */
    public EventReader(Predicate<String> caches, InstantSource time) {
        this.caches = caches;
    }

    /**
     * Reads a message, whole or not at all.
     *
     * @param body the bytes; null counts as empty
     * @param contentType the media type that the sender gave; null where there was none
     * @param attributes of a CloudEvent in binary mode, by their plain names in lower case, such as
     *     {@code specversion}, {@code id} and {@code time}; empty where there were none
     * @return its events, in their order; at least one
     * @throws EventException if anything of it is wrong; it says what, and where
     */
    public List<InvalidationEvent> read(
            byte[] body, String contentType, Map<String, String> attributes) {
        if (body == null || body.length == 0) {
            throw new EventException("body", "is empty");
        }
        try {
            var tree = JSON.readTree(body);
            var events = new ArrayList<InvalidationEvent>();
            if (tree.isArray()) {
                for (var node : tree) {
                    events.add(event(node, "[" + events.size() + "]."));
                }
            } else {
                events.add(event(tree, ""));
            }
            return events;
        } catch (JsonProcessingException e) {
            throw new EventException("body", "is not JSON");
        } catch (IOException e) {
            throw new IllegalStateException("reading an array of bytes", e);
        }
    }

    private InvalidationEvent event(JsonNode node, String element) {
        var cache = text(node, "cache");
        if (cache == null || !caches.test(cache)) {
            throw new EventException(element + "cache", "there is no such cache");
        }
        var mode = text(node, "mode");
        var time = text(node, "occurredAt");
        var delay = text(node, "delay");
        var version = node.get("originVersion");
        try {
            return new InvalidationEvent(
                    text(node, "id"),
                    cache,
                    texts(node, "keys"),
                    texts(node, "tags"),
                    text(node, "pattern"),
                    node.path("all").asBoolean(),
                    mode == null
                            ? InvalidationEvent.Mode.EVICT
                            : InvalidationEvent.Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
                    time == null ? null : Instant.parse(time),
                    text(node, "source"),
                    delay == null ? Duration.ZERO : DurationText.parse(delay),
                    version == null ? OptionalLong.empty() : OptionalLong.of(version.asLong()));
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            throw new EventException(element + "body", e.getMessage());
        }
    }

    private static String text(JsonNode node, String field) {
        return node.hasNonNull(field) ? node.get(field).asText() : null;
    }

    private static List<String> texts(JsonNode node, String field) {
        var texts = new ArrayList<String>();
        node.path(field).forEach(each -> texts.add(each.asText()));
        return texts;
    }
}
