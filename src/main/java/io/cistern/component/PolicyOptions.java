package io.cistern.component;

import io.cistern.cache.CachePolicy;
import io.cistern.cache.Codecs;
import io.cistern.cache.Dependency;
import io.cistern.cache.entry.Conditions;
import io.cistern.settings.DurationText;
import io.cistern.settings.SizeText;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads a cache's policy from the options of its endpoint. */
final class PolicyOptions {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    private PolicyOptions() {}

    static CachePolicy policy(String name, CacheOptions options, String defaultTtl) {
        if (!"*".equals(name) && !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the name of a cache consists of letters, digits, '-', '_' and '.', and is at"
                            + " most 128 long: "
                            + name);
        }
        var usual = CachePolicy.DEFAULT;
        var softTimeout = duration("softTimeout", options.getSoftTimeout());
        var hardTimeout =
                duration("hardTimeout", options.getHardTimeout()).orElse(usual.hardTimeout());
        softTimeout.ifPresent(timeout -> checkOrder(timeout, hardTimeout));
        return new CachePolicy(
                duration("ttl", options.getTtl())
                        .or(() -> duration("ttl", defaultTtl))
                        .orElse(usual.ttl()),
                read("jitter", options.getJitter(), PolicyOptions::part).orElse(usual.jitter()),
                duration("maxStale", options.getMaxStale()).orElse(usual.maxStale()),
                duration("negativeTtl", options.getNegativeTtl()).orElse(usual.negativeTtl()),
                softTimeout,
                hardTimeout,
                read("earlyRefresh", options.getEarlyRefresh(), PolicyOptions::early)
                        .orElse(usual.earlyRefresh()),
                read("near", options.getNear(), PolicyOptions::entries).orElse(usual.near()),
                duration("nearTtl", options.getNearTtl()),
                Optional.ofNullable(options.getBatchSize()).orElse(usual.batchSize()),
                Optional.ofNullable(options.getMaxConcurrentLoads())
                        .orElse(usual.maxConcurrentLoads()),
                Optional.ofNullable(options.getMaxWaiting()).orElse(usual.maxWaiting()),
                Optional.ofNullable(options.getLoadRate()),
                read("maxValueSize", options.getMaxValueSize(), SizeText::parse)
                        .orElse(usual.maxValueSize()),
                read("compressAbove", options.getCompressAbove(), PolicyOptions::above)
                        .orElse(usual.compressAbove()),
                read("codec", options.getCodec(), Codecs::parse).orElse(usual.codec()),
                duration("clientMaxAge", options.getClientMaxAge()).orElse(usual.clientMaxAge()),
                names(options.getForwardHeaders()),
                read("whenCut", options.getWhenCut(), PolicyOptions::whenCut)
                        .orElse(usual.whenCut()),
                Optional.ofNullable(options.getTags()),
                read("dependsOn", options.getDependsOn(), Dependency::parse).orElse(List.of()),
                text(options.getKeyPattern()),
                text(options.getBypass()),
                text(options.getFingerprint()),
                read("environment", options.getEnvironment(), Conditions::parse)
                        .orElse(Conditions.NONE),
                read("environmentFrom", options.getEnvironmentFrom(), PolicyOptions::from)
                        .orElse(usual.environmentFrom()));
    }

    private static Optional<String> text(String text) {
        return Optional.ofNullable(text).map(String::strip).filter(it -> !it.isEmpty());
    }

    private static CachePolicy.EnvironmentFrom from(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "request" -> CachePolicy.EnvironmentFrom.REQUEST;
            case "instance" -> CachePolicy.EnvironmentFrom.INSTANCE;
            default ->
                    throw new IllegalArgumentException("expected request or instance, got " + text);
        };
    }

    private static void checkOrder(Duration softTimeout, Duration hardTimeout) {
        if (softTimeout.compareTo(hardTimeout) > 0) {
            throw new IllegalArgumentException(
                    "softTimeout: "
                            + DurationText.format(softTimeout)
                            + " is longer than hardTimeout, "
                            + DurationText.format(hardTimeout)
                            + ": it would never pass; expected a shorter softTimeout or a longer"
                            + " hardTimeout");
        }
    }

    private static List<String> names(String text) {
        return text == null
                ? List.of()
                : Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList();
    }

    private static Optional<Duration> duration(String name, String text) {
        return read(name, text, DurationText::parse);
    }

    private static long above(String text) {
        return text.equalsIgnoreCase("off") ? CachePolicy.NEVER : SizeText.parse(text);
    }

    private static double part(String text) {
        var percent = text.endsWith("%");
        var number = Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text);
        return percent ? number / 100 : number;
    }

    private static CachePolicy.WhenCut whenCut(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "serve" -> CachePolicy.WhenCut.SERVE;
            case "bypass" -> CachePolicy.WhenCut.BYPASS;
            default -> throw new IllegalArgumentException("expected serve or bypass, got " + text);
        };
    }

    private static double early(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "off" -> 0;
            case "on" -> 1;
            default -> positive(Double.parseDouble(text));
        };
    }

    private static double positive(double number) {
        if (number > 0) {
            return number;
        }
        throw new IllegalArgumentException("expected off, on, or a number above 0");
    }

    private static long entries(String text) {
        return text.equalsIgnoreCase("off") ? 0 : Long.parseLong(text.replace("_", ""));
    }

    private static <T> Optional<T> read(String name, String text, Function<String, T> reader) {
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(text.strip()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": expected a number, got " + text, e);
        } catch (IllegalArgumentException e) {
            // Not as its cause: whoever tells the innermost message would leave the name out.
            throw new IllegalArgumentException(name + ": " + e.getMessage());
        }
    }
}
