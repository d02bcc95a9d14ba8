package io.cistern.component;

import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** How a cache behaves, as it is written in a route; nothing of it is checked here. */
@UriParams
public class CacheOptions {

    @UriParam(
            label = "consumer",
            description =
                    "How long a value is fresh. The setting CACHE_DEFAULT_TTL where none is set.",
            javaType = "java.time.Duration")
    private String ttl;

    @UriParam(
            label = "consumer",
            description =
                    "Up to which part of the ttl it is shortened, so that what was loaded together"
                            + " does not expire together: 0.1 or 10%.",
            defaultValue = "0",
            javaType = "java.lang.String")
    private String jitter;

    @UriParam(
            label = "consumer",
            description =
                    "How long after its ttl a value may be served if the origin fails, is slower"
                            + " than softTimeout, or the client takes stale values.",
            defaultValue = "1h",
            javaType = "java.time.Duration")
    private String maxStale;

    @UriParam(
            label = "consumer",
            description = "How long it is remembered that the origin has no such value.",
            defaultValue = "30s",
            javaType = "java.time.Duration")
    private String negativeTtl;

    @UriParam(
            label = "consumer",
            description =
                    "After this long a stale value is served, where there is one, while the load"
                            + " goes on; not longer than hardTimeout. Off where none is set.",
            javaType = "java.time.Duration")
    private String softTimeout;

    @UriParam(
            label = "consumer",
            description =
                    "After this long a load has failed, and counts as a failure for the breaker.",
            defaultValue = "10s",
            javaType = "java.time.Duration")
    private String hardTimeout;

    @UriParam(
            label = "consumer",
            description =
                    "Loads a value that is asked for again in the background, before its ttl ends:"
                            + " with a chance that rises towards the end, the earlier the longer"
                            + " loads take (XFetch). off, on, or a factor: 2 is twice as early.",
            defaultValue = "off",
            javaType = "java.lang.String")
    private String earlyRefresh;

    @UriParam(
            label = "consumer",
            description =
                    "How many entries this process keeps in memory at most, or off. All caches"
                            + " together stay within a quarter of the heap.",
            defaultValue = "10000",
            javaType = "java.lang.String")
    private String near;

    @UriParam(
            label = "consumer",
            description =
                    "How long an entry in memory is used before the shared store is asked again."
                            + " The ttl where none is set.",
            javaType = "java.time.Duration")
    private String nearTtl;

    @UriParam(
            label = "consumer",
            description =
                    "Tags by which entries can be invalidated, by commas: simple expressions over"
                            + " key and body. A value that is JSON is read for them.")
    private String tags;

    @UriParam(
            label = "consumer",
            description =
                    "The caches that this one is made of, by commas: products for the whole cache, or"
                            + " products: and a simple expression for one of its keys, or a list of"
                            + " them. What is invalidated there is invalidated here.")
    private String dependsOn;

    @UriParam(
            label = "consumer",
            description =
                    "How many keys the route loads at once. Above 1 its body is the list of keys,"
                            + " and its answer a map from key to value, or a JSON object.",
            defaultValue = "1")
    private Integer batchSize;

    @UriParam(
            label = "consumer",
            description = "How many calls of the route run at once.",
            defaultValue = "64")
    private Integer maxConcurrentLoads;

    @UriParam(
            label = "consumer",
            description = "How many more wait for their turn; beyond, lookups are refused.",
            defaultValue = "10000")
    private Integer maxWaiting;

    @UriParam(
            label = "consumer",
            description =
                    "How many calls of the route begin in a second at most. Off where none is set.")
    private Double loadRate;

    @UriParam(
            label = "consumer",
            description = "Up to which size a value is stored; a larger one is only answered.",
            defaultValue = "8MiB",
            javaType = "java.lang.String")
    private String maxValueSize;

    @UriParam(
            label = "consumer",
            description =
                    "Above which size a value is compressed in Redis (Zstandard), unless that saves less"
                            + " than a tenth. Off where none is set.",
            javaType = "java.lang.String")
    private String compressAbove;

    @UriParam(
            label = "consumer",
            description =
                    "As what values are written: json (what is bytes or text has to be JSON) or"
                            + " binary (what has no bytes of its own is refused), for all keys, or"
                            + " as pattern=codec by commas for keys that match. The first that does"
                            + " counts. Where none does, bytes and text are kept as they are, and"
                            + " anything else is written as JSON.",
            javaType = "java.lang.String")
    private String codec;

    @UriParam(
            label = "consumer",
            description =
                    "What becomes of what is near while Redis is out of reach, and nobody knows"
                            + " whether it was invalidated: it is served, at most until it is"
                            + " stale, or bypassed: the origin is asked.",
            defaultValue = "serve",
            enums = "serve,bypass",
            javaType = "java.lang.String")
    private String whenCut;

    @UriParam(
            label = "consumer",
            description =
                    "How long a client may keep a value by itself. Until then it does not see an"
                            + " invalidation.",
            defaultValue = "0",
            javaType = "java.time.Duration")
    private String clientMaxAge;

    @UriParam(
            label = "consumer",
            description =
                    "Names of the client's request headers that the route gets, by commas; besides"
                            + " traceparent.")
    private String forwardHeaders;

    @UriParam(
            label = "consumer",
            description =
                    "Makes of a key the one under which it is kept, in the language bucket: an"
                            + " expression over header CisternKey, and over the body, which is the"
                            + " key's parts between colons. Keys that become the same share an"
                            + " entry.",
            javaType = "java.lang.String")
    private String keyPattern;

    @UriParam(
            label = "consumer",
            description =
                    "A simple predicate over the request's headers: where it holds, the origin is"
                            + " asked and nothing is stored.",
            javaType = "java.lang.String")
    private String bypass;

    @UriParam(
            label = "consumer",
            description =
                    "What tells apart by what entries were made: route for the definition of this"
                            + " route, with what it calls and names, or a simple expression over"
                            + " the request's headers. Entries with another fingerprint are a miss.",
            javaType = "java.lang.String")
    private String fingerprint;

    @UriParam(
            label = "consumer",
            description =
                    "In which environment an entry applies: names by commas, each to be equal to"
                            + " what it was when the entry was made, or within a tolerance of that.",
            javaType = "java.lang.String")
    private String environment;

    @UriParam(
            label = "consumer",
            description =
                    "Who tells the environment: the request, in the header Cistern-Environment, or"
                            + " the instance.",
            defaultValue = "request",
            enums = "request,instance",
            javaType = "java.lang.String")
    private String environmentFrom;

    public String getTtl() {
        return ttl;
    }

    public void setTtl(String ttl) {
        this.ttl = ttl;
    }

    public String getJitter() {
        return jitter;
    }

    public void setJitter(String jitter) {
        this.jitter = jitter;
    }

    public String getMaxStale() {
        return maxStale;
    }

    public void setMaxStale(String maxStale) {
        this.maxStale = maxStale;
    }

    public String getNegativeTtl() {
        return negativeTtl;
    }

    public void setNegativeTtl(String negativeTtl) {
        this.negativeTtl = negativeTtl;
    }

    public String getSoftTimeout() {
        return softTimeout;
    }

    public void setSoftTimeout(String softTimeout) {
        this.softTimeout = softTimeout;
    }

    public String getHardTimeout() {
        return hardTimeout;
    }

    public void setHardTimeout(String hardTimeout) {
        this.hardTimeout = hardTimeout;
    }

    public String getEarlyRefresh() {
        return earlyRefresh;
    }

    public void setEarlyRefresh(String earlyRefresh) {
        this.earlyRefresh = earlyRefresh;
    }

    public String getNear() {
        return near;
    }

    public void setNear(String near) {
        this.near = near;
    }

    public String getNearTtl() {
        return nearTtl;
    }

    public void setNearTtl(String nearTtl) {
        this.nearTtl = nearTtl;
    }

    public String getTags() {
        return tags;
    }

    public void setTags(String tags) {
        this.tags = tags;
    }

    public String getDependsOn() {
        return dependsOn;
    }

    public void setDependsOn(String dependsOn) {
        this.dependsOn = dependsOn;
    }

    public Integer getBatchSize() {
        return batchSize;
    }

    public void setBatchSize(Integer batchSize) {
        this.batchSize = batchSize;
    }

    public Integer getMaxConcurrentLoads() {
        return maxConcurrentLoads;
    }

    public void setMaxConcurrentLoads(Integer maxConcurrentLoads) {
        this.maxConcurrentLoads = maxConcurrentLoads;
    }

    public Integer getMaxWaiting() {
        return maxWaiting;
    }

    public void setMaxWaiting(Integer maxWaiting) {
        this.maxWaiting = maxWaiting;
    }

    public Double getLoadRate() {
        return loadRate;
    }

    public void setLoadRate(Double loadRate) {
        this.loadRate = loadRate;
    }

    public String getMaxValueSize() {
        return maxValueSize;
    }

    public void setMaxValueSize(String maxValueSize) {
        this.maxValueSize = maxValueSize;
    }

    public String getCompressAbove() {
        return compressAbove;
    }

    public void setCompressAbove(String compressAbove) {
        this.compressAbove = compressAbove;
    }

    public String getCodec() {
        return codec;
    }

    public void setCodec(String codec) {
        this.codec = codec;
    }

    public String getWhenCut() {
        return whenCut;
    }

    public void setWhenCut(String whenCut) {
        this.whenCut = whenCut;
    }

    public String getClientMaxAge() {
        return clientMaxAge;
    }

    public void setClientMaxAge(String clientMaxAge) {
        this.clientMaxAge = clientMaxAge;
    }

    public String getForwardHeaders() {
        return forwardHeaders;
    }

    public void setForwardHeaders(String forwardHeaders) {
        this.forwardHeaders = forwardHeaders;
    }

    public String getKeyPattern() {
        return keyPattern;
    }

    public void setKeyPattern(String keyPattern) {
        this.keyPattern = keyPattern;
    }

    public String getBypass() {
        return bypass;
    }

    public void setBypass(String bypass) {
        this.bypass = bypass;
    }

    public String getFingerprint() {
        return fingerprint;
    }

    public void setFingerprint(String fingerprint) {
        this.fingerprint = fingerprint;
    }

    public String getEnvironment() {
        return environment;
    }

    public void setEnvironment(String environment) {
        this.environment = environment;
    }

    public String getEnvironmentFrom() {
        return environmentFrom;
    }

    public void setEnvironmentFrom(String environmentFrom) {
        this.environmentFrom = environmentFrom;
    }
}
