package io.cistern.settings;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Parsers of single values. Each throws IllegalArgumentException: what is wrong; what is right. */
final class Values {
    static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern KEY_PREFIX =
            Pattern.compile("[^\\p{Cntrl}\\s{}*?\\[\\]\\\\]{0,128}");
    private static final Pattern HOST = Pattern.compile("[^\\s/@?#]{1,255}");
    private static final int LARGEST_PORT = 65_535;

    private Values() {}

    static boolean truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new IllegalArgumentException(
                            Quoted.value(text) + " is neither true nor false");
        };
    }

    static Function<String, Integer> number(int least, int most) {
        return text -> {
            try {
                int value = Integer.parseInt(text);
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(notInRange(text, least, most), e);
            }
            throw new IllegalArgumentException(notInRange(text, least, most));
        };
    }

    static Function<String, Integer> port() {
        return number(1, LARGEST_PORT);
    }

    static Function<String, Duration> duration(Duration least, Duration most) {
        return text -> {
            var value = DurationText.parse(text);
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(
                        Quoted.value(text)
                                + " is out of range; expected a duration from "
                                + DurationText.format(least)
                                + " to "
                                + DurationText.format(most));
            }
            return value;
        };
    }

    static StoreSettings.Type storeType(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "redis" -> StoreSettings.Type.REDIS;
            case "memory" -> StoreSettings.Type.MEMORY;
            default ->
                    throw new IllegalArgumentException(
                            Quoted.value(text) + " is no store; expected redis or memory");
        };
    }

    static StoreSettings.Fsync fsync(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "always" -> StoreSettings.Fsync.ALWAYS;
            case "everysecond" -> StoreSettings.Fsync.EVERY_SECOND;
            case "never" -> StoreSettings.Fsync.NEVER;
            default ->
                    throw new IllegalArgumentException(
                            Quoted.value(text)
                                    + " is no policy; expected always, everySecond or never");
        };
    }

    static String namespace(String text) {
        return matching(NAMESPACE, text, " is no namespace; expected 1 to 64 of A-Z a-z 0-9 . _ -");
    }

    static String keyPrefix(String text) {
        return matching(
                KEY_PREFIX,
                text,
                " is no key prefix; expected up to 128 characters without spaces and {}[]*?\\");
    }

    static String host(String text) {
        var bare =
                text.startsWith("[") && text.endsWith("]")
                        ? text.substring(1, text.length() - 1)
                        : text;
        if (!HOST.matcher(bare).matches()
                || bare.indexOf(':') >= 0 && bare.indexOf(':') == bare.lastIndexOf(':')) {
            throw new IllegalArgumentException(
                    Quoted.value(text)
                            + " is no host; expected a name or an address, without a port");
        }
        return bare;
    }

    static OptionalInt rateLimit(String text) {
        if (text.equalsIgnoreCase("off")) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(number(1, 1_000_000).apply(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + ", or off", e);
        }
    }

    /** A folder that is there. */
    static Path folder(String text) {
        var path = path(text);
        if (!Files.isDirectory(path) || !Files.isReadable(path)) {
            throw new IllegalArgumentException(
                    Quoted.value(text) + " is not a folder that can be read");
        }
        return path;
    }

    /** A folder that is there, or can be made later. */
    static Path folderToBe(String text) {
        var path = path(text);
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new IllegalArgumentException(
                    Quoted.value(text) + " is a file; expected a folder");
        }
        return path;
    }

    static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(Quoted.value(text) + " is no path", e);
        }
    }

    static String matching(Pattern pattern, String text, String otherwise) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(Quoted.value(text) + otherwise);
        }
        return text;
    }

    private static String notInRange(String text, int least, int most) {
        return "%s is out of range or no number; expected a whole number from %d to %d"
                .formatted(Quoted.value(text), least, most);
    }
}
