package io.cistern.component;

import io.cistern.cache.CachePolicy;
import io.cistern.cache.Caches;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** Look values up through a cache, and load what is not in it from a route. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "cistern",
        title = "Cistern",
        syntax = "cistern:name",
        category = Category.CACHE,
        headersClass = CisternConstants.class)
public class CisternEndpoint extends DefaultEndpoint {

    @UriPath(
            description =
                    "The name of the cache: letters, digits, '-', '_' and '.'. For a producer also"
                            + " an asterisk: the header CisternCache says which.")
    @Metadata(required = true)
    private String name;

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

    @UriParam(label = "producer", description = "What to do.", defaultValue = "lookup")
    private Operation operation = Operation.lookup;

    @UriParam(
            label = "producer,advanced",
            description = "What the body is after a lookup.",
            defaultValue = "value")
    private Answer answer = Answer.value;

    public CisternEndpoint(String uri, CisternComponent component, String name) {
        super(uri, component);
        this.name = name;
    }

    @Override
    public CisternComponent getComponent() {
        return (CisternComponent) super.getComponent();
    }

    Caches caches() {
        return getComponent().getCaches();
    }

    /**
     * The policy that the options say.
     *
     * @throws IllegalArgumentException if an option is wrong; the message names it
     */
    public CachePolicy policy() {
        return PolicyOptions.policy(this);
    }

    @Override
    public Producer createProducer() {
        return new CisternProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        var consumer = new CisternConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

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

    public Operation getOperation() {
        return operation;
    }

    public void setOperation(Operation operation) {
        this.operation = operation;
    }

    public Answer getAnswer() {
        return answer;
    }

    public void setAnswer(Answer answer) {
        this.answer = answer;
    }
}
