package io.cistern.bucket;

import io.cistern.settings.DurationText;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Ranges of numbers or durations, each with a name, written from the lowest to the highest with
 * their edges in between: {@code tiny|100|small|1000|large}. What lies on an edge belongs above it.
 */
public final class Buckets {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}");
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d{1,30}(\\.\\d{0,30})?|\\.\\d{1,30})([eE][+-]?\\d{1,2})?");
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);

    private final List<String> names;
    private final List<BigDecimal> edges;
    private final boolean durations;

    private Buckets(List<String> names, List<BigDecimal> edges, boolean durations) {
        this.names = names;
        this.edges = edges;
        this.durations = durations;
    }

    /**
     * @param text names and edges in turn, by {@code |}; edges are all numbers, or all durations
     *     such as {@code 10ms}
     * @throws IllegalArgumentException if that is not what it is; the message says what is wrong
     */
    public static Buckets parse(String text) {
        var parts = text.split("\\|", -1);
        if (parts.length < 3 || parts.length % 2 == 0) {
            throw new IllegalArgumentException(
                    "expected names and edges in turn, such as small|100|large; got '"
                            + text.strip()
                            + "'");
        }
        var names = new ArrayList<String>();
        var edges = new ArrayList<String>();
        for (var i = 0; i < parts.length; i++) {
            (i % 2 == 0 ? names : edges).add(parts[i].strip());
        }
        checkNames(names);
        var durations = edges.stream().noneMatch(edge -> NUMBER.matcher(edge).matches());
        var read = edges.stream().map(edge -> edge(edge, durations)).toList();
        for (var i = 1; i < read.size(); i++) {
            if (read.get(i).compareTo(read.get(i - 1)) <= 0) {
                throw new IllegalArgumentException(
                        "the edge %s is not above %s".formatted(edges.get(i), edges.get(i - 1)));
            }
        }
        return new Buckets(List.copyOf(names), read, durations);
    }

    private static void checkNames(List<String> names) {
        var seen = new HashSet<String>();
        for (var name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "a bucket's name begins with a letter and consists of letters, digits, '-',"
                                + " '_' and '.'; got '"
                                + name
                                + "'");
            }
            if (!seen.add(name)) {
                throw new IllegalArgumentException("two buckets are named " + name);
            }
        }
    }

    private static BigDecimal edge(String text, boolean durations) {
        if (!durations && NUMBER.matcher(text).matches()) {
            return new BigDecimal(text);
        }
        if (durations) {
            try {
                return nanos(DurationText.parse(text));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "the edge '" + text + "' is neither a number nor a duration");
            }
        }
        throw new IllegalArgumentException(
                "the edge '" + text + "' is no number, though others are");
    }

    private static BigDecimal nanos(Duration duration) {
        return BigDecimal.valueOf(duration.getSeconds())
                .multiply(NANOS)
                .add(BigDecimal.valueOf(duration.getNano()));
    }

    /**
     * The name of the range in which something lies.
     *
     * @param value a number; or a duration, where a mere number means seconds; or the name of a
     *     range, which is left as it is
     * @throws IllegalArgumentException if it is none of these
     */
    public String of(Object value) {
        var text = value == null ? "" : value.toString().strip();
        if (names.contains(text)) {
            return text;
        }
        var number =
                measure(value, text)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "'%s' is neither %s nor one of %s"
                                                        .formatted(
                                                                shortened(text),
                                                                durations
                                                                        ? "a duration"
                                                                        : "a number",
                                                                String.join(", ", names))));
        var bucket = 0;
        while (bucket < edges.size() && number.compareTo(edges.get(bucket)) >= 0) {
            bucket++;
        }
        return names.get(bucket);
    }

    private Optional<BigDecimal> measure(Object value, String text) {
        if (durations && value instanceof Duration duration) {
            return Optional.of(nanos(duration));
        }
        if (NUMBER.matcher(text).matches()) {
            var number = new BigDecimal(text);
            return Optional.of(durations ? number.multiply(NANOS) : number);
        }
        if (!durations) {
            return Optional.empty();
        }
        try {
            return Optional.of(nanos(DurationText.parse(text)));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
