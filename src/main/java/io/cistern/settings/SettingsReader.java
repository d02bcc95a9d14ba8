package io.cistern.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Looks settings up, the environment before the file, and collects every mistake instead of
 * stopping at the first.
 */
final class SettingsReader {
    private static final List<String> NAMES =
            Arrays.stream(Setting.values()).map(Setting::name).toList();

    private static final String FILE_SUFFIX = "_FILE";

    private final Map<Setting, Found> found = new EnumMap<>(Setting.class);
    private final List<String> mistakes = new ArrayList<>();
    private final String fileName;

    /** Where a value was found: of two that contradict each other the environment's wins. */
    enum Source {
        ENVIRONMENT,
        FILE
    }

    private record Found(String value, Source source) {}

    SettingsReader(Map<String, String> environment, Map<String, String> file, String fileName) {
        this.fileName = fileName;
        take(file, Source.FILE);
        take(environment, Source.ENVIRONMENT);
    }

    /** The value as it is set; nothing when it is not set or empty. */
    Optional<String> text(Setting setting) {
        return Optional.ofNullable(found.get(setting)).map(Found::value);
    }

    boolean isSet(Setting setting) {
        return found.containsKey(setting);
    }

    Optional<Source> source(Setting setting) {
        return Optional.ofNullable(found.get(setting)).map(Found::source);
    }

    /**
     * The value of a setting, or of its default.
     *
     * @param parser throws IllegalArgumentException with what is wrong and what is expected
     */
    <T> T value(Setting setting, Function<String, T> parser) {
        T fallback = parser.apply(setting.defaultText());
        return text(setting).map(text -> parsed(setting, text, parser, fallback)).orElse(fallback);
    }

    /** As {@link #value}, for a setting without a default. */
    <T> Optional<T> optional(Setting setting, Function<String, T> parser) {
        return text(setting).map(text -> parsed(setting, text, parser, null));
    }

    /** Refuses a setting that says nothing without another one. */
    void needs(Setting setting, Setting other) {
        if (isSet(setting) && !isSet(other)) {
            mistake(setting, "needs " + other + " beside it");
        }
    }

    /** Refuses one of two that belong together. */
    void both(Setting one, Setting other) {
        if (isSet(one) != isSet(other)) {
            var lonely = isSet(one) ? one : other;
            var absent = lonely == one ? other : one;
            mistake(lonely, "stands alone; expected " + absent + " beside it");
        }
    }

    void mistake(Setting setting, String what) {
        mistakes.add(label(setting.name(), source(setting).orElse(Source.ENVIRONMENT)) + what);
    }

    void mistake(String line) {
        mistakes.add(line);
    }

    List<String> mistakes() {
        return mistakes;
    }

    private <T> T parsed(Setting setting, String text, Function<String, T> parser, T fallback) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            mistake(setting, e.getMessage());
            return fallback;
        }
    }

    private void take(Map<String, String> values, Source source) {
        for (var entry : new TreeMap<>(values).entrySet()) {
            String name = entry.getKey();
            String value = entry.getValue();
            if (value.isBlank() || ServiceLinks.isOne(name, value)) {
                continue;
            }
            if (isFileOfSecret(name)) {
                takeFile(name, value.strip(), values, source);
            } else if (NAMES.contains(name)) {
                var setting = Setting.valueOf(name);
                found.put(setting, new Found(setting.secret() ? value : value.strip(), source));
            } else if (ours(name, source)) {
                mistakes.add(label(name, source) + unknown(name));
            }
        }
    }

    /** Such as {@code REDIS_PASSWORD_FILE}, for secrets that are mounted as files. */
    private static boolean isFileOfSecret(String name) {
        return name.endsWith(FILE_SUFFIX)
                && NAMES.contains(secretOf(name))
                && Setting.valueOf(secretOf(name)).secret();
    }

    private static String secretOf(String name) {
        return name.substring(0, name.length() - FILE_SUFFIX.length());
    }

    private void takeFile(String name, String file, Map<String, String> values, Source source) {
        var setting = Setting.valueOf(secretOf(name));
        if (!values.getOrDefault(setting.name(), "").isBlank()) {
            mistakes.add(
                    label(name, source) + setting + " says the same; expected one of the two only");
            return;
        }
        try {
            // What an editor or a shell puts behind it is no part of a password.
            var text = Files.readString(Values.path(file)).replaceFirst("\\R\\z", "");
            if (text.isBlank()) {
                mistakes.add(label(name, source) + Quoted.value(file) + " is empty");
            } else {
                found.put(setting, new Found(text, source));
            }
        } catch (IOException | IllegalArgumentException e) {
            mistakes.add(
                    label(name, source) + Quoted.value(file) + " is not a file that can be read");
        }
    }

    /**
     * Whether an unknown name is a mistake. Other software has variables in the same environment
     * that start with KAFKA_ or JMS_: of those only what is nearly one of our names is.
     */
    private static boolean ours(String name, Source source) {
        if (Setting.OWN_PREFIXES.stream().anyMatch(name::startsWith)) {
            return true;
        }
        if (Setting.SHARED_PREFIXES.stream().noneMatch(name::startsWith)) {
            return false;
        }
        return source == Source.FILE
                || NAMES.stream().anyMatch(known -> EditDistance.between(name, known) <= 2);
    }

    private static String unknown(String name) {
        return "there is no such setting; "
                + NearestName.to(name, NAMES)
                        .map(nearest -> "did you mean " + nearest + "?")
                        .orElse("docs/settings.md lists all of them");
    }

    private String label(String name, Source source) {
        return source == Source.FILE ? name + " (in " + fileName + "): " : name + ": ";
    }
}
