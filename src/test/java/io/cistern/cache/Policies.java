package io.cistern.cache;

import io.cistern.cache.entry.Conditions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Policies for tests, made from the defaults by what differs. */
public final class Policies {

    private Duration ttl = Duration.ofSeconds(60);
    private double jitter;
    private Duration maxStale = Duration.ofSeconds(60);
    private Duration negativeTtl = Duration.ofSeconds(30);
    private Duration softTimeout;
    private Duration hardTimeout = Duration.ofSeconds(10);
    private double earlyRefresh;
    private long near = 100;
    private Duration nearTtl;
    private int batchSize = 1;
    private int maxConcurrentLoads = 64;
    private int maxWaiting = 10_000;
    private Double loadRate;
    private long maxValueSize = 1_000;
    private CachePolicy.WhenCut whenCut = CachePolicy.WhenCut.SERVE;
    private List<Dependency> dependsOn = List.of();
    private String tags;
    private String keyPattern;
    private String fingerprint;
    private Conditions environment = Conditions.NONE;

    public static Policies policy() {
        return new Policies();
    }

    public Policies ttl(Duration value) {
        ttl = value;
        return this;
    }

    public Policies jitter(double value) {
        jitter = value;
        return this;
    }

    public Policies maxStale(Duration value) {
        maxStale = value;
        return this;
    }

    public Policies negativeTtl(Duration value) {
        negativeTtl = value;
        return this;
    }

    public Policies softTimeout(Duration value) {
        softTimeout = value;
        return this;
    }

    public Policies hardTimeout(Duration value) {
        hardTimeout = value;
        return this;
    }

    public Policies earlyRefresh(double value) {
        earlyRefresh = value;
        return this;
    }

    public Policies near(long value) {
        near = value;
        return this;
    }

    public Policies nearTtl(Duration value) {
        nearTtl = value;
        return this;
    }

    public Policies batchSize(int value) {
        batchSize = value;
        return this;
    }

    public Policies maxConcurrentLoads(int value) {
        maxConcurrentLoads = value;
        return this;
    }

    public Policies maxWaiting(int value) {
        maxWaiting = value;
        return this;
    }

    public Policies loadRate(Double value) {
        loadRate = value;
        return this;
    }

    public Policies maxValueSize(long value) {
        maxValueSize = value;
        return this;
    }

    public Policies whenCut(CachePolicy.WhenCut value) {
        whenCut = value;
        return this;
    }

    public Policies tags(String value) {
        tags = value;
        return this;
    }

    public Policies dependsOn(String value) {
        dependsOn = Dependency.parse(value);
        return this;
    }

    public Policies keyPattern(String value) {
        keyPattern = value;
        return this;
    }

    public Policies fingerprint(String value) {
        fingerprint = value;
        return this;
    }

    public Policies environment(String value) {
        environment = Conditions.parse(value);
        return this;
    }

    public CachePolicy build() {
        return new CachePolicy(
                ttl,
                jitter,
                maxStale,
                negativeTtl,
                Optional.ofNullable(softTimeout),
                hardTimeout,
                earlyRefresh,
                near,
                Optional.ofNullable(nearTtl),
                batchSize,
                maxConcurrentLoads,
                maxWaiting,
                Optional.ofNullable(loadRate),
                maxValueSize,
                CachePolicy.NEVER,
                Codecs.NONE,
                Duration.ZERO,
                List.of(),
                whenCut,
                Optional.ofNullable(tags),
                dependsOn,
                Optional.ofNullable(keyPattern),
                Optional.empty(),
                Optional.ofNullable(fingerprint),
                environment,
                CachePolicy.EnvironmentFrom.REQUEST);
    }
}
