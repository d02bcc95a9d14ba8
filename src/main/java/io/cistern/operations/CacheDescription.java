package io.cistern.operations;

import io.cistern.cache.Cache;
import io.cistern.cache.CachePolicy;
import io.cistern.cache.spi.Observer;
import io.cistern.settings.DurationText;
import io.cistern.settings.SizeText;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What is told of a cache: its options by their YAML names, and its statistics. */
final class CacheDescription {

    private CacheDescription() {}

    static Map<String, Object> of(Cache cache) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("name", cache.name());
        options(description, cache.policy());
        description.put("statistics", statistics(cache));
        return description;
    }

    private static void options(Map<String, Object> options, CachePolicy policy) {
        options.put("ttl", DurationText.format(policy.ttl()));
        options.put("jitter", policy.jitter());
        options.put("maxStale", DurationText.format(policy.maxStale()));
        options.put("negativeTtl", DurationText.format(policy.negativeTtl()));
        options.put("softTimeout", policy.softTimeout().map(DurationText::format).orElse("off"));
        options.put("hardTimeout", DurationText.format(policy.hardTimeout()));
        options.put("earlyRefresh", earlyRefresh(policy.earlyRefresh()));
        options.put("near", policy.near() == 0 ? "off" : policy.near());
        options.put("nearTtl", DurationText.format(policy.nearTtl().orElse(policy.ttl())));
        policy.tags().ifPresent(tags -> options.put("tags", tags));
        if (!policy.dependsOn().isEmpty()) {
            options.put("dependsOn", policy.dependsOn().stream().map(Object::toString).toList());
        }
        options.put("batchSize", policy.batchSize());
        options.put("maxConcurrentLoads", policy.maxConcurrentLoads());
        options.put("maxWaiting", policy.maxWaiting());
        options.put("loadRate", policy.loadRate().<Object>map(rate -> rate).orElse("off"));
        options.put("maxValueSize", SizeText.format(policy.maxValueSize()));
        options.put("compressAbove", size(policy.compressAbove()));
        if (!policy.codec().rules().isEmpty()) {
            options.put("codec", policy.codec().toString());
        }
        policy.keyPattern().ifPresent(pattern -> options.put("keyPattern", pattern));
        policy.bypass().ifPresent(predicate -> options.put("bypass", predicate));
        policy.fingerprint().ifPresent(fingerprint -> options.put("fingerprint", fingerprint));
        if (!policy.environment().isEmpty()) {
            options.put("environment", policy.environment().toString());
            options.put(
                    "environmentFrom", policy.environmentFrom().name().toLowerCase(Locale.ROOT));
        }
        options.put("whenCut", policy.whenCut().name().toLowerCase(Locale.ROOT));
        options.put("clientMaxAge", DurationText.format(policy.clientMaxAge()));
        options.put("forwardHeaders", policy.forwardHeaders());
    }

    private static String size(long bytes) {
        return bytes == CachePolicy.NEVER ? "off" : SizeText.format(bytes);
    }

    private static Object earlyRefresh(double factor) {
        return factor == 0 ? "off" : factor == 1 ? "on" : (Object) factor;
    }

    private static Map<String, Object> statistics(Cache cache) {
        var counted = cache.statistics();
        var usage = cache.usage();
        Map<String, Object> statistics = new LinkedHashMap<>();
        statistics.put("requests", counted.requests());
        statistics.put("nearHits", counted.lookups(Observer.Lookup.NEAR));
        statistics.put("sharedHits", counted.lookups(Observer.Lookup.SHARED));
        statistics.put("negativeHits", counted.lookups(Observer.Lookup.NEGATIVE));
        statistics.put("staleServed", counted.lookups(Observer.Lookup.STALE));
        statistics.put("misses", counted.lookups(Observer.Lookup.MISS));
        statistics.put("errors", counted.lookups(Observer.Lookup.ERROR));
        statistics.put("bypasses", counted.lookups(Observer.Lookup.BYPASS));
        statistics.put("refused", counted.lookups(Observer.Lookup.REFUSED));
        statistics.put("loads", counted.loads());
        statistics.put("loadErrors", counted.loadErrors());
        statistics.put("collapsed", counted.collapsed());
        statistics.put("cutAnswers", counted.cut());
        statistics.put("oversized", counted.oversized());
        statistics.put("invalidations", counted.invalidations());
        statistics.put("evictions", counted.evictions());
        statistics.put("entries", usage.entries());
        statistics.put("bytes", usage.bytes());
        statistics.put("hitRatio", Math.round(counted.hitRatio() * 10_000) / 10_000d);
        return statistics;
    }
}
