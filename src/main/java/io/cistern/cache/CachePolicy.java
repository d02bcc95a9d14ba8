package io.cistern.cache;

import io.cistern.cache.entry.Conditions;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.entry.Etags;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How one cache behaves. Every field bears the name of its option.
 *
 * @param ttl how long a value is fresh
 * @param jitter up to which part of the ttl it is shortened, from 0 to 1, so that what was loaded
 *     together does not expire together
 * @param maxStale how long after its ttl a value may still be served where the rules allow it
 * @param negativeTtl how long it is remembered that the origin has no such value
 * @param softTimeout after this long, a stale value is served and the load goes on
 * @param hardTimeout after this long, a load has failed
 * @param earlyRefresh how early a fresh value is loaded again in the background: the beta of {@link
 *     EarlyRefresh}; 0 for never
 * @param near how many entries are kept in this process at most; 0 for none
 * @param nearTtl how long they are used before the shared store is asked again
 * @param batchSize how many keys one call of the origin takes
 * @param maxConcurrentLoads how many calls of the origin may run at once
 * @param maxWaiting how many more may wait for their turn
 * @param loadRate how many calls of the origin may begin in a second
 * @param maxValueSize up to how many bytes a value is stored
 * @param compressAbove from how many bytes on, not counted, a value is compressed in the shared
 *     store; {@link #NEVER} for none
 * @param codec as what values are written
 * @param clientMaxAge how long a client may keep a value by itself; zero means that it has to ask
 * @param forwardHeaders the names of the client's headers that the origin's route gets
 * @param whenCut what becomes of near entries while the shared store is out of reach
 * @param tags the expressions that give the tags, as they are written; loaders evaluate them
 * @param dependsOn of which other caches its entries are made
 * @param keyPattern the expression that makes of a key the one under which it is kept, as it is
 *     written; {@link io.cistern.cache.spi.Terms} evaluate it, and the next two
 * @param bypass the predicate over a request that is not to be answered from the cache
 * @param fingerprint what names the definition under which entries are made
 * @param environment which values of the environment have to be those in which an entry was made
 * @param environmentFrom whose environment that is
 */
public record CachePolicy(
        Duration ttl,
        double jitter,
        Duration maxStale,
        Duration negativeTtl,
        Optional<Duration> softTimeout,
        Duration hardTimeout,
        double earlyRefresh,
        long near,
        Optional<Duration> nearTtl,
        int batchSize,
        int maxConcurrentLoads,
        int maxWaiting,
        Optional<Double> loadRate,
        long maxValueSize,
        long compressAbove,
        Codecs codec,
        Duration clientMaxAge,
        List<String> forwardHeaders,
        WhenCut whenCut,
        Optional<String> tags,
        List<Dependency> dependsOn,
        Optional<String> keyPattern,
        Optional<String> bypass,
        Optional<String> fingerprint,
        Conditions environment,
        EnvironmentFrom environmentFrom) {

    /** What becomes of near entries while nobody knows whether they were invalidated. */
    public enum WhenCut {
        /** They are served, at most until they are stale, or stale where the rules allow it. */
        SERVE,
        /** They are not: the origin is asked. */
        BYPASS
    }

    /** Whose environment counts. */
    public enum EnvironmentFrom {
        /** That of whoever asks, as the request tells it. */
        REQUEST,
        /** That of the instance. */
        INSTANCE
    }

    /** No value is so large. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final int FINGERPRINT = 8;

    /** A hundred years: far beyond any use, and far from the overflow of nanoseconds in a long. */
    static final Duration LONGEST = Duration.ofDays(36_500);

    /** Far beyond any use: a refresh as early as a thousand times what a load takes. */
    private static final double MOST_EARLY = 1_000;

    /** The design's defaults, with an hour to live. */
    public static final CachePolicy DEFAULT =
            new CachePolicy(
                    Duration.ofHours(1),
                    0,
                    Duration.ofHours(1),
                    Duration.ofSeconds(30),
                    Optional.empty(),
                    Duration.ofSeconds(10),
                    0,
                    10_000,
                    Optional.empty(),
                    1,
                    64,
                    10_000,
                    Optional.empty(),
                    8L << 20,
                    NEVER,
                    Codecs.NONE,
                    Duration.ZERO,
                    List.of(),
                    WhenCut.SERVE,
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Conditions.NONE,
                    EnvironmentFrom.REQUEST);

    /**
     * Checks every field.
     *
     * @throws IllegalArgumentException if one is out of range; the message begins with its name
     */
    public CachePolicy {
        positive("ttl", ttl);
        check(jitter >= 0 && jitter <= 1, "jitter", "a part from 0 to 1");
        notNegative("maxStale", maxStale);
        notNegative("negativeTtl", negativeTtl);
        softTimeout.ifPresent(timeout -> positive("softTimeout", timeout));
        positive("hardTimeout", hardTimeout);
        check(
                earlyRefresh >= 0 && earlyRefresh <= MOST_EARLY,
                "earlyRefresh",
                "off, on, or a number above 0, at most 1,000");
        check(near >= 0, "near", "off, or a number of entries");
        nearTtl.ifPresent(time -> positive("nearTtl", time));
        check(batchSize >= 1 && batchSize <= 10_000, "batchSize", "from 1 to 10,000");
        check(maxConcurrentLoads >= 1, "maxConcurrentLoads", "at least 1");
        check(maxWaiting >= 0, "maxWaiting", "0 or more");
        loadRate.ifPresent(rate -> check(rate > 0, "loadRate", "more than 0 a second"));
        check(maxValueSize >= 1, "maxValueSize", "at least one byte");
        check(compressAbove >= 0, "compressAbove", "off, or a size");
        notNegative("clientMaxAge", clientMaxAge);
        forwardHeaders = List.copyOf(forwardHeaders);
        dependsOn = List.copyOf(dependsOn);
    }

    private static void positive(String name, Duration duration) {
        check(duration.compareTo(Duration.ZERO) > 0, name, "longer than 0");
        inRange(name, duration);
    }

    private static void notNegative(String name, Duration duration) {
        check(!duration.isNegative(), name, "0 or longer");
        inRange(name, duration);
    }

    private static void inRange(String name, Duration duration) {
        check(duration.compareTo(LONGEST) <= 0, name, "100 years at most");
    }

    private static void check(boolean right, String name, String expected) {
        if (!right) {
            throw new IllegalArgumentException(name + ": expected " + expected);
        }
    }

    /** A copy with another time to live and time to be stale, for tests and embedders. */
    public CachePolicy with(Duration newTtl, Duration newMaxStale) {
        return new CachePolicy(
                newTtl,
                jitter,
                newMaxStale,
                negativeTtl,
                softTimeout,
                hardTimeout,
                earlyRefresh,
                near,
                nearTtl,
                batchSize,
                maxConcurrentLoads,
                maxWaiting,
                loadRate,
                maxValueSize,
                compressAbove,
                codec,
                clientMaxAge,
                forwardHeaders,
                whenCut,
                tags,
                dependsOn,
                keyPattern,
                bypass,
                fingerprint,
                environment,
                environmentFrom);
    }

    /**
     * Under which definition entries are made. What another definition made is a miss: its tags
     * would not be those by which it is invalidated now. Of a cache with a fingerprint, the format
     * of records is a part of it.
     */
    String definition() {
        var text =
                tags.orElse("")
                        + (dependsOn.isEmpty() ? "" : "\n" + dependsOn)
                        + keyPattern.map(pattern -> "\nkeyPattern " + pattern).orElse("")
                        + fingerprint.map(any -> "\nformat " + EntryFormat.VERSION).orElse("");
        return text.isEmpty()
                ? ""
                : Etags.of(text.getBytes(StandardCharsets.UTF_8)).substring(0, FINGERPRINT);
    }
}
