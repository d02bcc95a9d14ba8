package io.cistern.invalidation.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.cistern.settings.DurationText;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The fields of an event as they are written. Reading them off a stream takes nothing that the
 * {@link EventSchema} would refuse; what it doesn't take is left to the schema to judge.
 */
final class EventFields {

    static final int MAX_NAMES = 100_000;
    static final int MAX_KEY = 2048;
    static final int MAX_TEXT = 1024;

    private static final Pattern CACHE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final Pattern DELAY = Pattern.compile("[0-9]{1,7}(ms|s)?|[0-9]{1,4}(m|h)");
    private static final double MAX_DELAY = 3600;

    /** Up to here every whole number is a double. */
    private static final double EXACT = 1L << 53;

    private static final double MILLIS = 1000;

    String id;
    String cache;
    List<String> keys = List.of();
    List<String> tags = List.of();
    String pattern;
    boolean all;
    InvalidationEvent.Mode mode = InvalidationEvent.Mode.EVICT;
    String occurredAt;
    String source;
    Duration delay = Duration.ZERO;
    OptionalLong originVersion = OptionalLong.empty();
    int unknown;

    /** Something that is not taken here. Made often where senders err: no stack trace. */
    static final class MisfitException extends Exception {
        private static final long serialVersionUID = 1L;

        MisfitException(String field) {
            super(field, null, false, false);
        }
    }

    /**
     * @param in at the first token of a value; afterwards at its last one
     * @return the fields of an event
     * @throws MisfitException if the value is not taken; its message is the field's name, or empty
     * @throws IOException if it is no JSON
     */
    static EventFields read(JsonParser in) throws IOException, MisfitException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw new MisfitException("");
        }
        var fields = new EventFields();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            var name = in.currentName();
            in.nextToken();
            fields.take(name, in);
        }
        var namesNothing =
                fields.keys.isEmpty()
                        && fields.tags.isEmpty()
                        && fields.pattern == null
                        && !fields.all;
        if (fields.cache == null || namesNothing) {
            throw new MisfitException("");
        }
        return fields;
    }

    private void take(String name, JsonParser in) throws IOException, MisfitException {
        switch (name) {
            case "id" -> id = text(name, in, 0, MAX_TEXT);
            case "cache" -> cache = matching(CACHE, name, in);
            case "keys" -> keys = texts(name, in, MAX_KEY);
            case "tags" -> tags = texts(name, in, MAX_TEXT);
            case "pattern" -> pattern = text(name, in, 1, MAX_TEXT);
            case "all" -> all = truth(name, in);
            case "mode" -> mode = mode(name, in);
            case "occurredAt" -> occurredAt = text(name, in, 0, Integer.MAX_VALUE);
            case "source" -> source = text(name, in, 0, MAX_TEXT);
            case "delay" -> delay = delay(name, in);
            case "originVersion" -> originVersion = OptionalLong.of(version(name, in));
            case CloudEvent.VERSION -> throw new MisfitException(name);
            default -> {
                unknown++;
                in.skipChildren();
            }
        }
    }

    private static String text(String name, JsonParser in, int least, int most)
            throws IOException, MisfitException {
        check(name, in.currentToken() == JsonToken.VALUE_STRING);
        var text = in.getText();
        // The schema counts characters as Unicode does.
        check(
                name,
                text.length() >= least
                        && (text.length() <= most
                                || text.codePointCount(0, text.length()) <= most));
        return text;
    }

    private static List<String> texts(String name, JsonParser in, int most)
            throws IOException, MisfitException {
        check(name, in.currentToken() == JsonToken.START_ARRAY);
        List<String> texts = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            check(name, texts.size() < MAX_NAMES);
            texts.add(text(name, in, 1, most));
        }
        return texts;
    }

    private static String matching(Pattern form, String name, JsonParser in)
            throws IOException, MisfitException {
        var text = text(name, in, 0, Integer.MAX_VALUE);
        check(name, form.matcher(text).matches());
        return text;
    }

    private static boolean truth(String name, JsonParser in) throws MisfitException {
        check(name, in.currentToken().isBoolean());
        return in.currentToken() == JsonToken.VALUE_TRUE;
    }

    private static InvalidationEvent.Mode mode(String name, JsonParser in)
            throws IOException, MisfitException {
        return switch (text(name, in, 0, MAX_TEXT)) {
            case "evict" -> InvalidationEvent.Mode.EVICT;
            case "expire" -> InvalidationEvent.Mode.EXPIRE;
            case "refresh" -> InvalidationEvent.Mode.REFRESH;
            default -> throw new MisfitException(name);
        };
    }

    private static Duration delay(String name, JsonParser in) throws IOException, MisfitException {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            return DurationText.parse(matching(DELAY, name, in));
        }
        check(name, in.currentToken().isNumeric());
        var seconds = in.getDoubleValue();
        check(name, seconds >= 0 && seconds <= MAX_DELAY);
        return Duration.ofMillis(Math.round(seconds * MILLIS));
    }

    /** A whole number may also be written as 7.0. */
    private static long version(String name, JsonParser in) throws IOException, MisfitException {
        check(name, in.currentToken().isNumeric());
        if (in.getNumberType() == JsonParser.NumberType.INT
                || in.getNumberType() == JsonParser.NumberType.LONG) {
            check(name, in.getLongValue() != Long.MIN_VALUE);
            return in.getLongValue();
        }
        var number = in.getDoubleValue();
        check(
                name,
                in.currentToken() == JsonToken.VALUE_NUMBER_FLOAT
                        && Math.abs(number) <= EXACT
                        && Math.rint(number) == number);
        return (long) number;
    }

    private static void check(String name, boolean taken) throws MisfitException {
        if (!taken) {
            throw new MisfitException(name);
        }
    }
}
