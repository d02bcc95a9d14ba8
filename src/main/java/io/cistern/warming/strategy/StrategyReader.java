package io.cistern.warming.strategy;

import io.cistern.component.Naming;
import io.cistern.settings.DurationText;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads a strategy from its parameters, and says all that is wrong with them. */
public final class StrategyReader {

    /** The template that strategies are made of. */
    public static final String TEMPLATE = "warming-strategy";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final int LOWEST_PRIORITY = 10;
    private static final int LARGEST_BATCH = 10_000;
    private static final Duration LONGEST = Duration.ofDays(365);

    private final String name;
    private final Map<String, String> given;
    private final Map<String, String> mistakes = new LinkedHashMap<>();

    private StrategyReader(String name, Map<String, String> given) {
        this.name = name;
        this.given = given;
    }

    /**
     * @param name of the strategy
     * @param given its parameters
     * @throws IllegalArgumentException if something is wrong; the message names each parameter
     */
    public static Strategy read(String name, Map<String, String> given) {
        var reader = new StrategyReader(name, given);
        var strategy = reader.read();
        if (!reader.mistakes.isEmpty()) {
            throw new IllegalArgumentException(
                    "strategy " + name + ": " + String.join("; ", reader.mistakes.values()));
        }
        return strategy;
    }

    /**
     * What is wrong.
     *
     * @return messages by parameter; by {@code routeId} where it is the name
     */
    public static Map<String, String> mistakes(String name, Map<String, String> given) {
        var reader = new StrategyReader(name, given);
        reader.read();
        return reader.mistakes;
    }

    private Strategy read() {
        if (!NAME.matcher(name).matches()) {
            mistakes.put(
                    "routeId",
                    "routeId: the name of a strategy consists of letters, digits, '-', '_' and"
                            + " '.', and is at most 128 long");
        }
        for (var unknown : given.keySet()) {
            if (!Parameter.names().contains(unknown)) {
                mistakes.put(unknown, "unknown parameter " + unknown);
            }
        }
        return new Strategy(
                name,
                required(Parameter.CACHE),
                value(Parameter.PRIORITY, text -> number(text, 1, LOWEST_PRIORITY)).orElse(1),
                value(Parameter.SCHEDULE, Schedule::parse),
                truth(Parameter.ON_STARTUP),
                truth(Parameter.ON_DEMAND),
                truth(Parameter.ENABLED),
                value(Parameter.BATCH_SIZE, text -> number(text, 1, LARGEST_BATCH)).orElse(1),
                value(Parameter.DELAY, DurationText::parse),
                value(Parameter.TTL, StrategyReader::positive),
                value(Parameter.TAGS, StrategyReader::tags).orElse(List.of()),
                value(Parameter.KEY_FIELD, text -> text),
                source(),
                value(Parameter.REFRESH_AHEAD, this::refreshAhead),
                truth(Parameter.READINESS),
                value(Parameter.READINESS_TIMEOUT, StrategyReader::positive).orElse(LONGEST),
                value(Parameter.TIME_LIMIT, StrategyReader::positive).orElse(LONGEST));
    }

    private Duration refreshAhead(String text) {
        if (given.containsKey(Parameter.KEY_FIELD.text())) {
            throw new IllegalArgumentException(
                    "of no use with keyField: rows are there already and cost no load");
        }
        return positive(text);
    }

    private String source() {
        var source = required(Parameter.SOURCE);
        return value(
                        Parameter.SOURCE,
                        text -> {
                            if (PopularSource.of(text) != null
                                    && given.containsKey(Parameter.KEY_FIELD.text())) {
                                throw new IllegalArgumentException(
                                        "popular keys are loaded: keyField is of no use with them");
                            }
                            return text;
                        })
                .orElse(source);
    }

    private String required(Parameter parameter) {
        return value(parameter, text -> text)
                .orElseGet(
                        () -> {
                            mistakes.put(parameter.text(), parameter.text() + ": is required");
                            return "";
                        });
    }

    private boolean truth(Parameter parameter) {
        return value(parameter, StrategyReader::truth).orElse(false);
    }

    private <T> Optional<T> value(Parameter parameter, Function<String, T> parser) {
        var text = given.getOrDefault(parameter.text(), parameter.defaultText());
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(text.strip()));
        } catch (IllegalArgumentException e) {
            mistakes.put(parameter.text(), parameter.text() + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new IllegalArgumentException(
                            "\"" + text + "\" is neither true nor false");
        };
    }

    private static int number(String text, int least, int most) {
        try {
            var number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(notInRange(text, least, most), e);
        }
        throw new IllegalArgumentException(notInRange(text, least, most));
    }

    private static String notInRange(String text, int least, int most) {
        return "\"%s\" is out of range or no number; expected a whole number from %d to %d"
                .formatted(text, least, most);
    }

    private static Duration positive(String text) {
        var duration = DurationText.parse(text);
        if (duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is out of range; expected longer than 0, at most 365d");
        }
        return duration;
    }

    /** What no invalidation could name is no tag. */
    private static List<String> tags(String text) {
        var tags =
                Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .toList();
        return Naming.tags(tags);
    }
}
