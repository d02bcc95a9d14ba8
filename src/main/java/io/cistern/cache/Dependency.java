package io.cistern.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * That a cache's entries are made of another cache's.
 *
 * @param cache the other cache
 * @param key the expression that gives the key, or keys, of the other cache of which an entry is
 *     made; loaders evaluate it. Without one every entry depends on the whole cache
 */
public record Dependency(String cache, Optional<String> key) {

    /** What in place of a key stands for all keys. */
    private static final String ANY = "*";

    /**
     * Reads what is written as {@code products, prices:${body[priceId]}}.
     *
     * @param text dependencies, by commas; those in curly brackets part nothing
     * @throws IllegalArgumentException if one of them names no cache, or an empty key
     */
    public static List<Dependency> parse(String text) {
        var dependencies = new ArrayList<Dependency>();
        for (var each : split(text)) {
            var colon = each.indexOf(':');
            var cache = (colon < 0 ? each : each.substring(0, colon)).strip();
            var key =
                    colon < 0
                            ? Optional.<String>empty()
                            : Optional.of(each.substring(colon + 1).strip());
            if (!cache.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")) {
                throw new IllegalArgumentException(
                        "expected the name of a cache, or cache:${…} for one of its keys, got "
                                + each.strip());
            }
            if (key.isPresent() && key.get().isEmpty()) {
                throw new IllegalArgumentException("expected a key behind " + each.strip());
            }
            dependencies.add(new Dependency(cache, key));
        }
        return List.copyOf(dependencies);
    }

    private static List<String> split(String text) {
        var parts = new ArrayList<String>();
        var part = new StringBuilder();
        var depth = 0;
        for (var c : text.toCharArray()) {
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == ',' && depth <= 0) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        return parts;
    }

    /** The tag of an entry that is made of a key of a cache. */
    public static String tag(String cache, String key) {
        return cache + ":" + key;
    }

    /** The tag of every entry that is made of some key of a cache. */
    static String tagOfAny(String cache) {
        return tag(cache, ANY);
    }

    /** As it is written. */
    @Override
    public String toString() {
        return cache + key.map(expression -> ":" + expression).orElse("");
    }
}
