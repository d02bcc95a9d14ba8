package io.cistern.warming.strategy;

import io.cistern.settings.DurationText;
import java.text.ParseException;
import java.time.Duration;
import java.util.Date;
import java.util.Locale;
import java.util.Optional;
import org.quartz.CronExpression;

/**
 * When a strategy runs by itself.
 *
 * @param text as it is written
 * @param every the interval; empty where the text is a cron expression
 */
public record Schedule(String text, Optional<Duration> every) {

    private static final String EVERY = "every ";

    /** What fires before its route has quite started finds no route, and is lost. */
    private static final long START_MILLIS = 1_500;

    private static final String EXPECTED =
            "expected a Quartz cron expression such as 0 0/30 * * * ?, or every 30s";

    /**
     * @param text a cron expression of Quartz, or an interval
     * @throws IllegalArgumentException if it is neither, or never comes; the message says why
     */
    public static Schedule parse(String text) {
        var stripped = text.strip();
        if (stripped.toLowerCase(Locale.ROOT).startsWith(EVERY)) {
            return new Schedule(stripped, Optional.of(interval(stripped)));
        }
        try {
            var cron = new CronExpression(stripped);
            if (cron.getNextValidTimeAfter(new Date()) == null) {
                throw new IllegalArgumentException("\"" + stripped + "\" never comes");
            }
        } catch (ParseException | UnsupportedOperationException e) {
            throw new IllegalArgumentException(
                    "\"%s\" is no schedule: %s; %s".formatted(stripped, e.getMessage(), EXPECTED),
                    e);
        }
        return new Schedule(stripped, Optional.empty());
    }

    private static Duration interval(String text) {
        Duration every;
        try {
            every = DurationText.parse(text.substring(EVERY.length()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"%s\" is no schedule: %s; %s".formatted(text, e.getMessage(), EXPECTED), e);
        }
        if (every.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is too often; expected every 1s or more");
        }
        return every;
    }

    /**
     * The endpoint that fires.
     *
     * @param name of the strategy
     */
    public String uri(String name) {
        var when =
                every.map(interval -> "trigger.repeatInterval=" + interval.toMillis())
                        .orElseGet(() -> "cron=" + text.replaceAll("\\s+", "+"));
        return "quartz:warming/" + name + "?" + when + "&triggerStartDelay=" + START_MILLIS;
    }

    /**
     * What tells one firing from the next, alike on all instances: their intervals begin when they
     * start, so those that lie in the same slot of the clock are one.
     *
     * @param scheduled when it was due, milliseconds of the wall clock
     */
    public long tick(long scheduled) {
        return every.map(interval -> scheduled / interval.toMillis() * interval.toMillis())
                .orElse(scheduled);
    }
}
