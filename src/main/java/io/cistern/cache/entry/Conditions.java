package io.cistern.cache.entry;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which values of the environment in which something was made have to be those in which it is asked
 * for: each equal, or within a tolerance. Written as {@code cores, start-method, memory~20%}.
 */
public final class Conditions {

    /** None: everything applies everywhere. */
    public static final Conditions NONE = new Conditions(Map.of());

    private static final Pattern CONDITION =
            Pattern.compile("([a-z*][a-z0-9_.*-]*)(?:\\s*~\\s*(\\d+(?:\\.\\d+)?)\\s*(%?))?");
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    private final Map<String, Optional<Tolerance>> tolerances;
    private final List<String> names;

    /**
     * By how much a value may differ.
     *
     * @param by how much
     * @param relative whether that is a part of the value with which it was made, 0.2 for a fifth
     */
    private record Tolerance(BigDecimal by, boolean relative) {
        boolean holds(BigDecimal made, BigDecimal asked) {
            var most = relative ? made.abs().multiply(by) : by;
            return made.subtract(asked).abs().compareTo(most) <= 0;
        }
    }

    private Conditions(Map<String, Optional<Tolerance>> tolerances) {
        this.tolerances = tolerances;
        this.names = List.copyOf(tolerances.keySet());
    }

    /**
     * @param text names by commas, each perhaps with {@code ~} and a tolerance: {@code ~20%} of the
     *     value with which something was made, or {@code ~512} whatever that was
     * @throws IllegalArgumentException if that is not what it is
     */
    public static Conditions parse(String text) {
        Map<String, Optional<Tolerance>> tolerances = new LinkedHashMap<>();
        for (var part : text.split(",", -1)) {
            var match = CONDITION.matcher(part.strip());
            if (!match.matches()) {
                throw new IllegalArgumentException(
                        ("expected names of lower-case letters, digits, '-', '_', '.' and '*', by"
                                        + " commas, each perhaps with a tolerance such as ~20%% or"
                                        + " ~512; got '%s'")
                                .formatted(part.strip()));
            }
            if (tolerances.containsKey(match.group(1))) {
                throw new IllegalArgumentException(match.group(1) + " stands there twice");
            }
            tolerances.put(
                    match.group(1),
                    Optional.ofNullable(match.group(2))
                            .map(BigDecimal::new)
                            .map(
                                    by ->
                                            match.group(3).isEmpty()
                                                    ? new Tolerance(by, false)
                                                    : new Tolerance(by.divide(HUNDRED), true)));
        }
        return new Conditions(tolerances);
    }

    public boolean isEmpty() {
        return names.isEmpty();
    }

    /** The names of the values that count, in their order. */
    public List<String> names() {
        return names;
    }

    /** What of an environment matters. */
    public Environment relevant(Environment environment) {
        return environment.only(names);
    }

    /** Whether what was made in one environment applies in another. */
    public boolean hold(Environment made, Environment asked) {
        for (var name : names) {
            if (!holds(name, made.get(name), asked.get(name))) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(String name, String made, String asked) {
        if (Objects.equals(made, asked)) {
            return true;
        }
        var tolerance = tolerances.get(name);
        if (made == null || asked == null || tolerance.isEmpty()) {
            return false;
        }
        var one = Environment.number(made);
        var other = Environment.number(asked);
        return one.isPresent()
                && other.isPresent()
                && tolerance.get().holds(one.get(), other.get());
    }

    /**
     * Why what was made in one environment does not apply in another.
     *
     * @return one text for each condition that does not hold, in their order
     */
    public List<String> differences(Environment made, Environment asked) {
        var differences = new ArrayList<String>();
        for (var name : names) {
            if (!holds(name, made.get(name), asked.get(name))) {
                differences.add(
                        "%s: made with %s, asked with %s"
                                .formatted(name, orNothing(made, name), orNothing(asked, name)));
            }
        }
        return differences;
    }

    private static String orNothing(Environment environment, String name) {
        return environment.get(name) == null ? "none" : environment.get(name);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Conditions that && tolerances.equals(that.tolerances);
    }

    @Override
    public int hashCode() {
        return tolerances.hashCode();
    }

    /** As it is written. */
    @Override
    public String toString() {
        var parts = new ArrayList<String>();
        tolerances.forEach(
                (name, tolerance) ->
                        parts.add(
                                tolerance
                                        .map(
                                                it ->
                                                        it.relative()
                                                                ? name
                                                                        + "~"
                                                                        + it.by()
                                                                                .multiply(HUNDRED)
                                                                                .stripTrailingZeros()
                                                                                .toPlainString()
                                                                        + "%"
                                                                : name + "~" + it.by())
                                        .orElse(name)));
        return String.join(", ", parts);
    }
}
