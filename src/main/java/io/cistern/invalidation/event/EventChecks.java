package io.cistern.invalidation.event;

import io.cistern.cache.entry.Unicode;
import io.cistern.component.Naming;
import io.cistern.settings.Quoted;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Predicate;

/** What a schema can't say of an event. */
final class EventChecks {

    /** Nothing that is cached now can have changed before; zeros of all kinds of clocks are. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    private static final Duration AHEAD = Duration.ofDays(1);
    private static final Duration LONGEST_DELAY = Duration.ofHours(1);
    private static final int MOST_BYTES_A_CHAR = 3;

    private final Predicate<String> caches;
    private final InstantSource time;

    EventChecks(Predicate<String> caches, InstantSource time) {
        this.caches = caches;
        this.time = time;
    }

    /**
     * @param fields as they are written, and as the schema allows
     * @param element what stands before a field in a message
     * @param envelope what counts where the event says nothing
     * @return the event
     * @throws EventException if it can't be followed
     */
    InvalidationEvent check(EventFields fields, String element, CloudEvent envelope) {
        if (!caches.test(fields.cache)) {
            throw new EventException(
                    element + "cache", "there is no cache " + Quoted.value(fields.cache));
        }
        for (var i = 0; i < fields.keys.size(); i++) {
            var mistake = mistakeOfKey(fields.keys.get(i));
            if (mistake != null) {
                throw new EventException(element + "keys[" + i + "]", mistake);
            }
        }
        checkTags(fields.tags, element);
        if (fields.pattern != null) {
            checkName(fields.pattern, element + "pattern");
        }
        if (fields.delay.compareTo(LONGEST_DELAY) > 0) {
            throw new EventException(element + "delay", "is longer than an hour");
        }
        var everything = fields.pattern != null && isEverything(fields.pattern);
        return new InvalidationEvent(
                fields.id == null ? envelope.id() : fields.id,
                fields.cache,
                fields.keys,
                fields.tags,
                everything ? null : fields.pattern,
                fields.all || everything,
                fields.mode,
                fields.occurredAt != null
                        ? instant(fields.occurredAt, element + "occurredAt")
                        : instant(envelope.time(), envelope.element() + "time"),
                fields.source == null ? envelope.source() : fields.source,
                fields.delay,
                fields.originVersion);
    }

    private static String mistakeOfKey(String key) {
        if (key.length() * MOST_BYTES_A_CHAR > EventFields.MAX_KEY
                && key.getBytes(StandardCharsets.UTF_8).length > EventFields.MAX_KEY) {
            return "is longer than " + EventFields.MAX_KEY + " bytes";
        }
        return Unicode.isValid(key) ? null : "is no valid Unicode";
    }

    private static void checkTags(List<String> tags, String element) {
        for (var i = 0; i < tags.size(); i++) {
            checkName(tags.get(i), element + "tags[" + i + "]");
        }
    }

    private static void checkName(String name, String field) {
        var mistake = Naming.mistake(name);
        if (mistake == null && !Unicode.isValid(name)) {
            mistake = "is no valid Unicode";
        }
        if (mistake != null) {
            throw new EventException(field, mistake);
        }
    }

    private static boolean isEverything(String pattern) {
        return pattern.chars().allMatch(c -> c == '*');
    }

    /** A time that can't be is a sender's mistake, and would spoil what is measured. */
    private Instant instant(String text, String field) {
        if (text == null) {
            return null;
        }
        Instant instant;
        try {
            instant = OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new EventException(
                    field,
                    "expected a time such as 2026-11-21T10:00:00Z, got " + Quoted.value(text));
        }
        if (instant.isBefore(EARLIEST)) {
            throw new EventException(field, "lies before the year 2000: " + Quoted.value(text));
        }
        if (instant.isAfter(time.instant().plus(AHEAD))) {
            throw new EventException(
                    field, "lies more than a day in the future: " + Quoted.value(text));
        }
        return instant;
    }
}
