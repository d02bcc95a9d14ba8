package io.cistern.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 300ms}, {@code 30s}, {@code 10m}, {@code 2h}, {@code 7d}.
 */
public final class DurationText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})(ms|s|m|h|d)?");
    private static final String EXPECTED = "expected a duration such as 300ms, 30s, 10m, 2h or 7d";

    private DurationText() {}

    /**
     * Reads a duration; a number without a unit is seconds.
     *
     * @param text such as {@code 10m}; spaces around it are ignored
     * @return the duration, zero or more
     * @throws IllegalArgumentException when the text is no duration, with what was expected
     */
    public static Duration parse(String text) {
        return parse(text, ChronoUnit.SECONDS);
    }

    /**
     * Reads a duration.
     *
     * @param text such as {@code 10m}; spaces around it are ignored
     * @param unitOfPlainNumbers what a number without a unit counts
     * @return the duration, zero or more
     * @throws IllegalArgumentException when the text is no duration, with what was expected
     */
    public static Duration parse(String text, ChronoUnit unitOfPlainNumbers) {
        var matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    Quoted.value(text) + " is not a duration; " + EXPECTED);
        }
        var unit = matcher.group(2) == null ? unitOfPlainNumbers : unit(matcher.group(2));
        try {
            var duration = Duration.of(Long.parseLong(matcher.group(1)), unit);
            // Whoever uses it counts in nanoseconds or milliseconds: both have to fit.
            duration.toNanos();
            return duration;
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    Quoted.value(text) + " is too long a duration; at most 292 years", e);
        }
    }

    /**
     * Writes a duration in the largest unit that holds it exactly, so that {@link #parse} reads the
     * same duration. What is finer than a millisecond is cut off.
     *
     * @throws IllegalArgumentException when the duration is negative
     */
    public static String format(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("a duration cannot be negative");
        }
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private static ChronoUnit unit(String suffix) {
        return switch (suffix) {
            case "ms" -> ChronoUnit.MILLIS;
            case "s" -> ChronoUnit.SECONDS;
            case "m" -> ChronoUnit.MINUTES;
            case "h" -> ChronoUnit.HOURS;
            default -> ChronoUnit.DAYS;
        };
    }
}
