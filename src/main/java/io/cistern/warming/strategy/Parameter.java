package io.cistern.warming.strategy;

import java.util.Arrays;
import java.util.List;

/** The parameters of a strategy, in the order of the documentation. */
public enum Parameter {
    CACHE("cache", "", "The cache that is filled. Required."),
    SOURCE(
            "source",
            "",
            "The endpoint that yields keys, or with keyField rows. Required. A source"
                    + " cistern:<cache>?popular=1000 yields the keys that are asked for most."),
    PRIORITY("priority", "5", "From 1, which runs first, to 10."),
    SCHEDULE(
            "schedule",
            "",
            "When it runs by itself: a Quartz cron expression, or every 30s. Never where none is"
                    + " set."),
    ON_STARTUP("onStartup", "false", "Whether it runs when an instance starts."),
    ON_DEMAND("onDemand", "true", "Whether it may be run over the API or by a route."),
    ENABLED(
            "enabled",
            "true",
            "Whether it runs by itself. A pause or its end over the API is kept and wins."),
    BATCH_SIZE("batchSize", "100", "How many keys or rows make a batch, from 1 to 10,000."),
    DELAY(
            "delayBetweenBatches",
            "",
            "The pause between two batches: 100ms where keys are loaded, none for rows."),
    TTL("ttl", "", "How long what it loads is fresh. The cache's own where none is set."),
    TAGS("tags", "", "Tags for what it loads, by commas, besides those of the cache."),
    KEY_FIELD(
            "keyField",
            "",
            "The field of a row that is its key: then rows are stored as they are, and the origin"
                    + " is not asked."),
    REFRESH_AHEAD(
            "refreshAhead",
            "",
            "Loads only the keys whose value is missing, stale, or fresh for less than that."),
    READINESS("readiness", "false", "Whether an instance is ready only after its start-up run."),
    READINESS_TIMEOUT("readinessTimeout", "1m", "For how long readiness may hold an instance up."),
    TIME_LIMIT("timeLimit", "1h", "How long a run may take.");

    private final String text;
    private final String defaultText;
    private final String description;

    Parameter(String text, String defaultText, String description) {
        this.text = text;
        this.defaultText = defaultText;
        this.description = description;
    }

    /** Its name in YAML. */
    public String text() {
        return text;
    }

    /** What it is where it is not given; empty for nothing. */
    public String defaultText() {
        return defaultText;
    }

    public String description() {
        return description;
    }

    /** Whether a strategy has to give it. */
    public boolean isRequired() {
        return this == CACHE || this == SOURCE;
    }

    /** The names of all. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Parameter::text).toList();
    }
}
