package io.cistern.cache.entry;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where and under what circumstances something is made, or asked for: named values, in the order of
 * their names. Immutable.
 */
public final class Environment {

    /** Nothing is known of it. */
    public static final Environment NONE = new Environment(new TreeMap<>());

    /** More make no number that anybody means. */
    private static final int MAX_DIGITS = 40;

    private final SortedMap<String, String> values;
    private final String text;

    private Environment(SortedMap<String, String> values) {
        this.values = Collections.unmodifiableSortedMap(values);
        this.text =
                values.entrySet().stream()
                        .map(each -> each.getKey() + "=" + quoted(each.getValue()))
                        .collect(Collectors.joining(", "));
    }

    /**
     * @param values by name; numbers as their digits, so that 8 and 8.0 are the same
     */
    public static Environment of(Map<String, String> values) {
        if (values.isEmpty()) {
            return NONE;
        }
        var sorted = new TreeMap<String, String>();
        values.forEach((name, value) -> sorted.put(name, plain(Objects.requireNonNull(value))));
        return new Environment(sorted);
    }

    private static String plain(String value) {
        return number(value)
                .map(BigDecimal::stripTrailingZeros)
                // Neither 1E+20 nor its like: whoever reads it wants the digits.
                .filter(number -> Math.abs((long) number.scale()) <= MAX_DIGITS)
                .map(BigDecimal::toPlainString)
                .orElse(value);
    }

    /** The number that a text is, if it is one. */
    static Optional<BigDecimal> number(String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS || !isNumberLike(text)) {
            return Optional.empty();
        }
        try {
            // An exponent of a few digits would take gigabytes to reckon with.
            return Optional.of(new BigDecimal(text))
                    .filter(number -> Math.abs((long) number.scale()) <= MAX_DIGITS);
        } catch (NumberFormatException none) {
            return Optional.empty();
        }
    }

    private static boolean isNumberLike(String text) {
        var first = text.charAt(0);
        return first == '-' || first == '.' || first >= '0' && first <= '9';
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** The values by name. */
    public Map<String, String> values() {
        return values;
    }

    /** A value; null where there is none of that name. */
    public String get(String name) {
        return values.get(name);
    }

    /** The same with nothing but some of its values; those it lacks are left out. */
    public Environment only(List<String> names) {
        var some = new TreeMap<String, String>();
        names.forEach(
                name -> {
                    if (values.containsKey(name)) {
                        some.put(name, values.get(name));
                    }
                });
        return some.size() == values.size() ? this : new Environment(some);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Environment that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** As a dictionary of RFC 8941, by the names' order: the same text for the same values. */
    @Override
    public String toString() {
        return text;
    }

    private static String quoted(String value) {
        return switch (value) {
            case "true" -> "?1";
            case "false" -> "?0";
            default ->
                    number(value).isPresent()
                            ? value
                            : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        };
    }
}
