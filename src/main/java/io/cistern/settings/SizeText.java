package io.cistern.settings;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 512} (bytes), {@code 64KiB}, {@code 8MiB}, {@code 1GiB}. */
public final class SizeText {
    private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB");
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})(b|kib|mib|gib)?");
    private static final String EXPECTED = "expected a size such as 512, 64KiB, 8MiB or 1GiB";

    private SizeText() {}

    /**
     * Reads a size.
     *
     * @param text such as {@code 8MiB}; a number without a unit is bytes; spaces around it are
     *     ignored
     * @return bytes, zero or more
     * @throws IllegalArgumentException when the text is no size, with what was expected
     */
    public static long parse(String text) {
        var matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(Quoted.value(text) + " is not a size; " + EXPECTED);
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), factor(matcher.group(2)));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(Quoted.value(text) + " is too large a size", e);
        }
    }

    /**
     * Writes a size in the largest unit that holds it exactly, so that {@link #parse} reads the
     * same size.
     *
     * @param bytes zero or more
     * @throws IllegalArgumentException when it is negative
     */
    public static String format(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size cannot be negative");
        }
        if (bytes == 0 || bytes % 1024 != 0) {
            return Long.toString(bytes);
        }
        if (bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        return bytes % (1L << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }

    /**
     * Writes a size for people: in the largest unit of which it has one, with a decimal.
     *
     * @param bytes zero or more
     */
    public static String rounded(long bytes) {
        var size = (double) bytes;
        var unit = 0;
        while (size >= 1024 && unit < UNITS.size() - 1) {
            size /= 1024;
            unit++;
        }
        return unit == 0
                ? bytes + " " + UNITS.get(0)
                : String.format(Locale.ROOT, "%.1f %s", size, UNITS.get(unit));
    }

    private static long factor(String unit) {
        if (unit == null) {
            return 1;
        }
        return switch (unit) {
            case "kib" -> 1L << 10;
            case "mib" -> 1L << 20;
            case "gib" -> 1L << 30;
            default -> 1;
        };
    }
}
