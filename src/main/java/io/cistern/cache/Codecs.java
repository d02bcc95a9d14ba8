package io.cistern.cache;

import io.cistern.cache.order.Glob;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * As what the values of a cache are written, by patterns of their keys: the first that matches
 * counts.
 *
 * @param rules in their order; only the last one may stand for all keys
 */
public record Codecs(List<Rule> rules) {

    /** As what a value is written. None of them is Java's serialization. */
    public enum Codec {
        /** Bytes and text as they are, anything else as JSON. */
        AS_IS,
        /** JSON; what is bytes or text already has to be JSON. */
        JSON,
        /** Bytes; what has none of its own is refused. */
        BINARY;

        /** As it is written in an option. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One of them.
     *
     * @param pattern of keys, in Redis's glob syntax
     * @param codec of their values
     */
    public record Rule(String pattern, Codec codec) {

        private boolean matches(String key) {
            return ALL.equals(pattern) || Glob.of(pattern).matches(key);
        }

        /**
         * @throws IllegalArgumentException if the pattern is empty
         */
        public Rule {
            if (pattern.isEmpty()) {
                throw new IllegalArgumentException("expected a pattern of keys before =" + codec);
            }
        }

        /** As it is written. */
        @Override
        public String toString() {
            return ALL.equals(pattern) ? codec.toString() : pattern + "=" + codec;
        }
    }

    /** No rule: all values are written {@link Codec#AS_IS}. */
    public static final Codecs NONE = new Codecs(List.of());

    private static final String ALL = "*";

    /**
     * @throws IllegalArgumentException if a rule stands behind one for all keys
     */
    public Codecs {
        rules = List.copyOf(rules);
        for (var rule : rules.subList(0, Math.max(0, rules.size() - 1))) {
            if (ALL.equals(rule.pattern())) {
                throw new IllegalArgumentException(
                        "expected " + rule + " at the end: no key gets past it");
            }
        }
    }

    /**
     * Reads what is written as {@code *.png=binary, json}.
     *
     * @param text rules, by commas; one without a pattern stands for all keys
     * @throws IllegalArgumentException if one of them names no codec or has an empty pattern, or if
     *     one can never count
     */
    public static Codecs parse(String text) {
        var rules = new ArrayList<Rule>();
        for (var each : text.split(",", -1)) {
            // A pattern may have such signs itself, the name of a codec has none.
            var sign = each.lastIndexOf('=');
            var pattern = sign < 0 ? ALL : each.substring(0, sign).strip();
            rules.add(new Rule(pattern, codec(each.substring(sign + 1).strip())));
        }
        return new Codecs(rules);
    }

    private static Codec codec(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "json" -> Codec.JSON;
            case "binary" -> Codec.BINARY;
            default ->
                    throw new IllegalArgumentException(
                            "expected json, binary, or pattern=json and pattern=binary by commas,"
                                    + " got "
                                    + (name.isEmpty() ? "nothing" : name));
        };
    }

    /** As what the value of a key is written. */
    public Codec of(String key) {
        for (var rule : rules) {
            if (rule.matches(key)) {
                return rule.codec();
            }
        }
        return Codec.AS_IS;
    }

    /** As it is written; empty where there is no rule. */
    @Override
    public String toString() {
        return rules.stream().map(Rule::toString).collect(Collectors.joining(", "));
    }
}
